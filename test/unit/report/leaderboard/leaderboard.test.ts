import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { loadSweep } from '../../../../src/config/sweep.js';
import { corpusNamed } from '../../../../src/corpora/registry.js';
import { renderLeaderboardCsv } from '../../../../src/report/leaderboard/csv.js';
import { renderLeaderboardJson } from '../../../../src/report/leaderboard/json.js';
import {
  type CellFailure,
  collectLeaderboard,
  failureSentences,
  type Leaderboard,
} from '../../../../src/report/leaderboard/leaderboard.js';
import { renderLeaderboardMarkdown } from '../../../../src/report/leaderboard/markdown.js';
import { renderLeaderboardTerminal } from '../../../../src/report/leaderboard/terminal.js';
import { renderJson } from '../../../../src/report/table/json.js';
import { parseTable } from '../../../../src/report/table/read-table.js';
import { inEmptyDirectory, required, write } from '../../config/files.js';

inEmptyDirectory();

const columns = ['a', 'b'];

/** Values by point and column; a text is why it failed. */
function boardOf(outcomes: readonly (readonly (readonly number[] | string)[])[]): Leaderboard {
  const ridges = outcomes.map((_, index) => (index + 1) / 100).join(', ');
  write({
    'x.yaml': `${required}seeds: [1, 2]
columns: [{id: a, label: to | a}, {id: b, label: to b, setting: shared-right-to-left}]
sweep:
  grid: {cca.ridge: [${ridges}], evaluation.pooling: [[1, 3]]}
  select: {held_out: 500}
`,
  });
  const sweep = loadSweep('x.yaml', [], {}, () => 0);
  const cells = outcomes.flatMap((row, index) =>
    row.map((outcome, at) => ({
      row: sweep.points[index]?.id ?? '',
      column: columns[at] ?? '',
      outcome,
    })),
  );
  const scores = cells.flatMap(({ row, column, outcome }) =>
    typeof outcome === 'string' ? [] : [{ row, column, values: outcome }],
  );
  const failures = cells.flatMap(({ row, column, outcome }): CellFailure[] =>
    typeof outcome === 'string' ? [{ row, column, reason: outcome }] : [],
  );
  return collectLeaderboard(sweep, scores, failures, [corpusNamed('mnist-halves')], ['A note.']);
}

const mixed = () =>
  boardOf([
    [
      [50, 52],
      [80, 80],
    ],
    [[90, 90], 'it *diverged*'],
    [
      [70, 70],
      [70, 71],
    ],
    ['no memory', 'no memory'],
    [
      [70, 70],
      [80, 80],
    ],
  ]);

describe('a leaderboard', () => {
  it('takes the best point of each column, of equal ones the earlier', () => {
    const { chosen, points } = mixed();
    expect(chosen).toEqual({ a: 'point-02', b: 'point-01' });
    expect(points['point-03']?.ranks).toEqual({ a: 2, b: 3 });
    expect(points['point-05']?.ranks).toEqual({ a: 3, b: 2 });
    expect(points['point-02']).toMatchObject({ ranks: { a: 1 }, failures: { b: 'it *diverged*' } });
  });

  it('knows equal means, whatever the order of their sums', () => {
    const { chosen } = boardOf([
      [[0.1, 0.2], [1]],
      [[0.3, 0], [2]],
      [[0.15, 0.15], [3]],
    ]);
    expect((0.1 + 0.2) / 2).not.toBe((0.3 + 0) / 2);
    expect(chosen.a).toBe('point-01');
  });

  it('is in the order of the mean rank, what failed everywhere last', () => {
    expect(mixed().table.rows.map(({ id }) => id)).toEqual([
      'point-01', // ranks 4 and 1
      'point-03', // 2 and 3
      'point-05', // 3 and 2
      'point-02', // 1, and 6 for having failed
      'point-04',
    ]);
  });

  it('has no choice in a column where every point failed', () => {
    const { chosen } = boardOf([
      [[1, 2], 'x'],
      [[3, 4], 'y'],
    ]);
    expect(chosen).toEqual({ a: 'point-02' });
  });

  it('says why points failed, those of one reason together', () => {
    expect(failureSentences(mixed())).toEqual([
      'point-02 (to b) failed: it *diverged*',
      'point-04 failed: no memory',
    ]);
    const same = boardOf([
      ['x', 'x'],
      ['x', 'x'],
    ]);
    expect(failureSentences(same)).toEqual(['point-01, point-02 failed: x']);
  });
});

describe('its formats', () => {
  it('Markdown marks the chosen, and says of what failed why', () => {
    expect(renderLeaderboardMarkdown(mixed())).toMatchInlineSnapshot(`
      "**Sweep of ridge, pooling**  
      mnist-halves · accuracy in %: mean ± 2 s.d. (seeds)

      | point    | ridge |  pooling |              to \\| a |                 to b |   why it failed |
      | :------- | ----: | -------: | -------------------: | -------------------: | --------------: |
      | point-01 |  0.01 | \\[1, 3\\] |       51.0 ± 2.8 (2) | ★ **80.0 ± 0.0** (2) |                 |
      | point-03 |  0.03 | \\[1, 3\\] |       70.0 ± 0.0 (2) |       70.5 ± 1.4 (2) |                 |
      | point-05 |  0.05 | \\[1, 3\\] |       70.0 ± 0.0 (2) |       80.0 ± 0.0 (2) |                 |
      | point-02 |  0.02 | \\[1, 3\\] | ★ **90.0 ± 0.0** (2) |               failed | it \\*diverged\\* |
      | point-04 |  0.04 | \\[1, 3\\] |               failed |               failed |       no memory |

      - A note.
      - Validation, not test: on the last 500 training examples, held out; the test part was not used.
      "
    `);
  });

  it('terminal fits the line, the values of a point in one column where they do not', () => {
    const wide = renderLeaderboardTerminal(mixed(), { colour: false, width: 100 });
    expect(wide).toMatchInlineSnapshot(`
      "Sweep of ridge, pooling
      mnist-halves · accuracy in %: mean ± 2 s.d. (seeds)

      ┌──────────┬───────┬─────────┬──────────────────┬──────────────────┐
      │ point    │ ridge │ pooling │           to | a │             to b │
      ├──────────┼───────┼─────────┼──────────────────┼──────────────────┤
      │ point-01 │  0.01 │  [1, 3] │   51.0 ± 2.8 (2) │ ★ 80.0 ± 0.0 (2) │
      │ point-03 │  0.03 │  [1, 3] │   70.0 ± 0.0 (2) │   70.5 ± 1.4 (2) │
      │ point-05 │  0.05 │  [1, 3] │   70.0 ± 0.0 (2) │   80.0 ± 0.0 (2) │
      │ point-02 │  0.02 │  [1, 3] │ ★ 90.0 ± 0.0 (2) │           failed │
      │ point-04 │  0.04 │  [1, 3] │           failed │           failed │
      └──────────┴───────┴─────────┴──────────────────┴──────────────────┘

      • point-02 (to b) failed: it *diverged*
      • point-04 failed: no memory
      • A note.
      • Validation, not test: on the last 500 training examples, held out; the test part was not used.
      "
    `);
    const narrow = renderLeaderboardTerminal(mixed(), { colour: false, width: 64 });
    for (const line of narrow.split('\n')) expect(line.length).toBeLessThanOrEqual(64);
    expect(narrow).toMatch(/│ point-01 │ ridge 0\.01, +│ +51\.0 ± 2\.8 \(2\) │ ★ 80\.0/);
    expect(narrow).toMatch(/│ {10}│ pooling \[1, +│ +│ +│/);
    const painted = renderLeaderboardTerminal(mixed(), { colour: true, width: 100 });
    expect(painted).toContain('\u001b[1m★ 90.0 ± 0.0 (2)\u001b[22m');
  });

  it('terminal shows thirty rows, and the chosen ones wherever they are', () => {
    // Best in column b alone, and so far down in the order of the mean rank.
    const many = Array.from({ length: 40 }, (_, index) =>
      index === 39
        ? [
            [1, 1],
            [99, 99],
          ]
        : [
            [90 - index, 90 - index],
            [50 - index, 50 - index],
          ],
    );
    const shown = renderLeaderboardTerminal(boardOf(many), { colour: false, width: 100 });
    expect(shown.match(/│ point-\d\d /g)?.length).toBeLessThanOrEqual(31);
    expect(shown).toContain('★ 99.0');
    expect(shown).toContain('more points are in leaderboard.md');
  });

  it('CSV has a field for each value, and a line for each point and column, failed or not', () => {
    const records = parse(renderLeaderboardCsv(mixed()), { columns: true }) as Record<string, string>[];
    expect(records).toHaveLength(10);
    expect(records.find(({ point, column }) => point === 'point-01' && column === 'b')).toEqual({
      table: 'x',
      point: 'point-01',
      column: 'b',
      rank: '1',
      chosen: 'true',
      'cca.ridge': '0.01',
      'evaluation.pooling': '[1,3]',
      mean: '80',
      sd: '0',
      pm2sd: '0',
      n: '2',
      values: '80;80',
      unit: 'accuracy_pct',
      error: '',
      corpus: 'mnist-halves',
      synthetic: 'false',
    });
    expect(records.find(({ point, column }) => point === 'point-02' && column === 'b')).toMatchObject({
      rank: '',
      chosen: 'false',
      mean: '',
      error: 'it *diverged*',
    });
  });

  it('JSON is a table, and more', () => {
    const board = mixed();
    const text = renderLeaderboardJson(board);
    expect(parseTable(text, 'leaderboard.json').rows).toEqual(
      parseTable(renderJson(board.table), 'table.json').rows,
    );
    const content = JSON.parse(text);
    expect(content).toMatchObject({
      parameters: ['cca.ridge', 'evaluation.pooling'],
      chosen: { a: 'point-02', b: 'point-01' },
    });
    expect(content.rows[3]).toMatchObject({
      id: 'point-02',
      values: { 'cca.ridge': 0.02, 'evaluation.pooling': [1, 3] },
      ranks: { a: 1 },
      failures: { b: 'it *diverged*' },
    });
  });
});
