import { MmxError } from '../../../src/errors.js';
import { visible, visibleLines } from '../../../src/visible.js';
import type { Random } from './random.js';

/** What lies under a name: a file, or something else that a user may have put there. */
export type Entry = Uint8Array | 'directory' | 'pipe' | 'circle';

/** All that one run of a reader depends on. */
export interface FuzzInput {
  readonly files: ReadonlyMap<string, Entry>;
  /** Arguments beside the files, such as overrides. */
  readonly words: readonly string[];
}

/** A reader or loader that is given inputs. */
export interface Target {
  /** `family/name`. */
  readonly name: string;
  /** Share of all inputs, relative to the other targets: more for what is cheap, or likely to hold defects. */
  readonly weight: number;
  /** Whether the files of an input are put into the working directory before each run. */
  readonly onDisk: boolean;
  /** Least share of inputs that must be accepted, and refused: a reader that refuses all tests nothing. */
  readonly least: { readonly accepted: number; readonly refused: number };
  /** Errors may have several lines: those of configurations show each problem. */
  readonly manyLines?: boolean;
  /** The longest message; 1000 characters when absent. */
  readonly longestMessage?: number;
  /** Made once a process before the first input. */
  prepare?(): void | Promise<void>;
  /** A pure function of what `random` draws. */
  make(random: Random): FuzzInput;
  /**
   * Reads, and checks what it read.
   *
   * @throws MmxError when the reader refuses the input; {@link Unsound} when a result is not what it should be
   */
  run(input: FuzzInput): Verdict | Promise<Verdict>;
  /** Words of which an error must have one, to say which file is wrong; the names of the files when absent. */
  names?(input: FuzzInput): readonly string[];
}

export type Verdict = 'accepted' | 'refused';

/** A reader gave what it never should. */
export class Unsound extends Error {}

/** @throws Unsound */
export function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Unsound(what);
}

/** What one input showed. */
export type Outcome = { readonly kind: Verdict } | Defect;

export interface Defect {
  readonly kind: 'defect';
  readonly what: 'internal error' | 'unsound result' | 'message';
  /** Equal for inputs that show the same defect. */
  readonly signature: string;
  /** The error and its stack, or the message that is not as it should be. */
  readonly detail: string;
}

export function judge(target: Target, input: FuzzInput): Outcome | Promise<Outcome> {
  const failed = (error: unknown): Outcome => outcomeOf(target, input, error);
  try {
    const verdict = target.run(input);
    if (typeof verdict === 'string') return { kind: verdict };
    return verdict.then((kind): Outcome => ({ kind }), failed);
  } catch (error) {
    return failed(error);
  }
}

function outcomeOf(target: Target, input: FuzzInput, error: unknown): Outcome {
  if (!(error instanceof MmxError)) {
    const what = error instanceof Unsound ? 'unsound result' : 'internal error';
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { kind: 'defect', what, signature: `${what}: ${signatureOf(error)}`, detail };
  }
  const wrong = wrongMessage(target, input, error);
  if (wrong === undefined) return { kind: 'refused' };
  const detail = `${error.message}\n${error.hint ?? ''}`;
  return { kind: 'defect', what: 'message', signature: `message: ${error.code}: ${wrong}`, detail };
}

/** What is wrong with what a user would be told. */
function wrongMessage(target: Target, input: FuzzInput, error: MmxError): string | undefined {
  const { message, hint = '' } = error;
  const seen = target.manyLines ? visibleLines(message) : visible(message);
  const line = visible(hint);
  if (!target.manyLines && /[\n\r]/.test(message)) return 'it has several lines';
  if (message !== seen) return 'it holds control characters';
  if (hint !== line) return 'its hint holds control characters';
  if (message.length > (target.longestMessage ?? 2600)) return 'it is too long';
  if (hint.length > 2000) return 'its hint is too long';
  if (message.trim() === '') return 'it is empty';
  const names = target.names?.(input) ?? ['fuzzed', ...input.files.keys()];
  if (!names.some((name) => message.includes(name))) return 'it does not name the file';
  return undefined;
}

/** Kind, wording without figures and names, and place in our sources. */
function signatureOf(error: unknown): string {
  if (!(error instanceof Error)) return `thrown ${typeof error}`;
  const wording = error.message
    .split('\n', 1)[0]
    ?.replace(/(["'`]).*?\1/g, '…')
    .replace(/[^\x20-\x7e…]+/g, '?')
    .replace(/\/\S+/g, 'FILE')
    .replace(/\d+/g, '#')
    .slice(0, 100);
  const frames = (error.stack ?? '')
    .split('\n')
    .map((line) => /\b(src\/[\w./-]+?)\.[jt]s:(\d+):\d+/.exec(line));
  const [, file = 'outside src', line = ''] = frames.find((frame) => frame !== null) ?? [];
  // Where a stack runs over is a matter of chance.
  const place = error instanceof RangeError && /call stack/.test(error.message) ? file : `${file}:${line}`;
  return `${error.name}: ${wording} (${place})`;
}
