import { visible } from './visible.js';

/** Characters of a line of a message; names and values from files can be of any length. */
const lineCharacters = 2000;

/** 2: bad usage or configuration; 1: a run that failed; 128 and the number of a signal: a run that it interrupted. */
export type ExitCode = 1 | 2 | 129 | 130 | 143;

/**
 * Every failure a user can cause or mend is an `MmxError`: one sentence saying what is wrong and where,
 * and, as a rule, what to do. The command line prints `message` (and `hint` on a line of its own) without a
 * stack trace and exits with `exitCode`.
 */
export class MmxError extends Error {
  /** Stable identifier such as `config/unknown-key` or `store/corrupted`, printed under `--json`. */
  readonly code: string;
  /** What the process ends with. */
  readonly exitCode: ExitCode;
  /** The message line by line; of most errors it is one line, and stays one whatever names and values are in it. */
  readonly lines: readonly string[];
  /** What to do about it, one line. */
  readonly hint: string | undefined;

  constructor(
    code: string,
    message: string | readonly string[],
    options: { exitCode?: ExitCode; hint?: string; cause?: unknown } = {},
  ) {
    const lines = (typeof message === 'string' ? [message] : message).map(shown);
    super(lines.join('\n'), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'MmxError';
    this.code = code;
    this.exitCode = options.exitCode ?? 1;
    this.lines = lines;
    this.hint = options.hint === undefined ? undefined : shown(options.hint);
  }
}

/** A sentence without its full stop, for another to go on after it. */
export const unended = (sentence: string): string => sentence.replace(/\.$/, '');

/** One line of bounded length without control characters: a message quotes what comes from files and arguments. */
function shown(line: string): string {
  // Cut twice: writing out a megabyte takes its time, and what is written out is longer.
  const written = visible(line.slice(0, lineCharacters + 1));
  return written.length > lineCharacters ? `${written.slice(0, lineCharacters)}…` : written;
}
