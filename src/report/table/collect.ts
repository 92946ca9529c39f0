import type { ResolvedTable, TableCell } from '../../config/index.js';
import type { Corpus } from '../../corpora/corpus.js';
import { MmxError } from '../../errors.js';
import { findPublished, type PublishedNumber } from './published.js';
import { summarise } from './summary.js';
import { accuracyUnit, type Cell, type ReferenceRow, type ResultTable, type TableRow } from './table.js';

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
    references: config.references.map((reference) => referenceOf(reference, config.columns)),
    notes: [
      ...corpora.flatMap(({ caveat }) => caveat ?? []),
      ...config.notes,
      ...notes,
      ...sizeNotes(table, corpora),
    ],
  };
}

/** Looks up every published number a table names, so that a wrong name stops it before anything is computed. */
export function checkPublished({ value, cells }: ResolvedTable): void {
  for (const cell of cells) publishedOf(cell);
  for (const reference of value.references) referenceOf(reference, value.columns);
}

function cellOf(values: readonly number[], cell: TableCell): Cell {
  const number = publishedOf(cell);
  return {
    ...summarise(values),
    values,
    published: number && { value: number.value, pm2sd: number.pm2sd, source: number.source },
    unit: unitOf(cell),
  };
}

/** Percent of answers is no accuracy: more of it is not better. */
const unitOf = ({ experiment }: TableCell): string =>
  experiment.value.measure === 'accuracy' ? accuracyUnit : 'percent';

function publishedOf(cell: TableCell): PublishedNumber | null {
  if (!cell.published) return null;
  const number = findPublished(cell.published);
  const unit = unitOf(cell);
  if (number.unit === unit) return number;
  const { source, method } = cell.published;
  throw new MmxError(
    'published/unit',
    `The published number of ${source}, ${method} is in ${number.unit}; this cell is in ${unit}.`,
    { exitCode: 2 },
  );
}

function referenceOf(
  { label, ...query }: ResolvedTable['value']['references'][number],
  columns: ResolvedTable['value']['columns'],
): ReferenceRow {
  const values = columns.flatMap(({ id, published }): [string, PublishedNumber][] =>
    published?.condition === undefined
      ? []
      : [[id, findPublished({ ...query, condition: published.condition })]],
  );
  return { label, source: query.source, values: Object.fromEntries(values) };
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
