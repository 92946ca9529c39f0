import { z } from 'zod';
import { MmxError } from '../../errors.js';
import { UnreadFile } from '../../read-file.js';
import { damaged, readStored, type StoredKind } from '../../stored-json.js';
import { argument, hash, list, text } from '../graph/stored-values.js';
import type { RunMarkContent } from './marks.js';

/** The id of a run: a part of the names of files. */
export const runId = z.string().regex(/^[^/\0]{1,250}$/, 'is not the name of a run');

/** What a mark says of its run. Marks of earlier versions hold hashes alone. */
const mark: z.ZodType<RunMarkContent> = z.object({
  id: runId.default('run'),
  command: list(argument).default([]),
  launcher: z.enum(['local', 'slurm', 'waiting']).default('local'),
  host: text.default(''),
  pid: z.int().nonnegative().default(0),
  started: text.default(''),
  hashes: list(hash),
});

const kind: StoredKind = {
  what: "a run's mark",
  code: 'pipeline/mark',
  // A hash has 67 bytes, a large run some thousand of them.
  limit: 2 ** 26,
};

/** What is wrong with it where it is damaged, as one whose process was killed while writing it; undefined where it has vanished. */
export function markIn(path: string): RunMarkContent | MmxError | undefined {
  try {
    return readStored(path, mark, kind);
  } catch (error) {
    if (error instanceof MmxError) return error;
    if (!(error instanceof UnreadFile)) throw error;
    return error.reason === 'missing' ? undefined : damaged(path, kind, error.message, error);
  }
}
