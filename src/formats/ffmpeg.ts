import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { MmxError } from '../errors.js';
import { findProgram } from '../programs.js';

export type Tool = 'ffmpeg' | 'ffprobe';

const installers: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux: 'run: sudo apt-get install -y ffmpeg',
  darwin: 'run: brew install ffmpeg',
  win32: 'run: winget install ffmpeg',
};

/** What supplies ffmpeg and ffprobe here. */
export const ffmpegRemedy = installers[process.platform] ?? 'install ffmpeg and put it on the PATH';

/** A movie holds this much text on its error channel at most: `showinfo` writes a line a frame. */
const MAXIMUM_TEXT = 256 * 2 ** 20;

/** What a run of a tool may cost. */
export interface ToolLimits {
  /** Bytes of output that make sense; more is an error. */
  readonly bytes: number;
  readonly seconds: number;
}

/** Version of an installed tool, e.g. `5.1.9`; null when it is not installed. */
export function toolVersion(tool: Tool): string | null {
  const program = findProgram(tool);
  if (program === undefined) return null;
  const { stdout, error, status } = spawnSync(program, ['-version'], { encoding: 'utf8', timeout: 20_000 });
  if (error !== undefined || status !== 0) return null;
  return /version n?(\S+)/.exec(stdout)?.[1] ?? 'unknown';
}

/** Containers of movies; not among them are playlists, which name other files and addresses to read. */
const containers =
  'mpeg,mpegts,mpegvideo,m4v,avi,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,asf,dv,flv,ogg,mxf,nut,mp3,wav,aac';

/** How a tool is told to read one local file and nothing else: no option, no address, no playlist of others. */
export function inputArguments(file: string): readonly string[] {
  const limits = ['-protocol_whitelist', 'file,pipe', '-format_whitelist', containers];
  return [...limits, '-i', `file:${resolve(file)}`];
}

/**
 * Runs a tool to its end.
 *
 * @throws MmxError `formats/no-ffmpeg` when it is not installed; `formats/movie` when it fails, hangs or writes too much
 */
export function runTool(
  tool: Tool,
  args: readonly string[],
  file: string,
  limits: ToolLimits,
): { readonly output: Buffer; readonly text: string } {
  const program = findProgram(tool);
  if (program === undefined) throw notStarted(tool)(file);
  const result = spawnSync(program, [...args], {
    maxBuffer: Math.max(limits.bytes, MAXIMUM_TEXT),
    timeout: Math.ceil(limits.seconds * 1000),
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = result.stderr?.toString('utf8') ?? '';
  const problem = problemOf(result, tool, text, limits);
  if (problem !== null) throw problem(file);
  if (result.stdout.length > limits.bytes) throw tooMuch(limits)(file);
  return { output: result.stdout, text };
}

/**
 * Runs ffmpeg and hands on its output in pieces of `size` bytes as they come. Leaving the loop early ends ffmpeg.
 *
 * @param idleSeconds without any output for so long, ffmpeg is taken to hang
 * @throws MmxError as {@link runTool} does, and when the output ends inside a piece
 */
export async function* streamPieces(
  args: readonly string[],
  file: string,
  size: number,
  idleSeconds = 60,
): AsyncGenerator<Buffer> {
  const program = findProgram('ffmpeg');
  if (program === undefined) throw notStarted('ffmpeg')(file);
  const child = spawn(program, [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  let hung = false;
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-10_000);
  });
  const ended = new Promise<{ code: number | null; error?: Error }>((done) => {
    child.once('error', (error) => done({ code: null, error }));
    child.once('close', (code) => done({ code }));
  });
  const kill = (): void => {
    hung = true;
    child.kill('SIGKILL');
  };
  let watchdog = setTimeout(kill, idleSeconds * 1000);
  let held: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      clearTimeout(watchdog);
      held.push(chunk);
      length += chunk.length;
      if (length >= size) {
        const all = Buffer.concat(held, length);
        const whole = length - (length % size);
        for (let at = 0; at < whole; at += size) yield all.subarray(at, at + size);
        held = [all.subarray(whole)];
        length -= whole;
      }
      watchdog = setTimeout(kill, idleSeconds * 1000);
    }
    const { code, error } = await ended;
    if (error !== undefined) throw notStarted('ffmpeg', error)(file);
    if (hung) throw failed('ffmpeg', `it wrote nothing for ${idleSeconds} seconds and was stopped`)(file);
    if (code !== 0) throw failed('ffmpeg', reasonIn(text))(file);
    if (length !== 0) throw failed('ffmpeg', 'its output ended inside a picture')(file);
  } finally {
    clearTimeout(watchdog);
    child.kill('SIGKILL');
  }
}

type Problem = (file: string) => MmxError;

function problemOf(
  { error, status, signal }: SpawnSyncReturns<Buffer>,
  tool: Tool,
  text: string,
  limits: ToolLimits,
): Problem | null {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ETIMEDOUT') return failed(tool, `it had not finished after ${limits.seconds} seconds`);
  if (code === 'ENOBUFS') return tooMuch(limits);
  if (error !== undefined) return notStarted(tool, error);
  if (status === 0) return null;
  return failed(tool, signal === null ? reasonIn(text) : `it was ended by ${signal}`);
}

/** @param cause why the system did not start it; it is not installed when absent */
function notStarted(tool: Tool, cause?: Error): Problem {
  const reason =
    cause === undefined ? `${tool} is not installed` : `${tool} cannot be started (${cause.message})`;
  return (file) =>
    new MmxError('formats/no-ffmpeg', `cannot read the movie ${file}: ${reason}`, {
      hint: ffmpegRemedy,
      ...(cause === undefined ? {} : { cause }),
    });
}

function failed(tool: Tool, reason: string): Problem {
  return (file) => new MmxError('formats/movie', `${tool} cannot read the movie ${file}: ${reason}`);
}

function tooMuch({ bytes }: ToolLimits): Problem {
  return (file) =>
    new MmxError(
      'formats/movie',
      `the movie ${file} decodes to more than the ${bytes} bytes that its header gives`,
    );
}

/** The sentence of an error output that names the cause: the last line, without the path ffmpeg puts before it. */
function reasonIn(text: string): string {
  const lines = text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/Parsed_showinfo|^(frame|size)=/.test(line));
  const last = lines.at(-1) ?? 'it gave no reason';
  return last.replace(/^\[[^\]]*\]\s*/, '').replace(/^file:.*: (?=[^:]+$)/, '');
}
