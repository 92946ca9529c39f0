import { isRecord } from '../json.js';
import { damagedTable, parseTable } from './claims-files.js';
import type { Cell, ReferenceRow, ResultTable } from './table.js';

/**
 * The table that a `table.json` holds: the inverse of `renderJson`.
 *
 * @param path named in errors
 * @throws MmxError `claims/damaged` when it is no table, saying what is wrong
 */
export function readTable(content: string, path: string): ResultTable {
  const { corpus, synthetic } = parseTable(content, path);
  const damaged = (what: string) => damagedTable(path, what);
  // Checked by parseTable: an object, whose rows have ids and whose cells have values, n, mean and unit.
  const raw = JSON.parse(content) as Readonly<Record<string, unknown>>;
  const string = (key: string): string => {
    const value = raw[key];
    if (typeof value !== 'string') throw damaged(`"${key}" is no text`);
    return value;
  };
  const strings = (key: string): readonly string[] => {
    const value = raw[key];
    if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) {
      throw damaged(`"${key}" is no list of texts`);
    }
    return value as readonly string[];
  };
  const ids = strings('columns');
  const labels = strings('column_labels');
  if (labels.length !== ids.length) throw damaged('"column_labels" does not fit "columns"');
  if (!Array.isArray(raw.references)) throw damaged('"references" is no list');
  return {
    table: string('table'),
    title: string('title'),
    corpus,
    synthetic,
    columns: ids.map((id, index) => ({ id, label: labels[index] ?? id })),
    rows: (raw.rows as readonly RawRow[]).map(({ id, label, cells }) => {
      if (typeof label !== 'string') throw damaged(`row ${id} has no label`);
      const entries = Object.entries(cells).map(([column, cell]): [string, Cell] => {
        if (!ids.includes(column)) throw damaged(`row ${id} has a cell in ${column}, which is no column`);
        const sd = cell.sd;
        if (sd !== null && typeof sd !== 'number') throw damaged(`${id} / ${column} has no s.d.`);
        const published = publishedOf(cell);
        if (published === undefined) throw damaged(`${id} / ${column} has a published number without source`);
        return [column, { mean: cell.mean, sd, n: cell.n, values: cell.values, published, unit: cell.unit }];
      });
      return { id, label, cells: Object.fromEntries(entries) };
    }),
    references: raw.references.map((row: unknown, index): ReferenceRow => {
      const reference = referenceOf(row);
      if (reference === undefined) throw damaged(`reference ${index + 1} is no row of published numbers`);
      return reference;
    }),
    notes: strings('notes'),
  };
}

interface RawRow {
  readonly id: string;
  readonly label: unknown;
  readonly cells: Readonly<Record<string, RawCell>>;
}

interface RawCell extends Omit<Cell, 'sd' | 'published'> {
  readonly sd: unknown;
  readonly published: unknown;
  readonly published_detail: unknown;
}

/** Undefined where it cannot be understood. */
function publishedOf({ published, published_detail: detail }: RawCell): Cell['published'] | undefined {
  if (published === null) return null;
  if (typeof published !== 'number' || !isRecord(detail)) return undefined;
  const { pm2sd, source } = detail;
  if (typeof source !== 'string' || !isNumberOrNull(pm2sd)) return undefined;
  return { value: published, pm2sd, source };
}

function referenceOf(row: unknown): ReferenceRow | undefined {
  const { label, source, values } = isRecord(row) ? row : {};
  if (typeof label !== 'string' || typeof source !== 'string' || !isRecord(values)) return undefined;
  const numbers: Record<string, { value: number; pm2sd: number | null }> = {};
  for (const [column, number] of Object.entries(values)) {
    const { value, pm2sd } = isRecord(number) ? number : {};
    if (typeof value !== 'number' || !isNumberOrNull(pm2sd)) return undefined;
    numbers[column] = { value, pm2sd };
  }
  return { label, source, values: numbers };
}

const isNumberOrNull = (value: unknown): value is number | null =>
  value === null || typeof value === 'number';
