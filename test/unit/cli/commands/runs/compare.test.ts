import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ComparedCell, conclusionOf } from '../../../../../src/cli/commands/runs/compare/work.js';
import { renderJson } from '../../../../../src/report/table/json.js';
import type { ResultTable } from '../../../../../src/report/table/table.js';
import { commandLine } from '../../../../support/command-line.js';
import { projectRoot } from '../../../../support/mmx.js';
import { cell as tableCell } from '../../../report/table/fixture.js';

const cell = (difference: number, interval: [number, number] | null, name = 'a/b'): ComparedCell => ({
  cell: name,
  unit: 'accuracy_pct',
  difference,
  interval,
  p: interval && 0.5,
  sd: interval && 1,
  seeds: interval && [1, 2, 3],
  first: 50,
  second: 50 + difference,
});

const tableOf = (values: readonly number[]): ResultTable => ({
  table: 't',
  title: 'T',
  corpus: 'mnist-halves',
  synthetic: false,
  columns: [{ id: 'x', label: 'X' }],
  rows: [{ id: 'r', label: 'R', cells: { x: tableCell(values) } }],
  references: [],
  notes: [],
});

describe('the conclusion', () => {
  it.each<[ComparedCell[], RegExp]>([
    [[cell(2, [1, 3])], /^B is 2\.00 points higher on a\/b \(95 % interval \+1\.00 to \+3\.00, 3 seeds\)\.$/],
    [[cell(-2, [-3, -1])], /^B is 2\.00 points lower/],
    [[cell(2, [-1, 5])], /^No difference is shown on a\/b: \+2\.00 points/],
    [[cell(2, null)], /^B is 2\.00 points higher .* cannot say whether by more than chance/],
    [[cell(0, null)], /^A and B are equal on a\/b/],
    [[cell(0, null), cell(0, null, 'c/d')], /^All 2 cells are equal/],
    [[cell(1, null), cell(0, null, 'c/d')], /^1 of 2 cells differ, and with one value a cell nothing says/],
    [
      [cell(2, [1, 3]), cell(-2, [-3, -1], 'c/d'), cell(1, [-1, 3], 'e/f'), cell(1, null, 'g/h')],
      /^Of 3 cells .* higher in 1 and lower in 1, and in 1 .* holds zero .*; 1 more with one value a side differs\.$/,
    ],
  ])('of %j', (cells, sentence) => {
    expect(conclusionOf(cells)).toMatch(sentence);
    expect(conclusionOf(cells)).not.toContain('\n');
  });
});

describe('tables in folders', () => {
  it('compares a committed reference with itself: nothing differs', async () => {
    const folder = join(projectRoot, 'results/reference/mnist-halves-corrnet');
    const { status, stdout } = await commandLine('runs', 'compare', folder, folder, '--json');
    expect(status).toBe(0);
    const { cells, config, conclusion } = JSON.parse(stdout);
    expect(cells.length).toBeGreaterThan(10);
    expect(config).toEqual([]);
    expect(conclusion).toMatch(/^All \d+ cells are equal\.$/);
    // Single view has no randomness; the manifest tells the seeds of the others.
    expect(cells[0]).toMatchObject({ cell: 'single-view/left-to-right', seeds: null });
    expect(cells.some(({ seeds }: { seeds: unknown }) => JSON.stringify(seeds) === '[1,2,3]')).toBe(true);
  });

  it('pairs by order where no manifest tells the seeds, and says so', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mmx-compare-'));
    for (const [name, values] of [
      ['a', [1, 2, 3]],
      ['b', [2, 4, 6]],
      ['c', [1]],
    ] as const) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'table.json'), renderJson(tableOf(values)));
    }
    const [a, b] = [join(folder, 'a'), join(folder, 'b')];
    const { stdout } = await commandLine('runs', 'compare', a, b);
    expect(stdout).toMatch(/r\/x +2\.00 +4\.00 +\+2\.00/);
    expect(stdout).toContain('values are paired in their order');
    expect(stdout).toContain('configuration: not recorded on both sides');
    const refused = await commandLine('runs', 'compare', a, b, '--examples');
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/a table without a manifest/);
    writeFileSync(join(folder, 'c', 'table.json'), '{"rows": 1}');
    expect((await commandLine('runs', 'compare', a, join(folder, 'c'))).stderr).toMatch(
      /c\/table\.json is not a table: /,
    );
  });
});
