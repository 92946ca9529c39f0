import {
  bestRows,
  type ColumnGroup,
  cellUnit,
  columnGroups,
  difference,
  digitsOf,
  mainUnit,
} from './layout.js';
import type { Cell, ResultTable } from './table.js';

/** A number of ours, as every format shows it. */
export interface OwnNumber {
  readonly mean: number;
  /** Two sample standard deviations; null of a single value. */
  readonly pm2sd: number | null;
  /** Number of values. */
  readonly n: number;
  /** What stands behind the number; null where it is the unit of the table. */
  readonly unit: string | null;
  /** Decimals that mean and spread are shown with. */
  readonly digits: number;
}

/** What one row says under one column. */
export interface ShownCell {
  readonly group: ColumnGroup;
  /** Null where the row has no cell in the column, and of other work. */
  readonly ours: OwnNumber | null;
  /** Whether ours is the best of its column. */
  readonly best: boolean;
  readonly published: { readonly value: number; readonly pm2sd: number | null } | null;
  /** Ours − published; null where there is none to show. */
  readonly difference: number | null;
}

export interface ShownRow {
  readonly label: string;
  /** One a column of the table, in its order. */
  readonly cells: readonly ShownCell[];
}

/** The rows of a table as data: formats for people write these, and decide nothing more. */
export interface ShownRows {
  readonly own: readonly ShownRow[];
  /** Rows of other work: published numbers alone. */
  readonly references: readonly ShownRow[];
}

export function shownRows(table: ResultTable): ShownRows {
  const main = mainUnit(table);
  const columns = columnGroups(table).map((group) => ({ group, best: bestRows(table, group.column.id) }));
  return {
    own: table.rows.map(({ id, label, cells }) => ({
      label,
      cells: columns.map(({ group, best }) => {
        const cell = cells[group.column.id];
        return {
          group,
          ours: cell === undefined ? null : ownNumber(cell, main),
          best: best.has(id),
          published: cell?.published ?? null,
          difference: cell === undefined ? null : difference(table, cell),
        };
      }),
    })),
    references: table.references.map(({ label, values }) => ({
      label,
      cells: columns.map(({ group }) => ({
        group,
        ours: null,
        best: false,
        published: values[group.column.id] ?? null,
        difference: null,
      })),
    })),
  };
}

/** @param main the unit of most cells, which the legend names */
export function ownNumber(cell: Cell, main: string): OwnNumber {
  return {
    mean: cell.mean,
    pm2sd: cell.sd === null ? null : 2 * cell.sd,
    n: cell.n,
    unit: cellUnit(cell, main),
    digits: digitsOf(cell),
  };
}
