import type { Batch, BatchReport } from './batch.js';
import type { Entry, FuzzInput } from './target.js';

/** What a child writes before it ends because of a mistake of the fuzzers themselves. */
export const ownFailure = 'the fuzzer failed:';

/** What the parent asks of a child. */
export type Request =
  | { readonly type: 'run'; readonly batch: Batch }
  | {
      readonly type: 'minimise';
      readonly seed: number;
      readonly number: number;
      readonly signature: string;
      readonly seconds: number;
    };

/** What a child says. */
export type Answer =
  | { readonly type: 'ready' }
  | { readonly type: 'report'; readonly report: BatchReport }
  | { readonly type: 'smallest'; readonly input: WrittenInput };

/** An input as text: files in base64, or what else lies there. */
export interface WrittenInput {
  readonly files: Readonly<Record<string, string>>;
  readonly words: readonly string[];
}

export function writtenInput({ files, words }: FuzzInput): WrittenInput {
  const written = [...files].map(([name, entry]): [string, string] => [name, writtenEntry(entry)]);
  return { files: Object.fromEntries(written), words };
}

const writtenEntry = (entry: Entry): string =>
  typeof entry === 'string' ? `(a ${entry})` : Buffer.from(entry).toString('base64');
