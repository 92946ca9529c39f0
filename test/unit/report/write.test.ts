import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MmxError } from '../../../src/errors.js';
import { tableFormats } from '../../../src/report/formats.js';
import type { Cell, ResultTable } from '../../../src/report/table.js';
import { assertConsistent, writeTable } from '../../../src/report/write.js';
import { cell, tricky } from './fixture.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mmx-table-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('writeTable', () => {
  it('writes every format into a new directory and leaves nothing else', () => {
    const directory = join(folder, 'results', 'tables', 'tricky');
    const paths = writeTable(tricky, directory);
    expect(paths).toEqual(
      ['md', 'csv', 'json', 'tex'].map((extension) => join(directory, `table.${extension}`)),
    );
    tableFormats.forEach(({ render }, index) => {
      expect(readFileSync(paths[index] ?? '', 'utf8')).toBe(render(tricky));
    });
    expect(readdirSync(directory)).toHaveLength(4);
  });

  it('replaces what an earlier run wrote', () => {
    writeTable(tricky, folder);
    const [markdown = ''] = writeTable({ ...tricky, title: 'Second' }, folder);
    expect(readFileSync(markdown, 'utf8')).toContain('**Second**');
    expect(readdirSync(folder)).toHaveLength(4);
  });

  it('says in one sentence where it cannot write, and leaves no temporary file', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => writeTable(tricky, join(folder, 'file', 'tables'))).toThrow(MmxError);
    mkdirSync(join(folder, 'out', 'table.csv', 'occupied'), { recursive: true });
    expect(() => writeTable(tricky, join(folder, 'out'))).toThrow(/table\.csv/);
    expect(readdirSync(join(folder, 'out')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('assertConsistent', () => {
  const withCell = (changed: Partial<Cell>, column = 'fusion'): ResultTable => ({
    ...tricky,
    rows: [{ id: 'row', label: 'row', cells: { [column]: { ...cell([1, 2]), ...changed } } }],
  });

  it.each([
    ['unknown column', withCell({}, 'fussion'), /fussion: no such column/],
    ['n', withCell({ n: 3 }), /n is 3, values 2/],
    ['not a number', withCell({ mean: Number.NaN }), /not finite/],
    ['no spread', withCell({ sd: null }), /s\.d\. null of 2 values/],
    ['negative spread', withCell({ sd: -1 }), /s\.d\. -1/],
    [
      'repeated row',
      { ...tricky, rows: [...tricky.rows, ...tricky.rows] },
      /two rows are called single-view/,
    ],
    ['repeated column', { ...tricky, columns: [...tricky.columns, ...tricky.columns] }, /two columns/],
    [
      'reference column',
      { ...tricky, references: [{ label: 'r', source: 's', values: { up: { value: 1, pm2sd: null } } }] },
      /reference r, column up: no such column/,
    ],
  ])('%s', (_, table, message) => {
    expect(() => assertConsistent(table)).toThrow(message);
  });

  it('accepts the tricky table', () => {
    expect(() => assertConsistent(tricky)).not.toThrow();
  });
});
