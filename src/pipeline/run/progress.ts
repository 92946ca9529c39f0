import type { MmxError } from '../../errors.js';
import { costOf, type GraphStage, planStages, type StageGraph, type StageState } from '../graph/graph.js';
import type { StageProgress } from '../graph/stage.js';
import type { RunEvent, RunObserver } from './events.js';
import { errorOfRun, type RunResult, type StageEnd, type StageFailure, type StageReport } from './result.js';

/** How a launcher left a run, beyond what became of each stage. */
export interface LaunchEnd {
  /** A reason that ended the whole run; stands before the failures of stages. */
  readonly error?: MmxError | undefined;
  /** The signal, or the command, that ended it early. */
  readonly interrupted?: string | undefined;
  /** The run under which what is missing is in the queue of Slurm, while nobody waits for it. */
  readonly queued?: string;
}

/**
 * What becomes of each stage of one run, whoever runs them: planned from the store, told by the launcher, passed on as
 * events, added up in the end.
 */
export class RunProgress {
  readonly graph: StageGraph;
  readonly #emit: RunObserver;
  readonly #states: Map<string, StageState>;
  readonly #ends = new Map<string, { end: StageEnd; seconds: number }>();
  readonly #failures: StageFailure[] = [];
  readonly #started = performance.now();
  #peakRssBytes = 0;

  /** @throws MmxError `store/*` when the store cannot be read */
  constructor(graph: StageGraph, isStored: (hash: string) => boolean, observer?: RunObserver) {
    this.graph = graph;
    this.#emit = observer ?? (() => {});
    this.#states = new Map(planStages(graph, isStored));
  }

  get states(): ReadonlyMap<string, StageState> {
    return this.#states;
  }

  /** Stages that are to run and have not ended, inputs before what needs them. */
  get open(): readonly GraphStage[] {
    return this.#inState('run').filter(({ hash }) => !this.#ends.has(hash));
  }

  get failures(): readonly StageFailure[] {
    return this.#failures;
  }

  stage(hash: string): GraphStage {
    const stage = this.graph.stages.get(hash);
    if (stage === undefined) throw new Error(`no stage ${hash} in the graph`);
    return stage;
  }

  isOpen(hash: string): boolean {
    return this.#states.get(hash) === 'run' && !this.#ends.has(hash);
  }

  start(jobs: number): void {
    const toRun = this.#inState('run');
    const cost = toRun.reduce((sum, { spec }) => sum + costOf(spec), 0);
    const reused = this.#inState('reused');
    this.#emit({ type: 'run-start', run: toRun.length, reused: reused.length, cost, jobs });
    for (const { hash } of reused) this.#reuse(hash, false);
  }

  begin(hash: string): void {
    this.#emit({ type: 'stage-start', ...this.#named(hash), cost: this.#cost(hash) });
  }

  advance(hash: string, progress: StageProgress): void {
    this.#emit({ type: 'stage-progress', ...this.#named(hash), progress });
  }

  warn(message: string, hash?: string): void {
    this.#emit({
      type: 'warning',
      message,
      ...(hash === undefined ? {} : { label: this.stage(hash).spec.label }),
    });
  }

  tell(event: RunEvent): void {
    this.#emit(event);
  }

  done(hash: string, { seconds, peakRssBytes }: { seconds: number; peakRssBytes: number }): void {
    this.#peakRssBytes = Math.max(this.#peakRssBytes, peakRssBytes);
    this.#ends.set(hash, { end: 'ran', seconds });
    this.#emit({ type: 'stage-done', ...this.#named(hash), cost: this.#cost(hash), seconds });
  }

  /** Another run on the same store finished it after this one was planned. */
  madeElsewhere(hash: string): void {
    this.#states.set(hash, 'reused');
    this.#reuse(hash, true);
  }

  /**
   * Has a stage run whose artifact turned out to be damaged or gone, with whatever it needs that is not stored either.
   *
   * @returns whether that is possible: not where one of them has failed in this run, or was to run anyway
   */
  again(hash: string, isStored: (hash: string) => boolean): boolean {
    const states = planStages(this.graph, isStored, [hash]);
    const fresh = [...states].filter(([one, state]) => state === 'run' && !this.isOpen(one));
    const isHopeless = fresh.some(
      ([one]) => this.#states.get(one) === 'run' && this.#ends.get(one)?.end !== 'ran',
    );
    if (isHopeless || fresh.length === 0) return false;
    for (const [one] of fresh) {
      this.#states.set(one, 'run');
      this.#ends.delete(one);
      this.#emit({ type: 'stage-again', ...this.#named(one), cost: this.#cost(one) });
    }
    for (const [one, state] of states) {
      if (state !== 'reused' || this.#states.get(one) !== 'unneeded') continue;
      this.#states.set(one, 'reused');
      this.#reuse(one, false);
    }
    return true;
  }

  interrupted(hash: string): void {
    this.#ends.set(hash, { end: 'interrupted', seconds: 0 });
  }

  /** @returns the stages that need it, which are skipped */
  failed(hash: string, error: MmxError): readonly string[] {
    const { label } = this.stage(hash).spec;
    this.#ends.set(hash, { end: 'failed', seconds: 0 });
    this.#failures.push({ hash, label, error });
    this.#emit({ type: 'stage-failed', ...this.#named(hash), error });
    return this.#skipDependents(hash, label);
  }

  end(): void {
    this.#emit({ type: 'run-end', seconds: this.#elapsed() });
  }

  result({ error, interrupted, queued }: LaunchEnd): RunResult {
    const stages = [...this.graph.stages.values()].map(({ hash, spec }): StageReport => {
      const unfinished = this.#states.get(hash) === 'unneeded' ? 'unneeded' : 'not-started';
      const { end, seconds } = this.#ends.get(hash) ?? { end: unfinished, seconds: 0 };
      return { hash, kind: spec.kind, label: spec.label, end, seconds };
    });
    const count = (end: StageEnd) => stages.filter((stage) => stage.end === end).length;
    return {
      targets: this.graph.targets,
      stages,
      ran: count('ran'),
      reused: count('reused'),
      failures: this.#failures,
      interrupted,
      queued,
      error: error ?? errorOfRun(stages, this.#failures, interrupted),
      seconds: this.#elapsed(),
      peakRssBytes: Math.max(this.#peakRssBytes, process.resourceUsage().maxRSS * 1024),
    };
  }

  #skipDependents(hash: string, because: string): string[] {
    return this.stage(hash).dependents.flatMap((dependent) => {
      if (!this.isOpen(dependent)) return [];
      this.#ends.set(dependent, { end: 'skipped', seconds: 0 });
      this.#emit({ type: 'stage-skipped', ...this.#named(dependent), because });
      return [dependent, ...this.#skipDependents(dependent, because)];
    });
  }

  #reuse(hash: string, meanwhile: boolean): void {
    this.#ends.set(hash, { end: 'reused', seconds: 0 });
    this.#emit({ type: 'stage-reused', ...this.#named(hash), cost: this.#cost(hash), meanwhile });
  }

  #named(hash: string): { hash: string; kind: string; label: string } {
    const { kind, label } = this.stage(hash).spec;
    return { hash, kind, label };
  }

  #cost(hash: string): number {
    return costOf(this.stage(hash).spec);
  }

  #elapsed(): number {
    return (performance.now() - this.#started) / 1000;
  }

  #inState(state: StageState): GraphStage[] {
    return [...this.graph.stages.values()].filter(({ hash }) => this.#states.get(hash) === state);
  }
}
