/** Messages between the process that schedules and those that run stages (JSON over the IPC channel). */

import type { StageProgress } from '../graph/stage.js';
import type { SerialisedError } from './errors.js';
import type { StageJob, StageOutcome } from './executor.js';

export interface WorkerSetup {
  readonly store: string;
  readonly checkpointDirectory: string;
  readonly checkpointSeconds: number;
  readonly logDirectory: string;
  readonly engine: string;
  readonly threads: number;
  /** Directories of the user's own corpora, by corpus name. */
  readonly local: Readonly<Record<string, string>>;
}

export type ToWorker =
  /** First message. */
  | { readonly type: 'setup'; readonly setup: WorkerSetup }
  | { readonly type: 'run'; readonly job: StageJob }
  /** Leave as soon as possible: at once when idle, else at the next checkpoint the stage offers. */
  | { readonly type: 'stop' };

export type FromWorker =
  /** The process is up and listening; its engine may still be loading. */
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly hash: string; readonly progress: StageProgress }
  | { readonly type: 'warning'; readonly hash: string; readonly message: string }
  | ({ readonly type: 'done'; readonly hash: string; readonly peakRssBytes: number } & StageOutcome)
  | { readonly type: 'failed'; readonly hash: string; readonly error: SerialisedError }
  /** Stopped on request with its state in a checkpoint. */
  | { readonly type: 'interrupted'; readonly hash: string }
  /** The worker cannot run anything: its engine does not load. */
  | { readonly type: 'refused'; readonly error: SerialisedError };
