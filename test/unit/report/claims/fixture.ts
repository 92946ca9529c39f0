import type { CellReference, ClaimTest } from '../../../../src/evaluation/claims/claim.js';
import { cellsOf } from '../../../../src/evaluation/claims/judge.js';
import { ngiam2011 } from '../../../../src/papers/ngiam2011/index.js';
import type { Cell, ResultTable } from '../../../../src/report/table/table.js';
import { cell } from '../table/fixture.js';

/** Every cell that the claims need, once. */
export const neededCells: readonly CellReference[] = [
  ...new Map(
    ngiam2011.claims
      .flatMap(({ tests }) => tests as readonly ClaimTest[])
      .flatMap(cellsOf)
      .map((needed) => [`${needed.table}/${needed.row}/${needed.column}`, needed]),
  ).values(),
];

/** Means, in percent, under which all nine claims hold. */
const means: Readonly<Record<string, number>> = {
  'table1a/preprocessed/video': 40,
  'table1a/rbm/video': 50,
  'table1a/video-only-deep-autoencoder/video': 60,
  'table1b/preprocessed/video': 45,
  'table1b/rbm/video': 55,
  'table1b/video-only-deep-autoencoder/video': 65,
  'table2/audio-rbm/clean': 95,
  'table2/audio-only-deep-autoencoder/clean': 92,
  'table2/video-only-deep-autoencoder/clean': 68,
  'table2/bimodal-deep-autoencoder/clean': 90,
  'table2/bimodal-deep-autoencoder-and-audio-rbm/clean': 93,
  'table2/video-only-deep-autoencoder-and-audio-rbm/clean': 87,
  'table2/audio-rbm/noisy': 72,
  'table2/video-only-deep-autoencoder/noisy': 68,
  'table2/bimodal-deep-autoencoder/noisy': 78,
  'table2/bimodal-deep-autoencoder-and-audio-rbm/noisy': 83,
  'table2/video-only-deep-autoencoder-and-audio-rbm/noisy': 76,
  'table3/bimodal-deep-autoencoder-ga/ga': 80,
  'table3/bimodal-deep-autoencoder-ga/ba': 5,
  'table3/bimodal-deep-autoencoder-ga/da': 15,
  'table3/bimodal-deep-autoencoder-ba/ga': 5,
  'table3/bimodal-deep-autoencoder-ba/ba': 90,
  'table3/bimodal-deep-autoencoder-ba/da': 5,
  'table3/bimodal-deep-autoencoder-mixed/ga': 30,
  'table3/bimodal-deep-autoencoder-mixed/ba': 10,
  'table3/bimodal-deep-autoencoder-mixed/da': 60,
  'table3/bimodal-dbn-mixed/ga': 20,
  'table3/bimodal-dbn-mixed/ba': 60,
  'table3/bimodal-dbn-mixed/da': 20,
  'table3/rbm-mixed/ga': 65,
  'table3/rbm-mixed/ba': 20,
  'table3/rbm-mixed/da': 15,
  'table4/raw-cca/hearing-to-see': 42,
  'table4/rbm-cca/hearing-to-see': 57,
  'table4/bimodal-deep-autoencoder/hearing-to-see': 30,
  'table4/raw-cca/seeing-to-hear': 43,
  'table4/rbm-cca/seeing-to-hear': 91,
  'table4/bimodal-deep-autoencoder/seeing-to-hear': 24,
  'controls/video-only-deep-autoencoder/letters': 64,
  'controls/without-audio-reconstruction/letters': 50,
  'controls/shallow/letters': 59,
  'controls/video-only-deep-autoencoder/digits': 68,
  'controls/without-audio-reconstruction/digits': 60,
  'controls/shallow/digits': 65,
  'controls/bimodal-deep-autoencoder/letters': 59,
  'controls/without-zeroed-examples/letters': 52,
  'controls/bimodal-deep-autoencoder/digits': 66,
  'controls/without-zeroed-examples/digits': 61,
  'controls/without-zeroed-examples/hearing-to-see': 11,
  'controls/without-zeroed-examples/seeing-to-hear': 9,
  'units/shallow-bimodal-rbm/unimodal': 85,
  'units/bimodal-dbn/unimodal': 20,
  'units/bimodal-deep-autoencoder/unimodal': 25,
};

/**
 * Made-up tables for all nine claims: three seeds, five noise draws. `changed` gives other values to cells named
 * `table/row/column`, or takes them away (null).
 */
export function claimTables(
  changed: Readonly<Record<string, readonly number[] | null>> = {},
  synthetic = true,
): Map<string, ResultTable> {
  const tables = new Map<string, ResultTable>();
  for (const { table, row, column, deterministic } of neededCells) {
    const name = `${table}/${row}/${column}`;
    const mean = means[name];
    if (mean === undefined) throw new Error(`the fixture has no value for ${name}`);
    const draws = column === 'noisy' ? 5 : 1;
    // Different on every row, so that paired differences have a spread.
    const wobble = 0.1 + (row.length % 5) / 10;
    const values =
      changed[name] === undefined
        ? deterministic === true
          ? [mean]
          : Array.from({ length: 3 * draws }, (_, i) => mean + wobble * (Math.floor(i / draws) - 1))
        : changed[name];
    if (values !== null) put(tables, table, row, column, cell(values), synthetic);
  }
  return tables;
}

function put(
  tables: Map<string, ResultTable>,
  table: string,
  row: string,
  column: string,
  added: Cell,
  synthetic: boolean,
): void {
  const before = tables.get(table) ?? {
    table,
    title: table,
    corpus: 'talking-mouth',
    synthetic,
    columns: [],
    rows: [],
    references: [],
    notes: [],
  };
  const cells = { ...before.rows.find(({ id }) => id === row)?.cells, [column]: added };
  const changed = { id: row, label: row, cells };
  const known = before.rows.some(({ id }) => id === row);
  tables.set(table, {
    ...before,
    columns: before.columns.some(({ id }) => id === column)
      ? before.columns
      : [...before.columns, { id: column, label: column }],
    rows: known ? before.rows.map((one) => (one.id === row ? changed : one)) : [...before.rows, changed],
  });
}
