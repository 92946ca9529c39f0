import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { MmxError } from '../../../errors.js';
import type { RunIdentity } from '../../runs/marks.js';
import { type LaunchContext, withSignals } from '../launch-context.js';
import type { LaunchEnd, RunProgress } from '../progress.js';
import { cancelTasks } from './commands.js';
import { lostError, QueueFollower } from './follow.js';
import type { SbatchOptions } from './options.js';
import { tasksInQueue } from './queued.js';
import {
  makeRunFolder,
  type PlacedTask,
  recordedStages,
  removeRecord,
  type SlurmRecord,
  taskOf,
  writeRecord,
} from './record.js';
import { Submitter } from './submit.js';

/** How a run is handed to Slurm. */
export interface SlurmOptions {
  readonly sbatch: SbatchOptions;
  /** Module that runs one task of an array: `node MODULE ARRAY-FILE`. */
  readonly task: string | URL;
  /** False: submit, and leave. */
  readonly wait: boolean;
}

export interface SlurmLaunchOptions extends SlurmOptions {
  readonly run: RunIdentity;
  readonly runsDirectory: string;
}

/** Between two looks at what tasks say of themselves. */
const lookMilliseconds = 1000;

/**
 * Runs the open stages of a run as job arrays and waits for them. A signal ends the waiting, never the jobs. What
 * another run of this directory has in the queue is waited for, too.
 *
 * @throws MmxError `slurm/missing`, `slurm/refused`, `slurm/unreachable`, `store/*`
 */
export async function launchOnSlurm(
  progress: RunProgress,
  context: LaunchContext,
  options: SlurmLaunchOptions,
): Promise<LaunchEnd> {
  context.store.checkWritable();
  const launch = new SlurmLaunch(
    progress,
    context,
    options,
    await tasksInQueue(options.runsDirectory, context.store),
  );
  await launch.submit();
  return options.wait ? launch.follow() : { queued: launch.id };
}

class SlurmLaunch {
  readonly #progress: RunProgress;
  readonly #context: LaunchContext;
  readonly #options: SlurmLaunchOptions;
  readonly id: string;
  readonly #submitter: Submitter;
  readonly #follower: QueueFollower;
  readonly #tasks: Map<string, PlacedTask>;
  /** Stages submitted for the second time. */
  readonly #repeated = new Set<string>();
  readonly #started = new Date().toISOString();

  constructor(
    progress: RunProgress,
    context: LaunchContext,
    options: SlurmLaunchOptions,
    queued: ReadonlyMap<string, PlacedTask>,
  ) {
    this.#progress = progress;
    this.#context = context;
    this.#options = options;
    this.#tasks = new Map([...queued].filter(([hash]) => progress.isOpen(hash)));
    const { id, directory } = makeRunFolder(options.runsDirectory, options.run.id);
    this.id = id;
    this.#submitter = new Submitter(progress, context, { ...options, directory });
    this.#follower = new QueueFollower(progress, (hash) => context.store.has(hash));
    this.#follower.place([...this.#tasks.values()]);
  }

  async submit(): Promise<void> {
    const found = this.#tasks.size;
    // Before anything is in the queue: a run whose submission is cut short must be found, and what it needs kept.
    this.#record();
    const missing = this.#progress.open.map(({ hash }) => hash).filter((hash) => !this.#tasks.has(hash));
    try {
      await this.#place(missing);
    } catch (error) {
      removeRecord(this.#options.runsDirectory, this.id);
      throw error;
    }
    const { arrays } = this.#submitter;
    this.#progress.tell({ type: 'submitted', run: this.id, stages: missing.length, arrays, found });
  }

  async follow(): Promise<LaunchEnd> {
    const stop = new AbortController();
    return withSignals(
      () => stop.abort(),
      async () => {
        while (!stop.signal.aborted) {
          const { lost, waiting } = await this.#follower.poll();
          const again = await this.#repeat(lost);
          if (waiting === 0 && again === 0) return this.#ended();
          await sleep(lookMilliseconds, undefined, { signal: stop.signal }).catch(() => {});
        }
        return { error: this.#left(), queued: this.id };
      },
    );
  }

  /** Submits once more what is gone without a word, and what waited for it. @returns how many stages */
  async #repeat(lost: readonly PlacedTask[]): Promise<number> {
    const hashes = new Set<string>();
    for (const task of lost) {
      const entry = this.#follower.queueEntry(task.hash);
      const error = lostError(this.#progress, task, entry);
      if (this.#repeated.has(task.hash) || this.#follower.cancelled.length > 0) {
        this.#progress.failed(task.hash, error);
        continue;
      }
      this.#progress.warn(`${error.message} It is submitted once more, from its last checkpoint.`, task.hash);
      this.#withDependents(task.hash, hashes);
    }
    for (const hash of this.#follower.blocked) {
      const isReady = Object.values(this.#progress.stage(hash).inputs).every(
        (input) => !this.#progress.isOpen(input) && this.#context.store.has(input),
      );
      if (isReady && !this.#repeated.has(hash)) this.#withDependents(hash, hashes);
    }
    if (hashes.size === 0) return 0;
    for (const hash of hashes) this.#repeated.add(hash);
    const old = [...hashes].flatMap((hash) => this.#tasks.get(hash) ?? []);
    await cancelTasks(old.map(taskOf));
    for (const { hash } of old) this.#tasks.delete(hash);
    await this.#place([...hashes]);
    return hashes.size;
  }

  #withDependents(hash: string, into: Set<string>): void {
    if (!this.#progress.isOpen(hash) || into.has(hash)) return;
    into.add(hash);
    for (const dependent of this.#progress.stage(hash).dependents) this.#withDependents(dependent, into);
  }

  async #place(hashes: readonly string[]): Promise<void> {
    const waiting = new Map([...this.#tasks].filter(([hash]) => this.#follower.placeOf(hash) !== undefined));
    const placed = await this.#submitter.submit(hashes, waiting);
    for (const task of placed) this.#tasks.set(task.hash, task);
    this.#follower.place(placed);
    this.#record();
  }

  #record(): void {
    const { run, runsDirectory } = this.#options;
    const { graph } = this.#progress;
    const record: SlurmRecord = {
      id: this.id,
      command: run.command,
      launcher: 'slurm',
      host: hostname(),
      pid: process.pid,
      started: this.#started,
      hashes: [...graph.stages.keys()],
      targets: graph.targets,
      stages: recordedStages(graph),
      tasks: [...this.#tasks.values()],
    };
    writeRecord(runsDirectory, record);
  }

  #ended(): LaunchEnd {
    removeRecord(this.#options.runsDirectory, this.id);
    if (this.#follower.cancelled.length > 0) return { interrupted: 'scancel' };
    const open = this.#progress.open.length;
    if (open === 0 || this.#progress.failures.length > 0) return {};
    return {
      error: new MmxError('slurm/incomplete', `${open} stages left the queue of Slurm without being run.`, {
        hint: 'Run the same command again: it continues where this one stopped.',
      }),
    };
  }

  #left(): MmxError {
    const left = this.#progress.open.length;
    const stages = left === 1 ? '1 stage stays' : `${left} stages stay`;
    return new MmxError('run/queued', `No longer waiting for Slurm: ${stages} in its queue.`, {
      hint: `Run the same command again to wait for them and write the results; mmx runs watch ${this.id} shows their progress, mmx runs cancel ${this.id} cancels them.`,
    });
  }
}
