import { type ChildProcess, fork } from 'node:child_process';
import { MmxError } from '../../errors.js';
import type { FromDetector, Mouth, Picture } from './mouth.js';
import { detectorRemedy } from './packages.js';

/** Something that finds the mouth of the clearest face in a picture. */
export interface MouthDetector {
  /** With its version: boxes made by another are made again. */
  readonly name: string;
  /**
   * @returns null where there is no face
   * @throws MmxError `mouths/detector` when it died
   */
  detect(picture: Picture): Promise<Mouth | null>;
  stop(): void;
}

/** Enough of what a process wrote to explain its death. */
const KEPT_OUTPUT = 16 * 1024;

/**
 * Starts the face detector in a process of its own.
 *
 * @param module what the process runs
 * @throws MmxError `mouths/no-detector` when a package is not installed; `mouths/detector` when it cannot be started
 */
export async function startDetector(
  module: URL = new URL('./detector-process.js', import.meta.url),
): Promise<MouthDetector> {
  // Flags of the parent such as --inspect are not for the child; pictures travel as bytes, not as JSON.
  const child = fork(module, [], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
    serialization: 'advanced',
  });
  const channel = new Channel(child);
  const first = await channel.next();
  if (first.type === 'missing') {
    child.kill();
    throw new MmxError(
      'mouths/no-detector',
      `no mouths can be found: the package ${first.module}, which the face detector needs, is not installed`,
      { hint: detectorRemedy },
    );
  }
  if (first.type !== 'ready') throw channel.death('it gave no name');
  return {
    name: first.name,
    async detect(picture) {
      const answer = channel.next();
      child.send(picture, () => {});
      const message = await answer;
      if (message.type !== 'mouth') throw channel.death('it gave an unexpected answer');
      return message.mouth;
    },
    stop: () => {
      child.kill();
    },
  };
}

/** The messages of a detector one after the other, until it dies. */
class Channel {
  #output = '';
  #waiting: { resolve(message: FromDetector): void; reject(error: MmxError): void } | undefined;
  #reason: string | undefined;
  #dead: MmxError | undefined;

  constructor(child: ChildProcess) {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#output = (this.#output + text).slice(-KEPT_OUTPUT);
    });
    child.on('message', (message: FromDetector) => {
      if (message.type === 'failed') {
        this.#reason = message.reason;
        return;
      }
      this.#waiting?.resolve(message);
      this.#waiting = undefined;
    });
    child.on('error', (error) => this.#die(error.message));
    // `close` comes after the last of its error output.
    child.on('close', (code, signal) => {
      this.#die(signal === null ? `it exited with code ${code}` : `it was ended by ${signal}`);
    });
  }

  /** @throws MmxError `mouths/detector` when it is dead, or dies before it says anything */
  next(): Promise<FromDetector> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  death(why: string): MmxError {
    const reason = firstLine(this.#reason) ?? lastLine(this.#output) ?? why;
    return new MmxError('mouths/detector', `the face detector failed: ${reason}`, {
      hint: 'finished movies are kept: run the same command again',
    });
  }

  #die(why: string): void {
    this.#dead ??= this.death(why);
    this.#waiting?.reject(this.#dead);
    this.#waiting = undefined;
  }
}

const linesOf = (text: string): readonly string[] =>
  text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^Node\.js v\d|^at /.test(line));
const firstLine = (text: string | undefined): string | undefined => linesOf(text ?? '')[0];
/** The last line, but where Node names an error and goes on about it, that line. */
const lastLine = (text: string): string | undefined =>
  linesOf(text).findLast((line) => /error[^:]*: \S/i.test(line)) ?? linesOf(text).at(-1);
