import type { StageProgress } from '../../pipeline/graph/stage.js';
import type { RunEvent } from '../../pipeline/run/events.js';

/** A stage under way, as far as its events tell. */
export interface RunningStage {
  readonly label: string;
  readonly cost: number;
  /** Seconds, on the meter's clock. */
  readonly started: number;
  progress: StageProgress | undefined;
  /** Units done when it first reported: what an earlier, interrupted run had done. */
  inherited: number | undefined;
}

/** Before that, an estimate says more about loading than about the work. */
const settleSeconds = 3;

/** Adds up the events of a run: stages done, what is under way, the time left in proportion to the costs. */
export class RunMeter {
  readonly running = new Map<string, RunningStage>();
  stages = 0;
  reused = 0;
  /** Stages that ended, well or not. */
  ended = 0;
  cost = 0;
  readonly #now: () => number;
  #started = 0;
  #endedCost = 0;
  /** Cost worked off in this run, without what checkpoints brought. */
  #workedCost = 0;

  /** @param now a clock in seconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  observe(event: RunEvent): void {
    switch (event.type) {
      case 'run-start':
        this.#started = this.#now();
        this.stages = event.run;
        this.reused = event.reused;
        this.cost = event.cost;
        break;
      case 'stage-again':
        this.stages += 1;
        this.cost += event.cost;
        break;
      case 'stage-start':
        this.running.set(event.hash, {
          label: event.label,
          cost: event.cost,
          started: this.#now(),
          progress: undefined,
          inherited: undefined,
        });
        break;
      case 'stage-progress': {
        const stage = this.running.get(event.hash);
        if (stage === undefined) break;
        stage.progress = event.progress;
        stage.inherited ??= event.progress.done;
        break;
      }
      case 'stage-done':
      case 'stage-failed': {
        const stage = this.running.get(event.hash);
        this.running.delete(event.hash);
        this.ended += 1;
        if (stage === undefined) break;
        this.#endedCost += stage.cost;
        if (event.type === 'stage-done') this.#workedCost += stage.cost * (1 - inheritedFraction(stage));
        break;
      }
      case 'stage-reused':
        if (!event.meanwhile) break;
        this.ended += 1;
        this.#endedCost += event.cost;
        break;
      case 'stage-skipped':
        this.ended += 1;
        break;
      default:
        break;
    }
  }

  /** Cost done, running stages in proportion to their progress. */
  get done(): number {
    let done = this.#endedCost;
    for (const stage of this.running.values()) done += stage.cost * fractionOf(stage);
    return Math.min(done, this.cost);
  }

  /** Seconds left if the rest goes at the pace so far; undefined while there is nothing to go by. */
  get secondsLeft(): number | undefined {
    const elapsed = this.#now() - this.#started;
    let worked = this.#workedCost;
    for (const stage of this.running.values()) {
      worked += stage.cost * Math.max(0, fractionOf(stage) - inheritedFraction(stage));
    }
    if (elapsed < settleSeconds || worked <= 0) return undefined;
    const left = ((this.cost - this.done) / worked) * elapsed;
    return Number.isFinite(left) ? left : undefined;
  }

  /** Units a second of a running stage; undefined before its second report. */
  rateOf(hash: string): number | undefined {
    const stage = this.running.get(hash);
    if (stage?.progress === undefined || stage.inherited === undefined) return undefined;
    const units = stage.progress.done - stage.inherited;
    const elapsed = this.#now() - stage.started;
    return units > 0 && elapsed > 0 ? units / elapsed : undefined;
  }

  /** Seconds left of a running stage at its pace so far; undefined while there is little to go by. */
  secondsLeftOf(hash: string): number | undefined {
    const stage = this.running.get(hash);
    const rate = this.rateOf(hash);
    if (stage?.progress === undefined || rate === undefined) return undefined;
    if (this.#now() - stage.started < settleSeconds) return undefined;
    const left = (stage.progress.total - stage.progress.done) / rate;
    return left > 0 && Number.isFinite(left) ? left : undefined;
  }
}

export function fractionOf({ progress }: Pick<RunningStage, 'progress'>): number {
  if (progress === undefined || progress.total <= 0) return 0;
  return Math.min(1, Math.max(0, progress.done / progress.total));
}

function inheritedFraction({ progress, inherited }: RunningStage): number {
  if (progress === undefined || inherited === undefined || progress.total <= 0) return 0;
  return Math.min(1, Math.max(0, inherited / progress.total));
}

/** `8 s`, `4 min`, `2 h 05 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 89.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** As `formatDuration`, in whole seconds: an estimate has no tenths, and never nothing left. */
export function formatTimeLeft(seconds: number): string {
  return seconds < 9.95 ? `${Math.max(1, Math.round(seconds))} s` : formatDuration(seconds);
}

/** Three figures: `1250`, `83.1`, `0.42`. */
export function formatRate(unitsPerSecond: number): string {
  if (unitsPerSecond >= 100) return unitsPerSecond.toFixed(0);
  return unitsPerSecond >= 10 ? unitsPerSecond.toFixed(1) : unitsPerSecond.toFixed(2);
}
