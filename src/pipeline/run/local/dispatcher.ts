import type { StageGraph } from '../../graph/graph.js';
import type { StageWorker } from '../workers.js';

/** How much shorter a chain may be than the longest one to be preferred because its inputs are at hand. */
const affinityMargin = 0.1;

/** Decides who does what next: knows which stages are ready, which workers are idle and what they have read. */
export class Dispatcher {
  readonly #graph: StageGraph;
  #priorities: ReadonlyMap<string, number> = new Map();
  readonly #limit: number;
  readonly #hire: () => StageWorker;
  readonly #waitingFor = new Map<string, Set<string>>();
  readonly #ready = new Set<string>();
  readonly #idle = new Set<StageWorker>();
  /** Artifacts each worker has read or made. */
  readonly #seen = new Map<StageWorker, Set<string>>();

  /**
   * @param priorities length of the critical path from each stage that is to run; only these are handed out
   * @param limit most workers at a time
   * @param hire starts another worker
   */
  constructor(
    graph: StageGraph,
    priorities: ReadonlyMap<string, number>,
    limit: number,
    hire: () => StageWorker,
  ) {
    this.#graph = graph;
    this.#limit = limit;
    this.#hire = hire;
    this.plan(priorities);
  }

  /**
   * Begins anew with the stages that are to run now; workers keep what they have read.
   *
   * @param running stages that have been handed out: they are waited for, and not handed out again
   */
  plan(priorities: ReadonlyMap<string, number>, running: ReadonlySet<string> = new Set()): void {
    this.#priorities = priorities;
    this.#ready.clear();
    this.#waitingFor.clear();
    // In the graph's order, which decides between stages of equal urgency.
    for (const [hash, { inputs }] of this.#graph.stages) {
      if (!priorities.has(hash) || running.has(hash)) continue;
      const missing = new Set(Object.values(inputs).filter((input) => priorities.has(input)));
      if (missing.size === 0) this.#ready.add(hash);
      else this.#waitingFor.set(hash, missing);
    }
  }

  get workers(): Iterable<StageWorker> {
    return this.#seen.keys();
  }

  /**
   * Takes the most urgent ready stage, or one nearly as urgent whose inputs an idle worker holds, and the worker that
   * holds most of them. A new worker is hired only when none is idle.
   *
   * @returns undefined when nothing is ready or nobody is free
   */
  next(): { worker: StageWorker; hash: string } | undefined {
    if (this.#ready.size === 0) return undefined;
    for (const worker of this.#idle) if (!worker.alive) this.strike(worker);
    if (this.#idle.size === 0) {
      if (this.#seen.size >= this.#limit) return undefined;
      const worker = this.#hire();
      this.#seen.set(worker, new Set());
      this.#idle.add(worker);
    }
    const longest = Math.max(...[...this.#ready].map((hash) => this.#priority(hash)));
    const urgent = [...this.#ready].filter((hash) => this.#priority(hash) >= longest * (1 - affinityMargin));
    let best: { worker: StageWorker; hash: string; held: number } | undefined;
    for (const hash of urgent) {
      for (const worker of this.#idle) {
        const held = this.#held(worker, hash);
        const better =
          best === undefined ||
          held > best.held ||
          (held === best.held && this.#priority(hash) > this.#priority(best.hash));
        if (better) best = { worker, hash, held };
      }
    }
    if (best === undefined) return undefined;
    this.#ready.delete(best.hash);
    this.#idle.delete(best.worker);
    return best;
  }

  /** The worker is idle again; `hash` is what it has just made. */
  release(worker: StageWorker, hash?: string): void {
    this.#idle.add(worker);
    if (hash === undefined) return;
    const seen = this.#seen.get(worker);
    for (const input of [...Object.values(this.#graph.stages.get(hash)?.inputs ?? {}), hash])
      seen?.add(input);
  }

  /** The worker is gone. */
  strike(worker: StageWorker): void {
    this.#idle.delete(worker);
    this.#seen.delete(worker);
  }

  /** The stage's artifact is stored: what waited for it may be ready now. */
  complete(hash: string): void {
    for (const dependent of this.#graph.stages.get(hash)?.dependents ?? []) {
      const missing = this.#waitingFor.get(dependent);
      if (missing === undefined) continue;
      missing.delete(hash);
      if (missing.size > 0) continue;
      this.#waitingFor.delete(dependent);
      this.#ready.add(dependent);
    }
  }

  /** The stage was handed out and not completed: it is ready again. */
  again(hash: string): void {
    this.#ready.add(hash);
  }

  /** The stage will never run. */
  drop(hash: string): void {
    this.#waitingFor.delete(hash);
    this.#ready.delete(hash);
  }

  #priority(hash: string): number {
    return this.#priorities.get(hash) ?? 0;
  }

  #held(worker: StageWorker, hash: string): number {
    const seen = this.#seen.get(worker);
    return Object.values(this.#graph.stages.get(hash)?.inputs ?? {}).filter((input) => seen?.has(input))
      .length;
  }
}
