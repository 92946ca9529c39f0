import { metricOfUnit } from '../../evaluation/answer-metrics.js';
import { visible } from '../../visible.js';
import { cut } from '../text/columns.js';
import { round } from '../text/round.js';
import { accuracyUnit, type Cell, type ResultTable, type TableColumn } from './table.js';

/** Decisions every format for people shares: what is shown, what is best, how a number is written. */

/** Where a cell is missing. */
export const missing = '–';

/**
 * A column with the sub-columns it needs: ours, and, where anything was published for it, paper and difference. A
 * generated corpus has no difference from the paper: its difficulty was chosen.
 */
export interface ColumnGroup {
  readonly column: TableColumn;
  readonly paper: boolean;
  readonly difference: boolean;
}

export function columnGroups(table: ResultTable): readonly ColumnGroup[] {
  return table.columns.map((column) => {
    const published = table.rows.some((row) => (row.cells[column.id]?.published ?? null) !== null);
    const paper = published || table.references.some((row) => row.values[column.id] !== undefined);
    return { column, paper, difference: published && !table.synthetic };
  });
}

/**
 * A number of ours, to one decimal where nothing else is said, never "−0.0"; `minus` is the sign below zero. It goes by the six decimals that
 * files keep, so what is written of a result and what is written of its file agree.
 */
export function decimal(value: number, minus = '−', digits = 1): string {
  const text = Math.abs(round(value)).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? minus + text : text;
}

/** Decimals of a number of ours: one of percentages and points; of what else is measured, as many as make four figures. */
export function digitsOf({ unit, mean }: Pick<Cell, 'unit' | 'mean'>): number {
  if (['%', 'pts'].includes(unitSymbol(unit))) return 1;
  const whole = mean === 0 ? 0 : Math.floor(Math.log10(Math.abs(mean)));
  return Math.max(1, Math.min(6, 3 - whole));
}

/** A published number with the digits it was printed with: one decimal at least, two where it has two. */
export function publishedDecimal(value: number, minus = '−'): string {
  const magnitude = Math.abs(value);
  const one = magnitude.toFixed(1);
  return (value < 0 ? minus : '') + (Number(one) === magnitude ? one : magnitude.toFixed(2));
}

/** Ours − published; null where nothing is published, and on a generated corpus. */
export function difference({ synthetic }: ResultTable, cell: Cell): number | null {
  return synthetic || cell.published === null ? null : cell.mean - cell.published.value;
}

/** A difference, with its sign unless it rounds to zero. */
export function signed(value: number, minus = '−'): string {
  const text = decimal(value, minus);
  return value > 0 && text !== '0.0' ? `+${text}` : text;
}

/** Ids of the rows with the highest value of a column, of one metric; ties at the printed precision share it. */
export function bestRows(table: ResultTable, columnId: string): ReadonlySet<string> {
  const comparable = table.rows.flatMap((row) => {
    const cell = row.cells[columnId];
    const metric = cell && metricOfUnit(cell.unit);
    return metric ? [{ id: row.id, metric, printed: Number(decimal(cell.mean, '-')) }] : [];
  });
  // Best of one is no distinction, and one metric says nothing of another.
  if (comparable.length < 2 || new Set(comparable.map(({ metric }) => metric)).size > 1) return new Set();
  const best = Math.max(...comparable.map(({ printed }) => printed));
  return new Set(comparable.filter(({ printed }) => printed === best).map(({ id }) => id));
}

/** The unit of most cells, named in the legend; cells in another carry theirs. */
export function mainUnit(table: ResultTable): string {
  const counts = new Map<string, number>();
  for (const row of table.rows) {
    for (const cell of Object.values(row.cells)) counts.set(cell.unit, (counts.get(cell.unit) ?? 0) + 1);
  }
  let main = accuracyUnit;
  for (const [unit, count] of counts) if (count > (counts.get(main) ?? 0)) main = unit;
  return main;
}

const longestUnit = 24;

/** `%` for percentages, `pts` for percentage points, else the unit itself. */
export function unitSymbol(unit: string): string {
  if (metricOfUnit(unit) !== undefined || unit === 'percent') return '%';
  if (unit.startsWith('points')) return 'pts';
  // It stands beside numbers, which are never broken.
  return cut(oneLine(unit), longestUnit);
}

/** What stands behind a number in another unit than the table's, null when it is the table's. */
export function cellUnit({ unit }: Cell, main: string): string | null {
  const isNamed = (one: string): boolean => one !== accuracyUnit && metricOfUnit(one) !== undefined;
  if (unit !== main && (isNamed(unit) || isNamed(main))) return quantityOf(unit);
  return unitSymbol(unit) === unitSymbol(main) ? null : unitSymbol(unit);
}

/** `% macro F1`; the symbol alone of what is no metric. */
function quantityOf(unit: string): string {
  const metric = metricOfUnit(unit);
  return metric === undefined ? unitSymbol(unit) : `% ${metric.title}`;
}

/** What the bars and numbers of a table are in: `%`, and of other metrics than the accuracy which. */
export const mainQuantity = (main: string): string =>
  main === accuracyUnit ? unitSymbol(main) : quantityOf(main);

/** The number of seeds when it is the same for every cell, else null. */
export function commonSeedCount(table: ResultTable): number | null {
  const counts = new Set(table.rows.flatMap((row) => Object.values(row.cells).map((cell) => cell.n)));
  const [count] = counts;
  return counts.size === 1 && count !== undefined ? count : null;
}

/** One line above the numbers: unit, what ± and the brackets mean, what stands beside. */
export function legend(table: ResultTable, options: { showSeedCount: boolean }): string {
  const main = mainUnit(table);
  const metric = metricOfUnit(main);
  const quantity = metric === undefined ? `in ${unitSymbol(main)}` : `${metric.title} in %`;
  const cells = table.rows.flatMap((row) => Object.values(row.cells));
  const spread = cells.some((cell) => cell.sd !== null) ? 'mean ± 2 s.d.' : 'value';
  const common = commonSeedCount(table);
  const seeds = options.showSeedCount
    ? ' (seeds)'
    : common === null
      ? ''
      : ` over ${common} seed${common === 1 ? '' : 's'}`;
  const groups = columnGroups(table);
  const beside = groups.some((group) => group.paper);
  const parts = [`${quantity}${beside ? ', ours' : ''}: ${spread}${seeds}`];
  if (beside) parts.push('paper: as published');
  if (groups.some((group) => group.difference)) parts.push('diff: ours − paper');
  return parts.join(' · ');
}

export const syntheticMark = 'synthetic corpus';

/** The sentences under a table: the warning of a synthetic corpus, the table's notes, its published sources. */
export function footnotes(table: ResultTable): readonly string[] {
  const sources = new Set(table.references.map((row) => row.source));
  for (const row of table.rows) {
    for (const cell of Object.values(row.cells))
      if (cell.published !== null) sources.add(cell.published.source);
  }
  return [
    ...(table.synthetic
      ? [
          'Synthetic corpus: generated, not recorded; the published numbers are of other data and no yardstick for ours.',
        ]
      : []),
    ...table.notes,
    ...(sources.size === 0
      ? []
      : [
          `Published numbers: ${[...sources].sort().join(', ')} (references in results/published/README.md).`,
        ]),
  ];
}

/**
 * A text on one line, with what could not be seen written out. Labels come from files of others: every format for people
 * has them through here.
 */
export function oneLine(text: string): string {
  return visible(text.replace(/\s+/g, ' ').trim());
}
