import type { z } from 'zod';
import { MmxError, unended } from './errors.js';
import { readPlainText, UnreadFile } from './read-file.js';

/** What a stored file is, for the sentence about a damaged one. */
export interface StoredKind {
  /** As in `is not ${what}`: `a run manifest`. */
  readonly what: string;
  /** Code of the error about a damaged one. */
  readonly code: string;
  /** What to do about a damaged one. */
  readonly hint?: string;
  /** Bytes it may have. */
  readonly limit: number;
}

/** Brackets that may be open at once: far more than any file of ours has, far fewer than exhaust a stack. */
const mostOpenBrackets = 200;

/**
 * Reads JSON that mmx wrote and anybody may have changed since.
 *
 * @returns what the schema makes of it
 * @throws UnreadFile when the file cannot be read at all
 * @throws MmxError with the code of `kind` when it is not what it should be: the file, the place in it and what is wrong
 */
export function readStored<T>(path: string, schema: z.ZodType<T>, kind: StoredKind): T {
  let text: string;
  try {
    text = readPlainText(path, kind.limit);
  } catch (error) {
    if (error instanceof UnreadFile && (error.reason === 'too-large' || error.reason === 'not-plain')) {
      throw damaged(path, kind, error.message, error);
    }
    throw error;
  }
  return parseStored(text, path, schema, kind);
}

/**
 * As {@link readStored}, of a file that need not be there.
 *
 * @returns undefined where there is none
 * @throws MmxError with the code of `kind`, also when this user may not read it
 */
export function storedIfThere<T>(path: string, schema: z.ZodType<T>, kind: StoredKind): T | undefined {
  try {
    return readStored(path, schema, kind);
  } catch (error) {
    if (!(error instanceof UnreadFile)) throw error;
    if (error.reason === 'missing') return undefined;
    throw damaged(path, kind, error.message, error);
  }
}

/** As {@link readStored}, of text that has been read; `path` is named in errors. */
export function parseStored<T>(text: string, path: string, schema: z.ZodType<T>, kind: StoredKind): T {
  if (deepest(text) > mostOpenBrackets) throw damaged(path, kind, 'its values are nested too deeply');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged(path, kind, 'it is not valid JSON', error);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw damaged(path, kind, storedProblem(result.error.issues[0]));
}

/** The error about a file that is not what it should be. @param what ends the sentence, without a full stop */
export function damaged(path: string, kind: StoredKind, what: string, cause?: unknown): MmxError {
  return new MmxError(kind.code, `${path} is not ${kind.what}: ${what}.`, {
    ...(kind.hint === undefined ? {} : { hint: kind.hint }),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** What is wrong first, with its place: `rows[2].cells: expected record, received string`. */
export function storedProblem(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return 'it does not fit';
  const place = issue.path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${String(part)}`))
    .join('');
  const sentence = unended(issue.message.replace(/^Invalid input: /, ''));
  if (place === '') return sentence;
  return sentence.endsWith(', received undefined') ? `${place} is missing` : `${place}: ${sentence}`;
}

/** Brackets open at once, strings passed over. */
function deepest(text: string): number {
  let open = 0;
  let most = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x5b || code === 0x7b) {
      open++;
      if (open > most) most = open;
    } else if (code === 0x5d || code === 0x7d) open--;
  }
  return most;
}
