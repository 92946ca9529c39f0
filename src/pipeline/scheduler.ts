import { join } from 'node:path';
import { MmxError } from '../errors.js';
import { defaultCheckpointSeconds, sweepCheckpoints } from './checkpoint.js';
import type { RunObserver } from './events.js';
import { toMmxError } from './failures.js';
import { buildGraph, costOf, criticalPaths, planStages, type StageGraph, type StageState } from './graph.js';
import type { IdentityContext } from './identity.js';
import { errorOfRun, type RunResult, type StageEnd, type StageFailure } from './outcome.js';
import { Roster } from './roster.js';
import { markRunning } from './running.js';
import type { StageSpec } from './stage.js';
import type { ArtifactStore } from './store.js';
import {
  type InProcessRuntime,
  type JobEnd,
  LocalWorker,
  ProcessWorker,
  type StageWorker,
} from './workers.js';

export type { RunResult, StageEnd, StageFailure, StageReport } from './outcome.js';

export interface RunOptions extends IdentityContext {
  readonly store: ArtifactStore;
  /** Worker processes; 0 runs the stages in this process, with `inProcess`. */
  readonly jobs: number;
  /** Threads of each worker; 1 when absent: processes scale better than threads. */
  readonly threads?: number;
  /** Directories of the user's own corpora, by corpus name; no part of any identity. */
  readonly local?: Readonly<Record<string, string>>;
  /** Seconds between the checkpoints of a stage. */
  readonly checkpointSeconds?: number;
  /** Where checkpoints (`checkpoints/`) and logs (`logs/`) go; `results/runs` when absent. */
  readonly runsDirectory?: string;
  readonly observer?: RunObserver;
  /** Stages and engine for `jobs: 0`. */
  readonly inProcess?: InProcessRuntime;
  /** Module of the worker processes; ours when absent. */
  readonly worker?: string | URL;
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

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Computes what the targets need and the store lacks. A stage that fails takes only its dependents with it; a signal
 * stops the run at the next checkpoints, a second one at once. Neither makes this function throw: see
 * `RunResult.error`.
 *
 * @throws MmxError for a graph that cannot be (`pipeline/*`) or a store that cannot be read (`store/*`)
 */
export async function runStages(targets: readonly StageSpec[], options: RunOptions): Promise<RunResult> {
  const graph = buildGraph(targets, options);
  const run = new Run(graph, options);
  const unmark = markRunning(options.runsDirectory ?? defaultRunsDirectory, [...graph.stages.keys()]);
  try {
    return await run.result();
  } finally {
    unmark();
  }
}

const defaultRunsDirectory = join('results', 'runs');

class Run {
  readonly #graph: StageGraph;
  readonly #options: RunOptions;
  readonly #emit: RunObserver;
  readonly #runsDirectory: string;
  readonly #states: Map<string, StageState>;
  readonly #ends = new Map<string, { end: StageEnd; seconds: number }>();
  readonly #failures: StageFailure[] = [];
  /** Stages whose worker was killed once. */
  readonly #repeated = new Set<string>();
  readonly #roster: Roster;
  readonly #running = new Map<StageWorker, string>();
  readonly #started = performance.now();
  #finish: () => void = () => {};
  #fatal: MmxError | undefined;
  #signal: string | undefined;
  #grace: NodeJS.Timeout | undefined;
  #peakRssBytes = 0;

  constructor(graph: StageGraph, options: RunOptions) {
    if (!Number.isInteger(options.jobs) || options.jobs < 0) {
      throw new MmxError(
        'pipeline/jobs',
        `The number of worker processes is ${options.jobs}; 0 or more is meant.`,
      );
    }
    this.#graph = graph;
    this.#options = options;
    this.#emit = options.observer ?? (() => {});
    this.#runsDirectory = options.runsDirectory ?? defaultRunsDirectory;
    this.#states = new Map(planStages(graph, (hash) => options.store.has(hash)));
    this.#roster = new Roster(graph, criticalPaths(graph, this.#states), Math.max(1, options.jobs), () =>
      this.#hire(),
    );
  }

  async result(): Promise<RunResult> {
    const { store, jobs } = this.#options;
    store.sweep();
    sweepCheckpoints(this.#checkpointDirectory, (hash) => store.has(hash));

    const toRun = this.#inState('run');
    const cost = toRun.reduce((sum, { spec }) => sum + costOf(spec), 0);
    const reused = this.#inState('reused');
    this.#emit({ type: 'run-start', run: toRun.length, reused: reused.length, cost, jobs });
    const elapsed = () => (performance.now() - this.#started) / 1000;
    try {
      for (const { hash } of reused) this.#reuse(hash, false);
      if (toRun.length > 0) await this.#work();
    } finally {
      this.#emit({ type: 'run-end', seconds: elapsed() });
    }

    const seconds = elapsed();
    const stages = [...this.#graph.stages.values()].map(({ hash, spec }) => {
      const unfinished = this.#states.get(hash) === 'unneeded' ? 'unneeded' : 'not-started';
      const { end, seconds } = this.#ends.get(hash) ?? { end: unfinished, seconds: 0 };
      return { hash, kind: spec.kind, label: spec.label, end, seconds };
    });
    const count = (end: StageEnd) => stages.filter((stage) => stage.end === end).length;
    return {
      targets: this.#graph.targets,
      stages,
      ran: count('ran'),
      reused: count('reused'),
      failures: this.#failures,
      interrupted: this.#signal,
      error: this.#fatal ?? errorOfRun(stages, this.#failures, this.#signal),
      seconds,
      peakRssBytes: Math.max(this.#peakRssBytes, process.resourceUsage().maxRSS * 1024),
    };
  }

  async #work(): Promise<void> {
    const handlers = signals.map((signal) => ({ signal, handle: () => this.#interrupt(signal) }));
    for (const { signal, handle } of handlers) process.on(signal, handle);
    try {
      await new Promise<void>((resolve) => {
        this.#finish = resolve;
        this.#guarded(() => this.#dispatch());
      });
    } finally {
      await this.#dismiss();
      clearTimeout(this.#grace);
      for (const { signal, handle } of handlers) process.off(signal, handle);
    }
  }

  /** Steps taken outside any caller's reach end the run when they throw (a store that became unreadable). */
  #guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#abort(toMmxError(error, 'Scheduling', this.#logDirectory));
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
      // Another run on the same store may have finished it since this one was planned.
      if (this.#options.store.has(next.hash)) {
        this.#roster.release(next.worker);
        this.#states.set(next.hash, 'reused');
        this.#reuse(next.hash, true);
        this.#roster.complete(next.hash);
        continue;
      }
      this.#assign(next.worker, next.hash);
    }
    if (this.#running.size === 0) this.#finish();
  }

  #assign(worker: StageWorker, hash: string): void {
    const { spec, inputs } = this.#stage(hash);
    const { kind, label, parameters } = spec;
    const stage = { hash, kind, label };
    this.#running.set(worker, hash);
    this.#emit({ type: 'stage-start', ...stage, cost: costOf(spec) });
    const job = { ...stage, version: this.#options.versions[kind] ?? 0, parameters, inputs };
    const listener = {
      progress: (progress: { done: number; total: number; note?: string }) =>
        this.#emit({ type: 'stage-progress', ...stage, progress }),
      warning: (message: string) => this.#emit({ type: 'warning', message, label }),
    };
    void worker.run(job, listener).then((end) => {
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
    const { spec } = this.#stage(hash);
    const stage = { hash, kind: spec.kind, label: spec.label };
    switch (end.type) {
      case 'done':
        this.#peakRssBytes = Math.max(this.#peakRssBytes, end.peakRssBytes);
        this.#ends.set(hash, { end: 'ran', seconds: end.seconds });
        this.#emit({ type: 'stage-done', ...stage, cost: costOf(spec), seconds: end.seconds });
        this.#roster.complete(hash);
        break;
      case 'interrupted':
        this.#ends.set(hash, { end: 'interrupted', seconds: 0 });
        break;
      case 'lost':
      case 'failed':
        if (end.type === 'lost' && end.killed === true && !this.#stopping && !this.#repeated.has(hash)) {
          // Of a machine short of memory, or a fault of a native library: both often pass.
          this.#repeated.add(hash);
          const message = `${end.error.message} It is run once more, from its last checkpoint.`;
          this.#emit({ type: 'warning', message, label: spec.label });
          this.#roster.again(hash);
        } else if (end.type === 'lost' && (end.fatal || this.#stopping)) {
          this.#ends.set(hash, { end: 'interrupted', seconds: 0 });
          if (end.fatal) this.#abort(end.error);
        } else {
          this.#ends.set(hash, { end: 'failed', seconds: 0 });
          this.#failures.push({ hash, label: spec.label, error: end.error });
          this.#emit({ type: 'stage-failed', ...stage, error: end.error });
          // No other stage could be stored either: what runs may finish, nothing more begins.
          if (unwritable.has(end.error.code)) this.#fatal ??= errorOfRun([], this.#failures, undefined);
          this.#skipDependents(hash, spec.label);
        }
        break;
    }
  }

  #skipDependents(hash: string, because: string): void {
    for (const dependent of this.#stage(hash).dependents) {
      if (this.#states.get(dependent) !== 'run' || this.#ends.has(dependent)) continue;
      const { spec } = this.#stage(dependent);
      this.#ends.set(dependent, { end: 'skipped', seconds: 0 });
      this.#roster.drop(dependent);
      this.#emit({ type: 'stage-skipped', hash: dependent, kind: spec.kind, label: spec.label, because });
      this.#skipDependents(dependent, because);
    }
  }

  #interrupt(signal: string): void {
    if (this.#signal !== undefined) {
      for (const worker of this.#roster.workers) worker.kill();
      return;
    }
    this.#signal = signal;
    this.#emit({ type: 'interrupted', signal });
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
    const { store, jobs, engine, threads, checkpointSeconds, local, inProcess, worker } = this.#options;
    const setup = {
      store: store.directory,
      checkpointDirectory: this.#checkpointDirectory,
      checkpointSeconds: checkpointSeconds ?? defaultCheckpointSeconds,
      logDirectory: this.#logDirectory,
      engine,
      threads: threads ?? 1,
      local: local ?? {},
    };
    if (jobs > 0) return new ProcessWorker(worker ?? new URL('./worker.js', import.meta.url), setup);
    if (inProcess === undefined) throw new Error('jobs: 0 needs the stages and the engine in `inProcess`');
    return new LocalWorker(inProcess, setup);
  }

  #reuse(hash: string, meanwhile: boolean): void {
    const { spec } = this.#stage(hash);
    this.#ends.set(hash, { end: 'reused', seconds: 0 });
    const stage = { hash, kind: spec.kind, label: spec.label };
    this.#emit({ type: 'stage-reused', ...stage, cost: costOf(spec), meanwhile });
  }

  get #logDirectory(): string {
    return join(this.#runsDirectory, 'logs');
  }

  get #checkpointDirectory(): string {
    return join(this.#runsDirectory, 'checkpoints');
  }

  #inState(state: StageState) {
    return [...this.#graph.stages.values()].filter(({ hash }) => this.#states.get(hash) === state);
  }

  #stage(hash: string) {
    const stage = this.#graph.stages.get(hash);
    if (stage === undefined) throw new Error(`no stage ${hash} in the graph`);
    return stage;
  }
}
