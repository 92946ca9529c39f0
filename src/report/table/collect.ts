import type { ResolvedTable, TableCell } from '../../config/index.js';
import type { Corpus } from '../../corpora/corpus.js';
import { MmxError } from '../../errors.js';
import { answerMetrics } from '../../evaluation/answer-metrics.js';
import { unitOf } from '../../pipeline/runs/results.js';
import { findPublished, type PublishedNumber } from './published.js';
import { summarise } from './summary.js';
import type { Cell, ReferenceRow, ResultTable, TableRow } from './table.js';

/** What one cell measured, in percent: a value a seed, or a value a seed and draw of noise. */
export interface CellScores {
  readonly row: string;
  readonly column: string;
  readonly values: readonly number[];
}

/**
 * Puts our numbers and the published ones side by side.
 *
 * @param corpora those of the cells
 * @param notes what else a reader must know of how the numbers came about
 *
 * @throws MmxError `published/*` when a cell names a number that is not published, or several
 */
export function collectTable(
  table: ResolvedTable,
  scores: readonly CellScores[],
  corpora: readonly Corpus[],
  notes: readonly string[] = [],
): ResultTable {
  const { value: config, cells } = table;
  const rows = config.rows.map(({ id, label }): TableRow => {
    const own = cells.filter((cell) => cell.row === id);
    return {
      id,
      label,
      cells: Object.fromEntries(
        own.flatMap((cell): [string, Cell][] => {
          const found = scores.find(({ row, column }) => row === id && column === cell.column);
          return found ? [[cell.column, cellOf(found.values, cell)]] : [];
        }),
      ),
    };
  });
  return {
    table: config.table,
    title: config.title,
    corpus: [...new Set(corpora.map(({ name }) => name))].join(', '),
    synthetic: corpora.some(({ synthetic }) => synthetic),
    columns: config.columns.map(({ id, label }) => ({ id, label })),
    rows,
    references: config.references.map((reference) => referenceOf(reference, table)),
    notes: [
      ...corpora.flatMap(({ caveat }) => caveat ?? []),
      ...config.notes,
      ...notes,
      ...metricNotes(table),
      ...sizeNotes(table, corpora),
    ],
  };
}

/** Looks up every published number a table names, so that a wrong name stops it before anything is computed. */
export function checkPublished(table: ResolvedTable): void {
  for (const cell of table.cells) publishedOf(cell);
  for (const reference of table.value.references) referenceOf(reference, table);
}

function cellOf(values: readonly number[], cell: TableCell): Cell {
  const number = publishedOf(cell);
  return {
    ...summarise(values),
    values,
    published: number && { value: number.value, pm2sd: number.pm2sd, source: number.source },
    unit: unitOf(cell.experiment.value.measure),
  };
}

function publishedOf(cell: TableCell): PublishedNumber | null {
  if (!cell.published) return null;
  const number = findPublished(cell.published);
  const unit = unitOf(cell.experiment.value.measure);
  if (number.unit === unit) return number;
  throw otherUnit(number, `this cell is in ${unit}`);
}

const otherUnit = ({ source, method, unit }: PublishedNumber, ours: string): MmxError =>
  new MmxError('published/unit', `The published number of ${source}, ${method} is in ${unit}; ${ours}.`, {
    exitCode: 2,
  });

function referenceOf(
  { label, ...query }: ResolvedTable['value']['references'][number],
  { value: { columns }, cells }: ResolvedTable,
): ReferenceRow {
  const values = columns.flatMap(({ id, published }): [string, PublishedNumber][] => {
    if (published?.condition === undefined) return [];
    const number = findPublished({ ...query, condition: published.condition });
    const units = new Set(
      cells.filter(({ column }) => column === id).map((cell) => unitOf(cell.experiment.value.measure)),
    );
    if (units.size > 0 && !units.has(number.unit)) {
      throw otherUnit(number, `the column ${id} is in ${[...units].join(' and ')}`);
    }
    return [[id, number]];
  });
  return { label, source: query.source, values: Object.fromEntries(values) };
}

/** What each metric is that is not the accuracy. */
function metricNotes({ cells }: ResolvedTable): string[] {
  const measures = new Set(cells.map(({ experiment }) => experiment.value.measure));
  return Object.entries(answerMetrics).flatMap(([name, { note }]) =>
    measures.has(name as keyof typeof answerMetrics) ? [note] : [],
  );
}

/** Says so when a table did not use the whole corpus. */
function sizeNotes({ cells }: ResolvedTable, corpora: readonly Corpus[]): string[] {
  const heldOut = new Set(cells.map(({ experiment }) => experiment.value.corpus.held_out ?? 0));
  if ([...heldOut].some((count) => count > 0)) {
    const counts = [...heldOut].map(thousands).join(' or ');
    const kept = [...new Set(cells.flatMap(({ experiment }) => experiment.value.corpus.train ?? []))];
    const of = kept.length === 0 ? '' : ` of the first ${kept.map(thousands).join(' or ')}`;
    return [
      `Validation, not test: on the last ${counts}${of} training examples, held out; the test part was not used.`,
    ];
  }
  const [corpus, ...others] = corpora;
  if (!corpus || others.length > 0 || corpus.kind === 'clips') return [];
  const { size } = corpus;
  if (size === undefined) return [];
  return (['train', 'test'] as const).flatMap((part) => {
    const counts = new Set(cells.map(({ experiment }) => experiment.value.corpus[part] ?? size[part]));
    const used = [...counts].filter((count) => count < size[part]).sort((a, b) => a - b);
    if (used.length === 0) return [];
    const what = part === 'train' ? 'training' : 'test';
    return [
      `A subset: the first ${used.map(thousands).join(' or ')} of ${thousands(size[part])} ${what} examples.`,
    ];
  });
}

const thousands = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');
