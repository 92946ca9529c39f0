import { MmxError } from '../../../errors.js';
import { namesIn } from '../../store/files.js';
import { deserialiseError } from '../errors.js';
import type { RunProgress } from '../progress.js';
import { isLive, isOrphaned, type QueueEntry, queueOf, type TaskId } from './commands.js';
import { logOf, type PlacedTask, readStatus, type TaskStatus, taskOf } from './record.js';

/** The queue is asked less often the longer a run goes on: its keepers ask for that. */
const queueSeconds = { first: 3, last: 30, share: 0.05 };

/** How long what a node has written may stay unseen on a shared file system. */
const visibleSeconds = 60;
/** How long after a job its record may come. */
const recordSeconds = 10;

/** Reasons to wait that are nobody's fault; with others a user may have something to do. */
const patient = /^(None|Priority|Resources|Dependency|BeginTime|JobArrayTaskLimit|Cleaning)/;

/** What is known of a placed task beyond what the progress of the run says. */
interface Watched {
  task: PlacedTask;
  /** `restarts` of the start told last. */
  begun?: number;
  warnings: number;
  progressed: number;
  toldReason?: string;
  /** Since when it has been gone without a word, in seconds of this process's clock. */
  gone?: number;
  /** No longer waited for: its input was not made, it was cancelled, or it is lost. */
  settled?: 'blocked' | 'cancelled' | 'lost';
}

export interface FollowedPoll {
  /** Newly found gone, without record and result. */
  readonly lost: readonly PlacedTask[];
  /** Tasks still waited for. */
  readonly waiting: number;
}

/**
 * Follows tasks of Slurm by what they write about themselves and by its queue, and keeps the progress of the run. Any number of
 * processes may follow the same tasks.
 */
export class QueueFollower {
  readonly #progress: RunProgress;
  readonly #isStored: (hash: string) => boolean;
  readonly #tellTime: (at: number) => void;
  readonly #watched = new Map<string, Watched>();
  readonly #started = seconds();
  #asked = Number.NEGATIVE_INFINITY;
  #queue: ReadonlyMap<TaskId, QueueEntry> = new Map();
  #unreachable = false;

  /** @param tellTime is told when what comes next happened, in seconds since 1970: it may have been some time ago */
  constructor(
    progress: RunProgress,
    isStored: (hash: string) => boolean,
    tellTime: (at: number) => void = () => {},
  ) {
    this.#progress = progress;
    this.#isStored = isStored;
    this.#tellTime = tellTime;
  }

  /** Says where stages are being made; of those it knows, only what is new matters. */
  place(tasks: readonly PlacedTask[]): void {
    for (const task of tasks) {
      const known = this.#watched.get(task.hash);
      if (known !== undefined && taskOf(known.task) === taskOf(task)) continue;
      this.#watched.set(task.hash, { task, warnings: 0, progressed: 0 });
      this.#asked = Number.NEGATIVE_INFINITY;
    }
  }

  /** Where the stage is being made, if that is still waited for. */
  placeOf(hash: string): PlacedTask | undefined {
    const watched = this.#watched.get(hash);
    return watched?.settled === undefined && this.#progress.isOpen(hash) ? watched?.task : undefined;
  }

  /** Stages whose task left the queue because an input was not made. */
  get blocked(): readonly string[] {
    return this.#settled('blocked');
  }

  get cancelled(): readonly string[] {
    return [...this.#watched.values()]
      .filter(({ settled }) => settled === 'cancelled')
      .map(({ task }) => task.hash);
  }

  /** The node and the queue's word for a stage, as far as known. */
  queueEntry(hash: string): QueueEntry | undefined {
    const watched = this.#watched.get(hash);
    return watched && this.#queue.get(taskOf(watched.task));
  }

  /** Looks once. @throws MmxError `slurm/missing`, `store/*` */
  async poll(): Promise<FollowedPoll> {
    const asked = await this.#askQueue();
    const lost: PlacedTask[] = [];
    for (const { watched, status } of this.#statuses()) {
      if (status !== undefined) this.#told(watched, status);
      this.#judge(watched, status, asked);
      if (watched.settled === 'lost') lost.push(watched.task);
    }
    return { lost, waiting: this.#open().length };
  }

  /** @returns whether the queue was asked and has answered */
  async #askQueue(): Promise<boolean> {
    const now = seconds();
    const { first, last, share } = queueSeconds;
    if (now - this.#asked < Math.min(last, Math.max(first, share * (now - this.#started)))) return false;
    const jobs = [...new Set(this.#open().map(({ task }) => task.job))];
    try {
      this.#queue = await queueOf(jobs);
    } catch (error) {
      if (!(error instanceof MmxError) || error.code !== 'slurm/unreachable') throw error;
      if (!this.#unreachable) this.#progress.warn(`${error.message} It is asked again.`);
      this.#unreachable = true;
      this.#asked = now;
      return false;
    }
    this.#unreachable = false;
    this.#asked = now;
    return true;
  }

  /** Of open tasks, in the order in which they began. */
  #statuses(): { watched: Watched; status: TaskStatus | undefined }[] {
    const open = this.#open();
    const names = new Map<string, ReadonlySet<string>>();
    for (const { task } of open) {
      if (!names.has(task.directory)) names.set(task.directory, new Set(namesIn(task.directory)));
    }
    return open
      .map((watched) => {
        const { directory, hash } = watched.task;
        const has = names.get(directory)?.has(`${hash}.json`) === true;
        return { watched, status: has ? readStatus(watched.task) : undefined };
      })
      .sort((a, b) => (a.status?.started ?? 0) - (b.status?.started ?? 0));
  }

  /** What the task says on its way. */
  #told(watched: Watched, status: TaskStatus): void {
    const { hash } = watched.task;
    if (watched.begun !== status.restarts) {
      watched.begun = status.restarts;
      watched.progressed = 0;
      watched.warnings = 0;
      this.#tellTime(status.started);
      this.#progress.begin(hash);
    }
    this.#tellTime(status.updated);
    for (const warning of status.warnings.slice(watched.warnings)) this.#progress.warn(warning, hash);
    watched.warnings = status.warnings.length;
    if (status.progress !== undefined && status.updated !== watched.progressed) {
      watched.progressed = status.updated;
      this.#progress.advance(hash, status.progress);
    }
  }

  /** Whether it has ended, and how. */
  #judge(watched: Watched, status: TaskStatus | undefined, asked: boolean): void {
    const { hash } = watched.task;
    if (status?.state === 'failed' && status.error !== undefined) {
      this.#progress.failed(hash, this.#withLog(watched.task, deserialiseError(status.error)));
      return;
    }
    if (status?.state === 'done' && this.#isStored(hash)) {
      if (status.stored === 'reused') this.#progress.madeElsewhere(hash);
      else {
        const { seconds = 0, peakRssBytes = 0 } = status;
        this.#progress.done(hash, { seconds, peakRssBytes });
      }
      return;
    }
    if (!asked) return;
    const entry = this.#queue.get(taskOf(watched.task));
    if (entry !== undefined && isLive(entry)) {
      delete watched.gone;
      this.#tellWaiting(watched, entry, status);
      return;
    }
    if (this.#isStored(hash)) this.#progress.madeElsewhere(hash);
    else if (entry !== undefined && isOrphaned(entry)) watched.settled = 'blocked';
    else if (entry?.state === 'CANCELLED') {
      watched.settled = 'cancelled';
      this.#progress.interrupted(hash);
    } else if (entry?.state === 'TIMEOUT' || entry?.state === 'OUT_OF_MEMORY') {
      this.#progress.failed(hash, this.#outOf(watched.task, entry.state));
    } else {
      watched.gone ??= seconds();
      const unseen = status?.state === 'done' || entry?.state === 'COMPLETED';
      if (seconds() - watched.gone >= (unseen ? visibleSeconds : recordSeconds)) watched.settled = 'lost';
    }
  }

  #tellWaiting(watched: Watched, entry: QueueEntry, status: TaskStatus | undefined): void {
    if (entry.state !== 'PENDING') return;
    const { hash } = watched.task;
    const again = status !== undefined && status.restarts === watched.begun;
    const told = again ? `restart ${status.restarts}` : entry.reason;
    if (watched.toldReason === told) return;
    if (again) {
      this.#progress.warn('It is back in the queue and will continue from its last checkpoint.', hash);
    } else if (!patient.test(entry.reason)) {
      this.#progress.warn(`It waits in the queue of Slurm: ${entry.reason}.`, hash);
    }
    watched.toldReason = told;
  }

  #outOf(task: PlacedTask, state: 'TIMEOUT' | 'OUT_OF_MEMORY'): MmxError {
    const { label, kind } = this.#progress.stage(task.hash).spec;
    const [what, option] =
      state === 'TIMEOUT' ? ['time, and could take no checkpoint', 'time=4:00:00'] : ['memory', 'mem=16G'];
    return new MmxError(
      'slurm/limit',
      `Stage "${label}" ran out of ${what} (Slurm job ${taskOf(task)}, log ${logOf(task)}).`,
      { hint: `Ask for more, as in --slurm ${kind}.${option}, and run the same command again.` },
    );
  }

  #withLog(task: PlacedTask, { code, message, hint, exitCode }: MmxError): MmxError {
    const where = `The log of its job ${taskOf(task)} is ${logOf(task)}.`;
    return new MmxError(code, message, { exitCode, hint: hint === undefined ? where : `${hint} ${where}` });
  }

  #open(): Watched[] {
    return [...this.#watched.values()].filter(
      ({ task, settled }) => settled === undefined && this.#progress.isOpen(task.hash),
    );
  }

  #settled(how: Watched['settled']): string[] {
    return [...this.#watched.values()]
      .filter(({ task, settled }) => settled === how && this.#progress.isOpen(task.hash))
      .map(({ task }) => task.hash);
  }
}

/** What is told of a task that is gone, twice, without a word. */
export function lostError(progress: RunProgress, task: PlacedTask, entry: QueueEntry | undefined): MmxError {
  const { label } = progress.stage(task.hash).spec;
  const end = entry === undefined ? 'has left the queue' : `ended as ${entry.state}`;
  const message = `Slurm job ${taskOf(task)} of stage "${label}" ${end} and left no result; its log is ${logOf(task)}.`;
  return new MmxError('slurm/job-lost', message, {
    hint: 'If there is no such log, the nodes do not see this directory: work on a file system that they share.',
  });
}

/** By a clock that nobody sets back. */
const seconds = (): number => performance.now() / 1000;
