/** What a claim is made of. The claims themselves are data, of each paper in `src/papers`. */

/** One published number, by the key of its line in the paper's file of `results/published/`. */
export interface PublishedKey {
  readonly source: string;
  readonly table: string;
  readonly corpus: string;
  readonly method: string;
  readonly condition: string;
}

/** A cell of one of our tables, in percent. */
export interface CellReference {
  readonly table: string;
  readonly row: string;
  readonly column: string;
  /** The same quantity in the publication; null where none is printed. */
  readonly published: PublishedKey | null;
  /** Nothing in it is drawn at random, so that a single value is exact. */
  readonly deterministic?: boolean;
  /** The cell holds several noise draws for each seed; this column of the same row holds one value a seed. */
  readonly seedsFrom?: string;
}

/** What a cell can be compared with: another cell, or a fixed percentage. */
export type Side = CellReference | { readonly constant: number };

/** `above` exceeds `below`, by `atLeast` points when given. */
export interface AboveTest {
  readonly kind: 'above';
  readonly label: string;
  readonly above: Side;
  readonly below: Side;
  readonly atLeast?: number;
}

/** `candidate` does not exceed `bound`: a claim that something does not help. */
export interface NotAboveTest {
  readonly kind: 'not-above';
  readonly label: string;
  readonly candidate: CellReference;
  readonly bound: CellReference;
}

/** A classifier of so many equally frequent classes does no better than guessing, or does better. */
export interface ChanceTest {
  readonly kind: 'at-chance' | 'above-chance';
  readonly label: string;
  readonly cell: CellReference;
  readonly classes: number;
}

/** `answer` is given more often than any other, or (`expected` false) some other answer more often. */
export interface ModalTest {
  readonly kind: 'modal';
  readonly label: string;
  /** All answers, as columns of one row. */
  readonly answers: readonly CellReference[];
  /** Column of the answer in question. */
  readonly answer: string;
  readonly expected: boolean;
}

export type ClaimTest = AboveTest | NotAboveTest | ChanceTest | ModalTest;

export interface Claim {
  readonly number: number;
  readonly title: string;
  /** What the paper says, in one sentence. */
  readonly statement: string;
  /** Where in the paper. */
  readonly source: string;
  readonly tests: readonly ClaimTest[];
}
