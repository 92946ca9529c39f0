import { describe, expect, it } from 'vitest';
import { renderJson } from '../../../../src/report/table/json.js';
import { parseTable } from '../../../../src/report/table/read-table.js';
import { tricky, wide } from './fixture.js';

/** `table.json`, to be damaged. */
type Raw = ReturnType<typeof JSON.parse>;

describe('parseTable', () => {
  it.each([tricky, wide])('reads what renderJson wrote, of $table', (table) => {
    const text = renderJson(table);
    const read = parseTable(text, 'table.json');
    expect(renderJson(read)).toBe(text);
    expect(read.rows.map(({ label }) => label)).toEqual(table.rows.map(({ label }) => label));
  });

  const change = (edit: (raw: Raw) => void): string => {
    const raw: Raw = JSON.parse(renderJson(tricky));
    edit(raw);
    return JSON.stringify(raw);
  };

  it.each<[string, (raw: Raw) => void]>([
    ['title is missing', (raw) => delete raw.title],
    ['title: is longer than', (raw) => (raw.title = 'x'.repeat(2 ** 21))],
    ['synthetic: expected boolean', (raw) => (raw.synthetic = 'no')],
    ['columns[3]: expected string, received number', (raw) => raw.columns.push(7)],
    ['columns[3]: repeats fusion', (raw) => raw.columns.push('fusion')],
    ['column_labels: are 2, and there are 3 columns', (raw) => raw.column_labels.pop()],
    ['references is missing', (raw) => delete raw.references],
    ['references[1].values.x.value: expected number', (raw) => (raw.references[1].values.x = { value: 'a' })],
    [
      'references[1].values.x: is no column of the table',
      (raw) => (raw.references[1].values.x = { value: 1, pm2sd: null }),
    ],
    ['notes: expected array, received string', (raw) => (raw.notes = 'a note')],
    ['rows[1].id: expected string', (raw) => (raw.rows[1].id = 7)],
    ['rows[1]: repeats single-view', (raw) => (raw.rows[1].id = 'single-view')],
    ['rows[1].label is missing', (raw) => delete raw.rows[1].label],
    ['rows[1].cells: expected record', (raw) => (raw.rows[1].cells = null)],
    ['rows[1].cells.fusion: expected object', (raw) => (raw.rows[1].cells.fusion = 3)],
    ['rows[1].cells.fusion.sd is missing', (raw) => delete raw.rows[1].cells.fusion.sd],
    ['rows[1].cells.fusion.sd: Too small', (raw) => (raw.rows[1].cells.fusion.sd = -1)],
    ['rows[1].cells.fusion.unit: expected string', (raw) => (raw.rows[1].cells.fusion.unit = 1)],
    [
      'rows[0].cells.left-to-right.published_detail: does not go with "published"',
      (raw) => (raw.rows[0].cells['left-to-right'].published_detail = null),
    ],
    [
      'rows[0].cells.up: is no column of the table',
      (raw) => (raw.rows[0].cells.up = raw.rows[0].cells['left-to-right']),
    ],
    ['rows[1].cells.fusion.values: has no values', (raw) => (raw.rows[1].cells.fusion.values = [])],
    ['rows[1].cells.fusion.values[1]: expected number', (raw) => (raw.rows[1].cells.fusion.values[1] = '2')],
    ['rows[1].cells.fusion.n: is 3, and there are 2 values', (raw) => (raw.rows[1].cells.fusion.n = 3)],
    [
      'rows[1].cells.fusion.mean: is 2, and that of the values is 100.000000',
      (raw) => (raw.rows[1].cells.fusion.mean = 2),
    ],
  ])('says what is wrong: %s', (message, edit) => {
    expect(() => parseTable(change(edit), 'here/table.json')).toThrow(
      expect.objectContaining({
        code: 'claims/damaged',
        message: expect.stringContaining(`here/table.json is not a table: ${message}`),
      }),
    );
  });

  it('keeps columns that are called as members of every object apart from those', () => {
    const text = change((raw) => {
      raw.columns = ['constructor', 'toString', '__proto__'];
      for (const row of raw.rows) row.cells = {};
      for (const row of raw.references) row.values = {};
    });
    const table = parseTable(text, 'table.json');
    expect(table.rows.map(({ cells }) => table.columns.map(({ id }) => cells[id]))).toEqual(
      table.rows.map(() => [undefined, undefined, undefined]),
    );
    expect(renderJson(table)).toBe(renderJson(parseTable(renderJson(table), 'table.json')));
  });
});
