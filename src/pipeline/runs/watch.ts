import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunObserver } from '../run/events.js';
import { RunProgress } from '../run/progress.js';
import { QueueFollower } from '../run/slurm/follow.js';
import { graphOf, readRecord, removeRecord, type SlurmRecord } from '../run/slurm/record.js';
import type { ArtifactStore } from '../store/store.js';
import { JournalReader } from './journal.js';
import { type LiveRun, liveRuns } from './marks.js';

export interface WatchOptions {
  readonly runsDirectory: string;
  readonly store: ArtifactStore;
  readonly observer: RunObserver;
  /** Told when the next events happened, in seconds since 1970. */
  readonly tellTime: (at: number) => void;
  /** Ends the watching. */
  readonly signal: AbortSignal;
  /** Look once. */
  readonly once?: boolean;
}

const lookMilliseconds = 1000;

/** Silence of a queue in which nothing of the run is left, after which nobody goes on with it. */
const idleSeconds = 30;

/**
 * Follows a run of another process to its end, as the events it has told so far and tells from now on.
 *
 * @returns `gone`: it ended without saying so (killed)
 */
export function watchRun(run: LiveRun, options: WatchOptions): Promise<'ended' | 'left' | 'gone'> {
  return run.launcher === 'slurm' ? watchQueue(run, options) : watchJournal(run, options);
}

async function watchJournal(
  { journal, id }: LiveRun,
  { runsDirectory, observer, tellTime, signal, once = false }: WatchOptions,
): Promise<'ended' | 'left' | 'gone'> {
  const reader = new JournalReader(journal);
  while (!signal.aborted) {
    const alive = liveRuns(runsDirectory).some((run) => run.id === id && run.journal === journal);
    do {
      for (const { at, event } of reader.next()) {
        tellTime(at);
        observer(event);
        if (event.type === 'run-end') return 'ended';
      }
    } while (reader.isBehind && !signal.aborted);
    if (once) break;
    // A run that ends takes its journal along; the last events may have gone unread.
    if (!alive) return 'gone';
    await sleep(lookMilliseconds, undefined, { signal }).catch(() => {});
  }
  return 'left';
}

async function watchQueue(
  { id }: LiveRun,
  { runsDirectory, store, observer, tellTime, signal, once = false }: WatchOptions,
): Promise<'ended' | 'left' | 'gone'> {
  let record = readRecord(runsDirectory, id);
  if (record === undefined) return 'ended';
  const progress = new RunProgress(graphOf(record), (hash) => store.has(hash), observer);
  const follower = new QueueFollower(progress, (hash) => store.has(hash), tellTime);
  tellTime(Date.now() / 1000);
  progress.start(1);
  let idle = 0;
  try {
    while (!signal.aborted) {
      follower.place(record?.tasks ?? []);
      const { waiting } = await follower.poll();
      if (once) break;
      if (progress.open.length === 0) {
        removeRecord(runsDirectory, id);
        return 'ended';
      }
      idle = waiting === 0 ? idle + lookMilliseconds / 1000 : 0;
      if (record === undefined || idle >= idleSeconds) return 'gone';
      await sleep(lookMilliseconds, undefined, { signal }).catch(() => {});
      record = readRecord(runsDirectory, id);
    }
    return 'left';
  } finally {
    tellTime(Date.now() / 1000);
    progress.end();
  }
}

/** True where its process can be told from here to stop. */
export const isHere = ({ host }: LiveRun): boolean => host === hostname();

/** Everything that is in the queue for a run. */
export function tasksOf(runsDirectory: string, { id }: LiveRun): SlurmRecord['tasks'] {
  return readRecord(runsDirectory, id)?.tasks ?? [];
}
