import { MmxError } from '../../errors.js';
import { ArtifactError } from '../damage.js';
import { toMmxError } from '../failures.js';
import { criticalPaths } from '../graph.js';
import type { LaunchEnd, RunLedger } from '../ledger.js';
import { errorOfRun } from '../outcome.js';
import { Roster } from '../roster.js';
import {
  type InProcessRuntime,
  type JobEnd,
  LocalWorker,
  ProcessWorker,
  type StageWorker,
} from '../workers.js';
import { jobOf, type LaunchContext, withSignals } from './context.js';

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
 * Runs the open stages of a ledger in processes of this machine, longest remaining path first. A signal stops the run
 * at the next checkpoints, a second one at once.
 */
export function launchLocally(
  ledger: RunLedger,
  context: LaunchContext,
  options: LocalOptions,
): Promise<LaunchEnd> {
  return new LocalLaunch(ledger, context, options).end();
}

/** @throws MmxError `pipeline/jobs` */
export function checkJobs(jobs: number): void {
  if (Number.isInteger(jobs) && jobs >= 0) return;
  throw new MmxError('pipeline/jobs', `The number of worker processes is ${jobs}; 0 or more is meant.`);
}

class LocalLaunch {
  readonly #ledger: RunLedger;
  readonly #context: LaunchContext;
  readonly #options: LocalOptions;
  readonly #roster: Roster;
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

  constructor(ledger: RunLedger, context: LaunchContext, options: LocalOptions) {
    this.#ledger = ledger;
    this.#context = context;
    this.#options = options;
    this.#asideBefore = new Set(context.store.setAsideNames());
    this.#roster = new Roster(
      ledger.graph,
      criticalPaths(ledger.graph, ledger.states),
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
      const next = this.#roster.next();
      if (next === undefined) break;
      if (this.#context.isStored(next.hash)) {
        this.#roster.release(next.worker);
        this.#ledger.madeElsewhere(next.hash);
        this.#roster.complete(next.hash);
        continue;
      }
      this.#assign(next.worker, next.hash);
    }
    if (this.#running.size === 0) this.#finish();
  }

  #assign(worker: StageWorker, hash: string): void {
    this.#running.set(worker, hash);
    this.#ledger.begin(hash);
    const listener = {
      progress: (progress: { done: number; total: number; note?: string }) =>
        this.#ledger.progress(hash, progress),
      warning: (message: string) => this.#ledger.warn(message, hash),
    };
    void worker.run(jobOf(this.#ledger, hash, this.#context), listener).then((end) => {
      this.#running.delete(worker);
      if (worker.alive) this.#roster.release(worker, hash);
      else this.#roster.strike(worker);
      this.#guarded(() => {
        this.#ended(hash, end);
        this.#dispatch();
      });
    });
  }

  #ended(hash: string, end: JobEnd): void {
    switch (end.type) {
      case 'done':
        this.#ledger.done(hash, end);
        this.#roster.complete(hash);
        return;
      case 'interrupted':
        this.#ledger.interrupted(hash);
        return;
      case 'failed':
        if (!this.#mend(hash, end.error)) this.#failed(hash, end.error);
        return;
      case 'lost':
        if (end.killed === true && !this.#stopping && !this.#repeated.has(hash)) {
          // Of a machine short of memory, or a fault of a native library: both often pass.
          this.#repeated.add(hash);
          this.#ledger.warn(`${end.error.message} It is run once more, from its last checkpoint.`, hash);
          this.#roster.again(hash);
        } else if (end.fatal || this.#stopping) {
          this.#ledger.interrupted(hash);
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
    const isInput = Object.values(this.#ledger.stage(hash).inputs).includes(artifact);
    const { isStored } = this.#context;
    const missedBy = this.#missed.get(artifact) ?? new Set();
    if (!isInput || missedBy.has(hash)) return false;
    // Another stage that missed it may have had it computed anew by now, or have it open.
    const isMended = this.#ledger.isOpen(artifact) || isStored(artifact);
    if (!isMended && (missedBy.size > 0 || !this.#ledger.again(artifact, isStored))) return false;
    // Each damaged one is set aside by one worker, whose error says where it lies now, and may come after the errors of
    // those that found it gone.
    const isToldByAnother = error.code === 'store/missing' && this.#isSetAside(artifact);
    if (error.code === 'store/corrupted' || (!isMended && !isToldByAnother)) {
      this.#ledger.warn(`${error.message} It is computed anew.`, artifact);
    }
    this.#missed.set(artifact, missedBy.add(hash));
    const open = new Map([...this.#ledger.states].filter(([one]) => this.#ledger.isOpen(one)));
    this.#roster.plan(criticalPaths(this.#ledger.graph, open), new Set(this.#running.values()));
    return true;
  }

  /** Whether somebody has set the artifact aside since this launch began. */
  #isSetAside(hash: string): boolean {
    return this.#context.store
      .setAsideNames()
      .some((name) => name.startsWith(hash) && !this.#asideBefore.has(name));
  }

  #failed(hash: string, error: MmxError): void {
    const skipped = this.#ledger.failed(hash, error);
    // No other stage could be stored either: what runs may finish, nothing more begins.
    if (unwritable.has(error.code)) this.#fatal ??= errorOfRun([], this.#ledger.failures, undefined);
    for (const dependent of skipped) this.#roster.drop(dependent);
  }

  #interrupt(signal: string): void {
    if (this.#signal !== undefined) {
      for (const worker of this.#roster.workers) worker.kill();
      return;
    }
    this.#signal = signal;
    this.#ledger.tell({ type: 'interrupted', signal });
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
    for (const worker of this.#roster.workers) worker.stop();
    this.#grace ??= setTimeout(() => {
      for (const worker of this.#roster.workers) worker.kill();
    }, graceMilliseconds);
  }

  async #dismiss(): Promise<void> {
    const workers = [...this.#roster.workers];
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
