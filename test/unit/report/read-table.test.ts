import { describe, expect, it } from 'vitest';
import { renderJson } from '../../../src/report/json.js';
import { readTable } from '../../../src/report/read-table.js';
import { tricky, wide } from './fixture.js';

/** `table.json`, to be damaged. */
type Raw = ReturnType<typeof JSON.parse>;

describe('readTable', () => {
  it.each([tricky, wide])('reads what renderJson wrote, of $table', (table) => {
    const text = renderJson(table);
    const read = readTable(text, 'table.json');
    expect(renderJson(read)).toBe(text);
    expect(read.rows.map(({ label }) => label)).toEqual(table.rows.map(({ label }) => label));
  });

  const change = (edit: (raw: Raw) => void): string => {
    const raw: Raw = JSON.parse(renderJson(tricky));
    edit(raw);
    return JSON.stringify(raw);
  };

  it.each<[string, (raw: Raw) => void]>([
    ['"title" is no text', (raw) => delete raw.title],
    ['"columns" is no list of texts', (raw) => raw.columns.push(7)],
    ['"column_labels" does not fit "columns"', (raw) => raw.column_labels.pop()],
    ['"references" is no list', (raw) => delete raw.references],
    ['reference 2 is no row of published numbers', (raw) => (raw.references[1].values.x = { value: 'a' })],
    ['"notes" is no list of texts', (raw) => (raw.notes = 'a note')],
    ['row rbm-cca has no label', (raw) => delete raw.rows[1].label],
    ['rbm-cca / fusion has no s.d.', (raw) => delete raw.rows[1].cells.fusion.sd],
    [
      'has a published number without source',
      (raw) => (raw.rows[0].cells['left-to-right'].published_detail = null),
    ],
    ['which is no column', (raw) => (raw.rows[0].cells.up = raw.rows[0].cells['left-to-right'])],
    ['has no values', (raw) => (raw.rows[1].cells.fusion.values = [])],
  ])('says what is wrong: %s', (message, edit) => {
    expect(() => readTable(change(edit), 'here/table.json')).toThrow(
      expect.objectContaining({ code: 'claims/damaged', message: expect.stringContaining(message) }),
    );
    expect(() => readTable(change(edit), 'here/table.json')).toThrow(/^here\/table\.json is not a table: /);
  });
});
