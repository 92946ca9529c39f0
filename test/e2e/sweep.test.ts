import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { assertBuilt, emptyDirectory, launchMmx, mmx, projectRoot } from '../support/mmx.js';
import { until } from '../support/until.js';

const points = 20;
/** Real MNIST, few examples, small layers. Fewer hidden units than dimensions cannot be, and the largest rate diverges. */
const experiment = `
extends: ${join(projectRoot, 'configs/base/mnist-halves.yaml')}
corpus: {name: mnist-halves, train: 1500, test: 500}
architecture: rbm-cca
seeds: [1, 2]
checkpoint_seconds: 0.05
rbm: {left: {epochs: 3}, right: {epochs: 3}}
cca: {dimensions: 10}
evaluation: {classifier: {c: 1}}
`;
const columns = `
columns:
  - {id: left-to-right, label: left → right, setting: shared-left-to-right}
  - {id: right-to-left, label: right → left, setting: shared-right-to-left}
`;
const sweep = `${experiment}${columns}
sweep:
  random:
    rbm.{left,right}.hidden: {integer: [8, 50]}
    rbm.{left,right}.learning_rate: [0.05, 0.1, 0.2, 1.0e9]
    cca.ridge: {log_uniform: [1.0e-3, 0.1]}
  points: ${points}
  select: {held_out: 500}
`;
const boards = ['leaderboard.md', 'leaderboard.csv', 'leaderboard.json'];
const chosenConfigs = ['chosen-left-to-right.yaml', 'chosen-right-to-left.yaml'];

interface Board {
  readonly chosen: Readonly<Record<string, string>>;
  readonly rows: readonly {
    readonly id: string;
    readonly values: Readonly<Record<string, number>>;
    readonly cells: Readonly<Record<string, { readonly mean: number; readonly values: readonly number[] }>>;
    readonly failures: Readonly<Record<string, string>>;
  }[];
  readonly test: { readonly rows: Board['rows'] } | null;
}

function directoryWith(name: string, content: string): string {
  const directory = emptyDirectory(name);
  writeFileSync(join(directory, 'sweep.yaml'), content);
  return directory;
}

const filesOf = (directory: string): Record<string, string> =>
  Object.fromEntries(
    [...boards, ...chosenConfigs].map((file) => [
      file,
      readFileSync(join(directory, 'results/sweeps/sweep', file), 'utf8'),
    ]),
  );

const boardOf = (directory: string): Board =>
  JSON.parse(readFileSync(join(directory, 'results/sweeps/sweep/leaderboard.json'), 'utf8'));

function stored(directory: string): number {
  const store = join(directory, 'results/runs/store');
  if (!existsSync(store)) return 0;
  return readdirSync(store)
    .filter((name) => name.length === 2)
    .reduce((sum, name) => sum + readdirSync(join(store, name)).length, 0);
}

const accuracy = (directory: string, ...args: string[]): number => {
  const { status, stdout, stderr } = mmx(directory, 'evaluate', ...args, '--json');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout)[0].accuracy.mean;
};

let reference = '';
beforeAll(() => {
  assertBuilt();
  reference = directoryWith('sweep', sweep);
  const whole = mmx(reference, 'sweep', 'sweep.yaml', '--jobs', '2', '--quiet');
  expect(whole.stderr).not.toContain('mmx:');
  expect(whole.status).toBe(0);
}, 300_000);

describe(`a sweep of ${points} points`, () => {
  it('killed twice ends in the same leaderboard, byte for byte', async () => {
    const whole = stored(reference);
    const directory = directoryWith('killed', sweep);
    for (const share of [0.25, 0.6]) {
      const run = launchMmx(directory, {}, 'sweep', 'sweep.yaml', '--jobs', '2', '--quiet');
      const { process } = run;
      await until('its share', () => stored(directory) >= share * whole || process.exitCode !== null);
      expect(process.exitCode, 'it was to be killed while it ran').toBeNull();
      process.kill('SIGKILL');
      await run.ended;
      await sleep(300); // orphaned workers notice that their parent is gone
      const left = stored(directory);
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThan(whole);
      expect(existsSync(join(directory, 'results/sweeps'))).toBe(false);
    }
    const last = mmx(directory, 'sweep', 'sweep.yaml', '--jobs', '1', '--quiet');
    expect(last.stderr).not.toContain('mmx:');
    expect(last.status).toBe(0);
    expect(filesOf(directory)).toEqual(filesOf(reference));
    const { stages } = JSON.parse(
      readFileSync(join(directory, 'results/sweeps/sweep/manifest.json'), 'utf8'),
    ) as { stages: { end: string }[] };
    expect(stages.filter(({ end }) => end === 'reused').length).toBeGreaterThan(0);
  }, 300_000);

  it('has a row for each point: its accuracy, or why it failed', () => {
    const { rows, chosen } = boardOf(reference);
    expect(rows.map(({ id }) => id).sort()).toEqual(
      Array.from({ length: points }, (_, index) => `point-${String(index + 1).padStart(2, '0')}`),
    );
    for (const { values, cells, failures } of rows) {
      const hidden = values['rbm.{left,right}.hidden'] ?? 0;
      const diverges = values['rbm.{left,right}.learning_rate'] === 1e9;
      expect(hidden).toBeGreaterThanOrEqual(8);
      expect(hidden).toBeLessThanOrEqual(50);
      for (const column of ['left-to-right', 'right-to-left']) {
        if (hidden < 10) expect(failures[column]).toContain(`at most ${hidden} pairs of canonical variates`);
        else if (diverges) expect(failures[column]).toMatch(/^rbm (left|right) diverged in epoch 1/);
        else expect(cells[column]?.values).toHaveLength(2);
      }
    }
    const failed = rows.filter(({ failures }) => Object.keys(failures).length > 0);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed).toEqual(rows.slice(-failed.length));
    for (const [column, id] of Object.entries(chosen)) {
      const means = rows.map(({ cells }) => cells[column]?.mean ?? 0);
      expect(rows.find((row) => row.id === id)?.cells[column]?.mean).toBe(Math.max(...means));
    }
    expect(Object.keys(chosen)).toEqual(['left-to-right', 'right-to-left']);
  });

  it('has the curves and confusion matrices of its trials beside it, recorded in its manifest', () => {
    const read = (name: string) =>
      JSON.parse(readFileSync(join(reference, 'results/sweeps/sweep', name), 'utf8'));
    expect(Object.keys(read('manifest.json').files)).toEqual(
      expect.arrayContaining(['curves.json', 'confusion.json']),
    );
    const cells = boardOf(reference).rows.flatMap((row) => Object.values(row.cells));
    const { confusion } = read('confusion.json');
    expect(confusion).toHaveLength(cells.length);
    for (const { runs, classes } of confusion) expect([runs, classes.length]).toEqual([2, 10]);
    expect(read('curves.json').curves.length).toBeGreaterThan(1);
  });

  it('compares by what mmx evaluate says of held-out training examples, whatever the test part is', () => {
    const { rows } = boardOf(reference);
    const row = rows[Math.floor(rows.filter(({ cells }) => cells['left-to-right']).length / 2)];
    writeFileSync(join(reference, 'one.yaml'), `${experiment}setting: shared-left-to-right\n`);
    const { 'rbm.{left,right}.hidden': hidden, 'rbm.{left,right}.learning_rate': rate } = row?.values ?? {};
    const same = accuracy(
      reference,
      'one.yaml',
      'corpus.held_out=500',
      ...['left', 'right'].flatMap((half) => [
        `rbm.${half}.hidden=${hidden}`,
        `rbm.${half}.learning_rate=${rate}`,
      ]),
      `cca.ridge=${row?.values['cca.ridge']}`,
    );
    expect(same).toBeCloseTo(row?.cells['left-to-right']?.mean ?? 0, 6);
    const other = directoryWith('other-test', sweep);
    expect(mmx(other, 'sweep', 'sweep.yaml', 'corpus.test=7', 'sweep.points=3', '--quiet').status).toBe(0);
    const again = directoryWith('one-test', sweep);
    expect(mmx(again, 'sweep', 'sweep.yaml', 'sweep.points=3', '--quiet').status).toBe(0);
    for (const file of boards) expect(filesOf(other)[file]).toBe(filesOf(again)[file]);
  }, 300_000);

  it('tests the chosen point of each column, only when asked', () => {
    expect(existsSync(join(reference, 'results/sweeps/sweep/test'))).toBe(false);
    const before = filesOf(reference);
    const { status, stdout } = mmx(reference, 'sweep', 'sweep.yaml', '--test', '--json');
    expect(status).toBe(0);
    const { chosen, test } = JSON.parse(stdout) as Board;
    expect(filesOf(reference)).toEqual(before);
    const [row] = test?.rows ?? [];
    expect(test?.rows).toHaveLength(1);
    for (const column of Object.keys(chosen)) {
      const config = `results/sweeps/sweep/chosen-${column}.yaml`;
      expect(accuracy(reference, config)).toBeCloseTo(row?.cells[column]?.mean ?? 0, 6);
    }
    const table = readFileSync(join(reference, 'results/sweeps/sweep/test/table.md'), 'utf8');
    expect(table).toContain(`left → right: ${chosen['left-to-right']} (hidden `);
    const { stages } = JSON.parse(
      readFileSync(join(reference, 'results/sweeps/sweep/test/manifest.json'), 'utf8'),
    ) as { stages: { kind: string }[] };
    expect(stages.filter(({ kind }) => kind === 'score')).toHaveLength(2 * 2); // columns × seeds
  }, 300_000);

  it('can be reported on, and its points compared, though some failed', () => {
    expect(mmx(reference, 'report', 'results/sweeps/sweep').status).toBe(0);
    const html = readFileSync(join(reference, 'results/sweeps/sweep/report.html'), 'utf8');
    expect(html).toContain('Sweep of hidden, learning_rate, ridge');
    const [best, next] = boardOf(reference).rows.map(({ id }) => `results/sweeps/sweep:${id}/left-to-right`);
    const compared = mmx(reference, 'runs', 'compare', best ?? '', next ?? '');
    expect(compared.stderr).toBe('');
    expect(compared.stdout).toContain('rbm.left.hidden');
  });
});

it('of clips compares in folds of the training part, and makes no frames of test clips', () => {
  const directory = directoryWith(
    'sweep-clips',
    `corpus: {name: talking-mouth, preset: digits, scale: 0.1, train: 60, test: 20}
front_end: {audio: {dimensions: 20}, video: {dimensions: 8}}
architecture: preprocessed
setting: classic-audio
evaluation: {folds: 2}
sweep:
  grid: {evaluation.classifier.c: [1.0e-4, 0.01], 'evaluation.pooling': [[1], [1, 3]]}
`,
  );
  const { status, stderr } = mmx(directory, 'sweep', 'sweep.yaml', '--quiet');
  expect(stderr).not.toContain('mmx:');
  expect(status).toBe(0);
  const { stages } = JSON.parse(
    readFileSync(join(directory, 'results/sweeps/sweep/manifest.json'), 'utf8'),
  ) as { stages: { kind: string; label: string }[] };
  const frames = stages.filter(({ kind }) => kind === 'frames').map(({ label }) => label);
  expect(frames).toEqual(['frames of talking-mouth digits, train']);
  const board = readFileSync(join(directory, 'results/sweeps/sweep/leaderboard.md'), 'utf8');
  expect(board).toContain('Cross-validation inside the training part; the test part was not used.');
  expect(board).toContain('★');
}, 300_000);

it('ends with exit code 1 when no point of a column can be computed, and says why', () => {
  const directory = directoryWith(
    'sweep-failed',
    `${experiment}setting: shared-left-to-right
sweep: {grid: {'rbm.{left,right}.learning_rate': [1.0e9, 1.0e10]}, select: {held_out: 500}}
`,
  );
  const { status, stderr } = mmx(directory, 'sweep', 'sweep.yaml', '--quiet', '--seeds', '1');
  expect(status).toBe(1);
  expect(stderr).toMatch(/mmx: every point of .+ failed, the first because: rbm left diverged in epoch 1/);
  const board = readFileSync(join(directory, 'results/sweeps/sweep/leaderboard.md'), 'utf8');
  expect(board.match(/diverged in epoch 1/g)).toHaveLength(2);
}, 120_000);
