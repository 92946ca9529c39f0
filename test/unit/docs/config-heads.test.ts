import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPublished } from '../../../src/report/table/published.js';
import { addReproduction, copyProject, meanAt, paperTables, root, runScript } from './project-copy.js';

it('heads of the row files say what the committed results say', () => {
  expect(runScript('update-config-heads.mjs', '--check')).toEqual({ status: 0, stderr: '' });
});

/** Comment before the first key. */
function headOf(folder: string, path: string): readonly string[] {
  const lines = readFileSync(join(folder, 'configs', 'ngiam2011', path), 'utf8').split('\n');
  return lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith('#')),
  );
}

describe('update-config-heads', () => {
  let folder: string;
  beforeEach(() => {
    folder = copyProject();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const update = (...args: string[]) => runScript('update-config-heads.mjs', '--root', folder, ...args);

  it('names the published number that the table sets beside each cell', () => {
    update();
    const heads = new Map<string, readonly string[]>();
    let checked = 0;
    for (const [table, { cells, value }] of paperTables()) {
      if (table === 'controls' || table === 'units') continue;
      for (const { row, column, published } of cells) {
        const file = `${table}/${row.replace(/-(ga|ba|mixed)$/, '')}.yaml`;
        const head = heads.get(file) ?? headOf(folder, file);
        heads.set(file, head);
        const { label = '' } = value.columns.find(({ id }) => id === column) ?? {};
        const rowLabel = value.rows.find(({ id }) => id === row)?.label ?? '';
        const which = table === 'table3' ? `# ${rowLabel.slice(rowLabel.indexOf('V/'))}, ` : '# ';
        const named = head.filter((line) => line.startsWith(`${which}${label}: `));
        expect(named, `${file} ${column}`).toHaveLength(1);
        if (published === null) {
          expect(named[0]).toMatch(/: the paper has no number$/);
          continue;
        }
        const [, value_ = '', spread] = /: paper ([\d.]+)(?: ± ([\d.]+))?$/.exec(named[0] ?? '') ?? [];
        const number = findPublished(published);
        expect(Number(value_)).toBe(number.value);
        expect(spread === undefined ? null : Number(spread)).toBe(number.pm2sd);
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(30);
  });

  it('adds what was computed, leaves the experiment alone, and takes it back when results are gone', () => {
    update();
    const file = join(folder, 'configs/ngiam2011/table1a/rbm.yaml');
    const before = readFileSync(file, 'utf8');
    const results = addReproduction(folder);
    expect(update('--check').stderr).toContain('configs/ngiam2011/table1a/rbm.yaml is out of date');
    expect(update()).toEqual({ status: 0, stderr: '' });
    expect(headOf(folder, 'table1a/rbm.yaml').slice(2)).toEqual([
      `# video: paper 54.2 ± 3.3; ours on the embedded corpus (synthetic) ${meanAt(1)}.0 ± 1.0`,
      '# Percent, ± 2 s.d.; all of ngiam2011-table1a: 20 minutes on 2 cores (Abacus), engine beads.',
      '# mmx evaluate configs/ngiam2011/table1a/rbm.yaml [--data avletters=DIR]',
    ]);
    const keys = (text: string) => text.split('\n').filter((line) => !line.startsWith('#'));
    expect(keys(readFileSync(file, 'utf8'))).toEqual(keys(before));
    rmSync(results, { recursive: true });
    update();
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('refuses a head that names another table', () => {
    const file = join(folder, 'configs/ngiam2011/table1a/rbm.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('Table 1a', 'Table 1b'));
    const { status, stderr } = update();
    expect(status).not.toBe(0);
    expect(stderr).toContain('table1a/rbm.yaml must begin with its schema and a line that names table 1a');
  });
});

it('the row files lie beside the tables that name them', () => {
  for (const table of ['table1a', 'table1b', 'table2', 'table3', 'table4']) {
    expect(readFileSync(join(root, 'configs/ngiam2011', `${table}.yaml`), 'utf8')).toContain(
      `extends: ${table}/`,
    );
  }
});
