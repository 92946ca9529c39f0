import { z } from 'zod';
import type { StageProgress } from '../graph/stage.js';
import { count, epochMeans, hash, list, seconds, text } from '../graph/stored-values.js';
import type { SerialisedError } from './errors.js';
import type { RunEvent } from './events.js';

/** In the unit of costs; far from where sums of them overflow. */
const cost = z.number().nonnegative().max(1e15);
const units = z.number().nonnegative().max(1e15);

export const storedError: z.ZodType<SerialisedError> = z.object({
  code: text,
  message: text,
  hint: text.exactOptional(),
  exitCode: z.literal([1, 2, 129, 130, 143]),
  artifact: hash.exactOptional(),
});

export const storedProgress: z.ZodType<StageProgress> = z.object({
  done: units,
  total: units,
  unit: text.exactOptional(),
  note: text.exactOptional(),
  epochs: list(epochMeans).exactOptional(),
});

const ofStage = { hash, kind: text, label: text };

/** An event as a journal keeps it: an error among it is plain data. */
export type StoredEvent =
  | Exclude<RunEvent, { type: 'stage-failed' }>
  | (Omit<Extract<RunEvent, { type: 'stage-failed' }>, 'error'> & { readonly error: SerialisedError });

const event: z.ZodType<StoredEvent> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run-start'), run: count, reused: count, cost, jobs: count }),
  z.object({ type: z.literal('submitted'), run: text, stages: count, arrays: count, found: count }),
  z.object({ type: z.literal('stage-reused'), ...ofStage, cost, meanwhile: z.boolean() }),
  z.object({ type: z.literal('stage-again'), ...ofStage, cost }),
  z.object({ type: z.literal('stage-start'), ...ofStage, cost }),
  z.object({ type: z.literal('stage-progress'), ...ofStage, progress: storedProgress }),
  z.object({ type: z.literal('stage-done'), ...ofStage, cost, seconds }),
  z.object({ type: z.literal('stage-failed'), ...ofStage, error: storedError }),
  z.object({ type: z.literal('stage-skipped'), ...ofStage, because: text }),
  z.object({ type: z.literal('warning'), message: text, label: text.exactOptional() }),
  z.object({ type: z.literal('interrupted'), signal: text }),
  z.object({ type: z.literal('run-end'), seconds }),
]);

/** A line of a journal. */
export const journalLine = z.object({ at: seconds, event });
