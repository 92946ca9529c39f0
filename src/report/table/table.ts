import { accuracyMetric } from '../../evaluation/answer-metrics.js';

/**
 * One quantity of a table over its seeds. Accuracies are in percent, with unit `accuracyUnit`; other units are
 * those of `results/published/`.
 */
export interface Cell {
  readonly mean: number;
  /** Sample standard deviation over `values`; null for a single value. Tables print ±2 s.d. */
  readonly sd: number | null;
  readonly n: number;
  /** One value a seed, in the order of the seeds. */
  readonly values: readonly number[];
  /** The published number for this cell, in the cell's unit; null where there is none. */
  readonly published: {
    readonly value: number;
    readonly pm2sd: number | null;
    readonly source: string;
  } | null;
  readonly unit: string;
}

/** The unit of most cells: percent of test examples classified correctly. Higher is better. */
export const accuracyUnit = accuracyMetric.unit;

export interface TableRow {
  readonly id: string;
  readonly label: string;
  /** By column id; a column without a cell (an architecture × setting that makes no sense) prints as "–". */
  readonly cells: Readonly<Record<string, Cell>>;
}

export interface TableColumn {
  readonly id: string;
  readonly label: string;
}

/** The stable content of `table.json`; nothing in it depends on when or where it was computed. */
export interface ResultTable {
  readonly table: string;
  readonly title: string;
  readonly corpus: string;
  /** True when the corpus is generated, not recorded. */
  readonly synthetic: boolean;
  /** In order; table.json splits them into `columns` (ids) and `column_labels`. */
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
  /** Rows of other work, printed under ours for comparison: published numbers only. */
  readonly references: readonly ReferenceRow[];
  /** Sentences a reader must know: subset sizes, scale, protocol. */
  readonly notes: readonly string[];
}

export interface ReferenceRow {
  readonly label: string;
  readonly source: string;
  /** By column id. */
  readonly values: Readonly<Record<string, { readonly value: number; readonly pm2sd: number | null }>>;
}
