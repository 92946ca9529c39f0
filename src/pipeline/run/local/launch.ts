import { MmxError } from '../../../errors.js';
import { criticalPaths } from '../../graph/graph.js';
import type { StageProgress } from '../../graph/stage.js';
import { ArtifactError } from '../../store/damage.js';
import { toMmxError } from '../errors.js';
import { jobOf, type LaunchContext, withSignals } from '../launch-context.js';
import type { LaunchEnd, RunProgress } from '../progress.js';
import { errorOfRun } from '../result.js';
import {
  type InProcessRuntime,
  type JobEnd,
  LocalWorker,
  ProcessWorker,
  type StageWorker,
} from '../workers.js';
import { Dispatcher } from './dispatcher.js';

export interface LocalOptions {
  /** Worker processes; 0 runs the stages in this process, with `inProcess`. */
  readonly jobs: number;
  readonly inProcess?: InProcessRuntime | undefined;
}

/** A store that takes no more: a full disk, a read-only one, one that is not ours. */
const unwritable: ReadonlySet<string> = new Set([
  'store/no-space',
  'store/read-only',
  'store/permission',
  'store/io',
]);

/** How long interrupted stages have to reach a checkpoint. */
const graceMilliseconds = 2000;

/**
 * Runs the open stages of a run in processes of this machine, longest remaining path first. A signal stops the run
 * at the next checkpoints, a second one at once.
 */
export function launchLocally(
  progress: RunProgress,
  context: LaunchContext,
  options: LocalOptions,
): Promise<LaunchEnd> {
  return new LocalLaunch(progress, context, options).end();
}

/** @throws MmxError `pipeline/jobs` */
export function checkJobs(jobs: number): void {
  if (Number.isInteger(jobs) && jobs >= 0) return;
  throw new MmxError('pipeline/jobs', `The number of worker processes is ${jobs}; it must be 0 or more.`);
}

class LocalLaunch {
  readonly #progress: RunProgress;
  readonly #context: LaunchContext;
  readonly #options: LocalOptions;
  readonly #dispatcher: Dispatcher;
  readonly #running = new Map<StageWorker, string>();
  /** Stages whose worker was killed once. */
  readonly #repeated = new Set<string>();
  /** Artifacts that turned out to be damaged or gone, and the stages that missed each. */
  readonly #missed = new Map<string, Set<string>>();
  readonly #asideBefore: ReadonlySet<string>;
  #finish: () => void = () => {};
  #fatal: MmxError | undefined;
  #signal: string | undefined;
  #grace: NodeJS.Timeout | undefined;

  constructor(progress: RunProgress, context: LaunchContext, options: LocalOptions) {
    this.#progress = progress;
    this.#context = context;
    this.#options = options;
    this.#asideBefore = new Set(context.store.setAsideNames());
    this.#dispatcher = new Dispatcher(
      progress.graph,
      criticalPaths(progress.graph, progress.states),
      Math.max(1, options.jobs),
      () => this.#hire(),
    );
  }

  async end(): Promise<LaunchEnd> {
    await withSignals(
      (signal) => this.#interrupt(signal),
      async () => {
        try {
          await new Promise<void>((resolve) => {
            this.#finish = resolve;
            this.#guarded(() => this.#dispatch());
          });
        } finally {
          await this.#dismiss();
          clearTimeout(this.#grace);
        }
      },
    );
    return { error: this.#fatal, interrupted: this.#signal };
  }

  /** Steps taken outside any caller's reach end the run when they throw (a store that became unreadable). */
  #guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#abort(toMmxError(error, 'Scheduling', this.#context.setup.logDirectory));
      if (this.#running.size === 0) this.#finish();
    }
  }

  get #stopping(): boolean {
    return this.#signal !== undefined || this.#fatal !== undefined;
  }

  /** Gives work to whoever is free; ends the run when nothing is left that could run. */
  #dispatch(): void {
    while (!this.#stopping) {
      const next = this.#dispatcher.next();
      if (next === undefined) break;
      if (this.#context.isStored(next.hash)) {
        this.#dispatcher.release(next.worker);
        this.#progress.madeElsewhere(next.hash);
        this.#dispatcher.complete(next.hash);
        continue;
      }
      this.#assign(next.worker, next.hash);
    }
    if (this.#running.size === 0) this.#finish();
  }

  #assign(worker: StageWorker, hash: string): void {
    this.#running.set(worker, hash);
    this.#progress.begin(hash);
    const listener = {
      progress: (progress: StageProgress) => this.#progress.advance(hash, progress),
      warning: (message: string) => this.#progress.warn(message, hash),
    };
    void worker.run(jobOf(this.#progress, hash, this.#context), listener).then((end) => {
      this.#running.delete(worker);
      if (worker.alive) this.#dispatcher.release(worker, hash);
      else this.#dispatcher.strike(worker);
      this.#guarded(() => {
        this.#ended(hash, end);
        this.#dispatch();
      });
    });
  }

  #ended(hash: string, end: JobEnd): void {
    switch (end.type) {
      case 'done':
        this.#progress.done(hash, end);
        this.#dispatcher.complete(hash);
        return;
      case 'interrupted':
        this.#progress.interrupted(hash);
        return;
      case 'failed':
        if (!this.#mend(hash, end.error)) this.#failed(hash, end.error);
        return;
      case 'lost':
        if (end.killed === true && !this.#stopping && !this.#repeated.has(hash)) {
          // Of a machine short of memory, or a fault of a native library: both often pass.
          this.#repeated.add(hash);
          this.#progress.warn(`${end.error.message} It is run once more, from its last checkpoint.`, hash);
          this.#dispatcher.again(hash);
        } else if (end.fatal || this.#stopping) {
          this.#progress.interrupted(hash);
          if (end.fatal) this.#abort(end.error);
        } else this.#failed(hash, end.error);
        return;
    }
  }

  /**
   * Has an input computed anew that turned out to be damaged or gone when the stage loaded it, and the stage run after
   * it. Once: a disk that damages it again is no place to compute on.
   *
   * @returns whether that can be done
   */
  #mend(hash: string, error: MmxError): boolean {
    if (!(error instanceof ArtifactError) || this.#stopping) return false;
    const { artifact } = error;
    const isInput = Object.values(this.#progress.stage(hash).inputs).includes(artifact);
    const { isStored } = this.#context;
    const missedBy = this.#missed.get(artifact) ?? new Set();
    if (!isInput || missedBy.has(hash)) return false;
    // Another stage that missed it may have had it computed anew by now, or have it open.
    const isMended = this.#progress.isOpen(artifact) || isStored(artifact);
    if (!isMended && (missedBy.size > 0 || !this.#progress.again(artifact, isStored))) return false;
    // Each damaged one is set aside by one worker, whose error says where it lies now, and may come after the errors of
    // those that found it gone.
    const isToldByAnother = error.code === 'store/missing' && this.#isSetAside(artifact);
    if (error.code === 'store/corrupted' || (!isMended && !isToldByAnother)) {
      this.#progress.warn(`${error.message} It is computed anew.`, artifact);
    }
    this.#missed.set(artifact, missedBy.add(hash));
    const open = new Map([...this.#progress.states].filter(([one]) => this.#progress.isOpen(one)));
    this.#dispatcher.plan(criticalPaths(this.#progress.graph, open), new Set(this.#running.values()));
    return true;
  }

  /** Whether somebody has set the artifact aside since this launch began. */
  #isSetAside(hash: string): boolean {
    return this.#context.store
      .setAsideNames()
      .some((name) => name.startsWith(hash) && !this.#asideBefore.has(name));
  }

  #failed(hash: string, error: MmxError): void {
    const skipped = this.#progress.failed(hash, error);
    // No other stage could be stored either: what runs may finish, nothing more begins.
    if (unwritable.has(error.code)) this.#fatal ??= errorOfRun([], this.#progress.failures, undefined);
    for (const dependent of skipped) this.#dispatcher.drop(dependent);
  }

  #interrupt(signal: string): void {
    if (this.#signal !== undefined) {
      for (const worker of this.#dispatcher.workers) worker.kill();
      return;
    }
    this.#signal = signal;
    this.#progress.tell({ type: 'interrupted', signal });
    this.#stopWorkers();
    this.#guarded(() => this.#dispatch());
  }

  /** Ends the run for a reason that no other stage or worker would escape. */
  #abort(error: MmxError): void {
    this.#fatal ??= error;
    this.#stopWorkers();
  }

  /** Idle workers leave at once, busy ones at the next checkpoint; those that do neither are ended. */
  #stopWorkers(): void {
    for (const worker of this.#dispatcher.workers) worker.stop();
    this.#grace ??= setTimeout(() => {
      for (const worker of this.#dispatcher.workers) worker.kill();
    }, graceMilliseconds);
  }

  async #dismiss(): Promise<void> {
    const workers = [...this.#dispatcher.workers];
    this.#stopWorkers();
    await Promise.all(workers.map(({ closed }) => closed));
  }

  #hire(): StageWorker {
    const { worker, setup } = this.#context;
    const { jobs, inProcess } = this.#options;
    if (jobs > 0) return new ProcessWorker(worker, setup);
    if (inProcess === undefined) throw new Error('jobs: 0 needs the stages and the engine in `inProcess`');
    return new LocalWorker(inProcess, setup);
  }
}
