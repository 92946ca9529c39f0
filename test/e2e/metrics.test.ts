import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerMetrics } from '../../src/evaluation/answer-metrics.js';
import { assertBuilt, emptyDirectory, mmx, projectRoot } from '../support/mmx.js';

/** Real MNIST halves, few examples; one classifier told in four ways. */
const experiment = `
extends: ${join(projectRoot, 'configs/base/mnist-halves.yaml')}
corpus: {name: mnist-halves, train: 300, test: 200}
seeds: [1]
architecture: preprocessed
setting: fusion
evaluation: {classifier: {c: 0.1}}
`;
const names = ['accuracy', 'weighted-f1', 'macro-f1', 'balanced-accuracy'];
const table = `${experiment}table: metrics
title: Metrics
columns:
${names.map((name) => `  - {id: ${name}, label: ${name}, measure: ${name}}`).join('\n')}
rows:
  - {id: pixels, label: Pixels}
`;

let directory = '';
beforeAll(() => {
  assertBuilt();
  directory = emptyDirectory('metrics');
  writeFileSync(join(directory, 'one.yaml'), experiment);
  writeFileSync(join(directory, 'table.yaml'), table);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const run = (...args: string[]): string => {
  const { status, stdout, stderr } = mmx(directory, ...args);
  expect(status, stderr).toBe(0);
  return stdout;
};

describe('metrics of answers', () => {
  it('are told of one and the same score, in tables as by evaluate', () => {
    const stages = JSON.parse(run('table', 'table.yaml', '--dry-run', '--json')).stages;
    expect(stages).toHaveLength(1);
    run('table', 'table.yaml', '--out', 'out', '-q');
    const { rows, notes } = JSON.parse(readFileSync(join(directory, 'out/table.json'), 'utf8'));
    const { cells } = rows[0];
    const [evaluated] = JSON.parse(run('evaluate', 'one.yaml', 'measure=macro-f1', '--json', '-q'));
    const { confusion, accuracy } = evaluated.scores[0];
    expect(cells.accuracy).toMatchObject({ mean: accuracy, unit: 'accuracy_pct' });
    for (const [name, { unit, of, note }] of Object.entries(answerMetrics)) {
      expect(cells[name].unit).toBe(unit);
      expect(cells[name].mean).toBeCloseTo(of(confusion), 5);
      expect(notes).toContain(note);
    }
    expect(evaluated).toMatchObject({ measure: 'macro-f1', percent: { unit: 'macro_f1_pct' } });
    expect(evaluated.percent.mean).toBeCloseTo(answerMetrics['macro-f1'].of(confusion), 10);
    expect(run('evaluate', 'one.yaml', 'measure=macro-f1', '-q')).toMatch(
      /mnist-halves · macro F1 in %: [\s\S]*one \(preprocessed\) +│ +\d+\.\d/,
    );
    const markdown = readFileSync(join(directory, 'out/table.md'), 'utf8');
    for (const { title } of Object.values(answerMetrics)) expect(markdown).toContain(`% ${title}`);
  });
});
