import { type ChildProcess, fork } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Batch, BatchReport } from './batch.js';
import type { Answer, Request, WrittenInput } from './protocol.js';

/** What one input may take. */
export const limits = {
  /** Of processor time. */
  seconds: 2,
  /** Of any time: a process that waits takes no processor time. */
  waitingSeconds: 10,
  /** Of the whole process that runs it. */
  residentBytes: 500e6,
};

const lookMilliseconds = 50;
const worker = fileURLToPath(new URL('./worker.js', import.meta.url));

/** How a child ended that should have gone on, and at which input. */
export interface Death {
  readonly number: number;
  readonly what: 'takes too long' | 'waits' | 'takes too much memory' | 'ends the process';
  /** The last it wrote. */
  readonly said: string;
}

/** A process that runs inputs of one target, watched. */
export class FuzzChild {
  readonly #child: ChildProcess;
  readonly #folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'mmx-fuzz-child-'));
  readonly #position: number;
  #said = '';
  #peakBytes = 0;

  private constructor(target: string) {
    const file = join(this.#folder, 'position');
    writeFileSync(file, new Float64Array(1));
    this.#position = openSync(file, 'r');
    this.#child = fork(worker, [target, file], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-4000);
    });
  }

  /** @throws Error when it does not get ready */
  static async start(target: string): Promise<FuzzChild> {
    const child = new FuzzChild(target);
    const answer = await child.#answer();
    if (answer === undefined) throw new Error(`no process for ${target} could be started: ${child.#said}`);
    return child;
  }

  /** Largest resident set seen. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  async run(batch: Batch): Promise<BatchReport | Death> {
    const answer = await this.#watched({ type: 'run', batch }, batch.from);
    if ('what' in answer) return answer;
    if (answer.type !== 'report') throw new Error('a batch is answered by a report');
    return answer.report;
  }

  /** Null when the process died of it. */
  async minimise(
    request: Omit<Extract<Request, { type: 'minimise' }>, 'type'>,
  ): Promise<WrittenInput | null> {
    const answer = await this.#watched(
      { type: 'minimise', ...request },
      request.number,
      request.seconds + 10,
    );
    return 'type' in answer && answer.type === 'smallest' ? answer.input : null;
  }

  end(): void {
    this.#child.kill('SIGKILL');
    closeSync(this.#position);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #watched(request: Request, first: number, seconds: number = limits.seconds): Promise<Answer | Death> {
    let killed: Death['what'] | undefined;
    let at = { number: first, cpu: this.#cpuSeconds(), time: performance.now() };
    const kill = (what: Death['what']): void => {
      killed ??= what;
      this.#child.kill('SIGKILL');
    };
    const look = setInterval(() => {
      const number = this.#number(first);
      const [cpu, time] = [this.#cpuSeconds(), performance.now()];
      if (number !== at.number) at = { number, cpu, time };
      const resident = this.#residentBytes();
      this.#peakBytes = Math.max(this.#peakBytes, resident);
      if (resident > limits.residentBytes) kill('takes too much memory');
      else if (cpu - at.cpu > seconds) kill('takes too long');
      else if (time - at.time > 1000 * Math.max(limits.waitingSeconds, seconds)) kill('waits');
    }, lookMilliseconds);
    try {
      const answer = this.#answer();
      this.#child.send(request);
      const given = await answer;
      if (given !== undefined) return given;
      return { number: this.#number(first), what: killed ?? 'ends the process', said: this.#said };
    } finally {
      clearInterval(look);
    }
  }

  /** The next answer; undefined when the process ends instead. */
  #answer(): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      const done = (answer: Answer | undefined): void => {
        this.#child.off('message', done).off('close', ended);
        resolve(answer);
      };
      const ended = (): void => done(undefined);
      this.#child.on('message', done).on('close', ended);
    });
  }

  #number(first: number): number {
    const cell = new Float64Array(1);
    readSync(this.#position, cell, 0, 8, 0);
    return Math.max(first, cell[0] ?? 0);
  }

  /** 0 where the system does not tell. */
  #cpuSeconds(): number {
    // utime and stime follow the name in parentheses, in hundredths of a second.
    const fields = this.#system('stat').split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100 || 0;
  }

  #residentBytes(): number {
    return Number(this.#system('statm').split(' ')[1] ?? 0) * 4096 || 0;
  }

  #system(name: string): string {
    try {
      return readFileSync(`/proc/${this.#child.pid}/${name}`, 'latin1');
    } catch {
      return '';
    }
  }
}
