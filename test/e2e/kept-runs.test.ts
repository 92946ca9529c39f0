import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { assertBuilt, emptyDirectory, mmx, smallTable } from '../support/mmx.js';

const experiment = smallTable
  .replace(/^table:[\s\S]*?^corpus:/m, 'corpus:')
  .replace(/train: 3000, test: 1000/, 'train: 1000, test: 300')
  .replaceAll('hidden: 60, epochs: 4', 'hidden: 30, epochs: 2')
  .replace(/^columns:[\s\S]*$/m, 'architecture: rbm-cca\nsetting: shared-left-to-right\n');

let directory = '';
const run = (...words: string[]) => {
  const outcome = mmx(directory, ...words);
  expect(outcome.status, outcome.stderr).toBe(0);
  return outcome;
};
const listed = (...words: string[]) => JSON.parse(run('runs', 'ls', '--json', ...words).stdout);
const json = (...path: string[]) => JSON.parse(readFileSync(join(directory, ...path), 'utf8'));

beforeAll(() => {
  assertBuilt();
  directory = emptyDirectory('kept-runs');
  writeFileSync(join(directory, 'one.yaml'), experiment);
});

describe('what mmx pretrain and mmx evaluate came to', () => {
  it('pretrain ends in a table of first and last epochs, kept with its curves, and says what comes next', () => {
    const { stdout, stderr } = run('pretrain', 'one.yaml', 'rbm.left.epochs=3');
    expect(stdout).toMatch(/first epoch.*last epoch/);
    expect(stdout).toMatch(/rbm left \(392 → 30\) +│ \d+\.\d\d ± /);
    expect(stderr).toMatch(/^next: mmx evaluate one\.yaml rbm\.left\.epochs=3$/m);
    const [{ id, outcome }] = listed();
    expect(stderr).toContain(`written: results/pretrain/${id}`);
    const { curves } = json('results/pretrain', id, 'curves.json');
    const [left] = curves;
    expect(left).toMatchObject({ model: 'rbm left (392 → 30)', quantity: 'reconstruction error' });
    expect(left.lines.map(({ epochs }: { epochs: number[] }) => epochs)).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    const { rows } = json('results/pretrain', id, 'table.json');
    expect(rows[0].cells.last.values[0]).toBeCloseTo(left.lines[0].values[2], 3);
    expect(outcome.values).toHaveLength(2);
    expect(outcome.quantity).toBe('reconstruction error');
  });

  it('evaluate ends in a table, kept in every format with its confusion matrix; -q prints the table alone', () => {
    const { stdout, stderr } = run('evaluate', 'one.yaml', '-q');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/one \(rbm-cca\) +│ \d\d\.\d ± \d\.\d \(2\)/);
    const [{ id, kind, outcome, config }] = listed();
    expect({ kind, config, quantity: outcome.quantity }).toEqual({
      kind: 'evaluate',
      config: 'one.yaml',
      quantity: 'accuracy',
    });
    const files = readdirSync(join(directory, 'results/evaluate', id));
    expect(files).toEqual(
      expect.arrayContaining(['table.md', 'table.csv', 'table.json', 'manifest.json', 'curves.json']),
    );
    const { confusion } = json('results/evaluate', id, 'confusion.json');
    const counts: number[] = confusion[0].confusion.flat();
    // Two seeds of 300 test examples.
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(600);
  });

  it('a run that computes nothing adds no line, and brings back what was removed', () => {
    const before = listed('--filter', 'evaluate');
    const [{ id, when, seconds }] = before;
    rmSync(join(directory, 'results/evaluate', id), { recursive: true });
    const { stderr } = run('evaluate', 'one.yaml', '-j', '1');
    expect(stderr).toContain(`written: results/evaluate/${id}`);
    const after = listed('--filter', 'evaluate');
    expect(after).toHaveLength(before.length);
    expect(after[0]).toMatchObject({ id, seconds });
    expect(after[0].when > when).toBe(true);
    // The manifest is of the run that computed it.
    const ends = json('results/evaluate', id, 'manifest.json').stages.map(({ end }: { end: string }) => end);
    expect(ends).toContain('ran');
  });

  it('what is asked for is another run when the configuration is another', () => {
    run('evaluate', 'one.yaml', 'cca.dimensions=5', '-q');
    expect(listed('--filter', 'evaluate')).toHaveLength(2);
    expect(listed('--last', '1')).toHaveLength(1);
    const accuracies = listed('--sort', 'accuracy', '--filter', 'evaluate').map(
      ({ outcome }: { outcome: { mean: number } }) => outcome.mean,
    );
    expect(accuracies).toEqual([...accuracies].sort((a, b) => b - a));
    expect(listed('--filter', 'nothing of the kind')).toEqual([]);
    expect(run('runs', 'ls', '--last', '1').stdout).toMatch(
      /^\S+-one {2}complete {4}evaluate {2}accuracy \d\d\.\d ± \d+\.\d % \(2\) {2}one\.yaml {2}\d{4}-\d\d-\d\d \d\d:\d\d UTC {2}\d/,
    );
  });

  it('runs show has the table, the stages and the places', () => {
    const [{ id }] = listed();
    const { stdout } = run('runs', 'show', id);
    expect(stdout).toContain('one (rbm-cca)');
    expect(stdout).toMatch(/ran +[0-9a-f]{12} {2}score rbm-cca, shared-left-to-right, seed 1/);
    expect(stdout).toContain(`results   results/evaluate/${id}`);
    expect(JSON.parse(run('runs', 'show', id, '--json').stdout).command[1]).toBe('evaluate');
  });

  it('reports of several runs have the curves and matrices of each, without the store too', () => {
    const [one, other] = listed('--filter', 'evaluate').map(({ id }: { id: string }) => id);
    const pages = ['results/runs/store', 'empty'].map((store) => {
      const name = `${store.replaceAll('/', '-')}.html`;
      const folder = store === 'empty' ? emptyDirectory('store') : store;
      run('report', one, other, '--out', name, '--store', folder);
      return readFileSync(join(directory, name), 'utf8');
    });
    for (const page of pages) {
      expect(page).toContain(one);
      expect(page).toContain(other);
      expect(page).toContain('Confusion matrix of');
      expect(page).toContain('class="curve"');
    }
    expect(pages[1]).toContain('those of the files beside the tables');
  });
});
