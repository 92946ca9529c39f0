import { type CsvField, csvField } from '../../csv-field.js';
import { round } from '../text/round.js';
import { difference } from './layout.js';
import type { ResultTable } from './table.js';

const header = [
  'table',
  'row',
  'column',
  'mean',
  'sd',
  'pm2sd',
  'n',
  'values',
  'published',
  'published_pm2sd',
  'published_source',
  'difference',
  'unit',
  'corpus',
  'synthetic',
] as const;

type Line = Readonly<Record<(typeof header)[number], CsvField>>;

/**
 * A table in long form, one line a cell, as RFC 4180 has it (CRLF, quotes doubled). Absent cells have no line;
 * reference rows have lines with published numbers only, `row` being their label. `values` are separated by
 * semicolons; numbers are rounded to six decimals. Text is as {@link csvField} has it: no cell is a formula.
 */
export function renderCsv(table: ResultTable): string {
  const common = { table: table.table, corpus: table.corpus, synthetic: table.synthetic };
  const lines: Line[] = [];
  for (const row of table.rows) {
    for (const { id } of table.columns) {
      const cell = row.cells[id];
      if (cell === undefined) continue;
      const gap = difference(table, cell);
      lines.push({
        ...common,
        row: row.id,
        column: id,
        mean: round(cell.mean),
        sd: cell.sd === null ? null : round(cell.sd),
        pm2sd: cell.sd === null ? null : round(2 * cell.sd),
        n: cell.n,
        values: cell.values.map(round),
        published: cell.published?.value ?? null,
        published_pm2sd: cell.published?.pm2sd ?? null,
        published_source: cell.published?.source ?? null,
        difference: gap === null ? null : round(gap),
        unit: cell.unit,
      });
    }
  }
  for (const row of table.references) {
    for (const { id } of table.columns) {
      const number = row.values[id];
      if (number === undefined) continue;
      lines.push({
        ...common,
        row: row.label,
        column: id,
        mean: null,
        sd: null,
        pm2sd: null,
        n: null,
        values: null,
        published: number.value,
        published_pm2sd: number.pm2sd,
        published_source: row.source,
        difference: null,
        unit: null,
      });
    }
  }
  return csvText([header, ...lines.map((line) => header.map((column) => line[column]))]);
}

/** Records as RFC 4180 has them. */
export function csvText(records: readonly (readonly CsvField[])[]): string {
  return records.map((fields) => `${fields.map(csvField).join(',')}\r\n`).join('');
}
