import { mostCells, mostCellValues, mostRuns } from './limits.js';
import type { Problems } from './problems.js';
import type { ConfigNode, MapNode, Place } from './tree.js';

/** Counts what rows and columns multiply: cells, the values they hold and their seeds. */
export class CellCount {
  readonly #at: Place;
  readonly #problems: Problems;
  /** Each subtree is counted once, though all cells share most of them. */
  readonly #sizes = new WeakMap<ConfigNode, number>();
  #values = 0;

  /** @param at where too much is told */
  constructor(at: Place, problems: Problems) {
    this.#at = at;
    this.#problems = problems;
  }

  /** Whether so many cells are not too many; otherwise after adding the problem. */
  fits(cells: number): boolean {
    if (cells <= mostCells) return true;
    const sentence = `this makes ${cells} cells; one run may have at most ${mostCells}`;
    this.#problems.addFatal('config/too-many-cells', this.#at, sentence);
    return false;
  }

  /** Adds a cell's experiment. @returns whether all cells together are not too much; otherwise after adding the problem */
  add(cell: MapNode): boolean {
    this.#values += this.#sizeOf(cell);
    if (this.#values <= mostCellValues) return true;
    const sentence = `the cells together have more than ${mostCellValues} values, the most that a config may have`;
    this.#problems.addFatal('config/too-large', this.#at, sentence);
    return false;
  }

  /** @param seeds of each cell */
  checkRuns(seeds: readonly number[]): void {
    const runs = seeds.reduce((sum, count) => sum + count, 0);
    if (runs <= mostRuns) return;
    const sentence = `the cells have ${runs} seeds in total; at most ${mostRuns} runs can be planned at once`;
    this.#problems.addFatal('config/too-many-runs', this.#at, sentence);
  }

  #sizeOf(node: ConfigNode): number {
    if (node.kind === 'scalar') return 1;
    const known = this.#sizes.get(node);
    if (known !== undefined) return known;
    const below = node.kind === 'list' ? node.items : [...node.entries.values()].map((entry) => entry.node);
    const size = below.reduce((sum, inner) => sum + this.#sizeOf(inner), 1);
    this.#sizes.set(node, size);
    return size;
  }
}
