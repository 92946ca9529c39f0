import type { Json } from '../../json.js';
import { visibleJson } from '../../visible.js';
import { round } from '../text/round.js';
import type { Cell, ResultTable } from './table.js';

/**
 * `table.json`: `{table, corpus, synthetic, columns: [id…], rows: [{id, label, cells: {<column id>: {mean, sd, n,
 * values, published, unit}}}]}` and beside these `title`, `column_labels`, `references`, `notes` and, in a cell,
 * `published_detail`. Keys, their order and the digits are fixed: equal tables give equal bytes. Numbers of ours
 * are rounded to six decimals, accuracies are in percent, an absent cell has no key.
 */
export function renderJson(table: ResultTable): string {
  return jsonText(tableContent(table));
}

/** What `table.json` holds. */
export function tableContent(table: ResultTable): { readonly [key: string]: Json } {
  return {
    table: table.table,
    title: table.title,
    corpus: table.corpus,
    synthetic: table.synthetic,
    columns: table.columns.map((column) => column.id),
    column_labels: table.columns.map((column) => column.label),
    rows: table.rows.map((row) => ({
      id: row.id,
      label: row.label,
      cells: byColumn(table, row.cells, cellContent),
    })),
    references: table.references.map((row) => ({
      label: row.label,
      source: row.source,
      values: byColumn(table, row.values, ({ value, pm2sd }) => ({ value, pm2sd })),
    })),
    notes: table.notes,
  };
}

/** JSON as result files have it, ending in a newline; what could not be seen is escaped. */
export function jsonText(content: Json): string {
  // Lists of numbers on one line each: text in JSON holds no line break, so no string can look like one.
  const text = JSON.stringify(content, null, 2).replace(/\[\n[-+\d.eE,\s]+\]/g, (list) =>
    list.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'),
  );
  return `${visibleJson(text)}\n`;
}

function cellContent(cell: Cell): Json {
  return {
    mean: round(cell.mean),
    sd: cell.sd === null ? null : round(cell.sd),
    n: cell.n,
    values: cell.values.map(round),
    published: cell.published?.value ?? null,
    published_detail:
      cell.published === null ? null : { pm2sd: cell.published.pm2sd, source: cell.published.source },
    unit: cell.unit,
  };
}

/** In the order of the table's columns, whatever order the record was filled in. */
function byColumn<T>(
  table: ResultTable,
  record: Readonly<Record<string, T>>,
  content: (value: T) => Json,
): Json {
  return Object.fromEntries(
    table.columns.flatMap(({ id }) => {
      const value = record[id];
      return value === undefined ? [] : [[id, content(value)]];
    }),
  );
}
