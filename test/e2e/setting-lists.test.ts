import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertBuilt, emptyDirectory, mmx, projectRoot } from '../support/mmx.js';

/** Real MNIST halves, few examples; settings as lists in the columns, beside the same ones by name. */
const table = `
extends: ${join(projectRoot, 'configs/base/mnist-halves.yaml')}
table: lists
title: Settings of lists
corpus: {name: mnist-halves, train: 400, test: 200}
seeds: [1]
architecture: contrastive
setting: {train: [left, right]}
models: {contrastive: {epochs: 2}, stacked-autoencoder: {epochs: 2}, fusion-network: {epochs: 2}}
evaluation: {classifier: {c: 0.1}}
columns:
  - {id: fusion, label: both, setting: fusion}
  - {id: listed, label: both by lists}
  - {id: absent, label: right absent, setting: {test: [left]}}
  - {id: more, label: right only in testing, setting: {train: [left], test: [right, left]}}
rows:
  - {id: contrastive, label: Contrastive}
  - {id: stacked, label: Stacked autoencoder, architecture: stacked-autoencoder, columns: [listed, more]}
  - {id: network, label: Network, architecture: fusion-network, columns: [listed, absent]}
`;

let directory = '';
beforeAll(() => {
  assertBuilt();
  directory = emptyDirectory('lists');
  writeFileSync(join(directory, 'table.yaml'), table);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const run = (...args: string[]): string => {
  const { status, stdout, stderr } = mmx(directory, ...args);
  expect(status, stderr).toBe(0);
  return stdout;
};

describe('settings of lists', () => {
  it('are columns of a table, and those of a name share its stages', () => {
    run('table', 'table.yaml', '--out', 'out', '-q');
    const { rows } = JSON.parse(readFileSync(join(directory, 'out', 'table.json'), 'utf8'));
    const cells = Object.fromEntries(
      rows.map(({ id, cells: own }: { id: string; cells: Record<string, { mean: number }> }) => [id, own]),
    );
    expect(Object.keys(cells.contrastive)).toEqual(['fusion', 'listed', 'absent', 'more']);
    expect(cells.contrastive.listed).toEqual(cells.contrastive.fusion);
    expect(cells.contrastive.absent.mean).not.toBe(cells.contrastive.fusion.mean);
    for (const { mean } of Object.values<{ mean: number }>(cells.contrastive))
      expect(mean).toBeGreaterThan(15);
    const { config, stages } = JSON.parse(readFileSync(join(directory, 'out', 'manifest.json'), 'utf8'));
    expect(config.values.experiments.map(({ setting }: { setting: unknown }) => setting)).toContainEqual({
      train: ['left'],
      test: ['right', 'left'],
    });
    const labels = stages.map(({ label }: { label: string }) => label);
    expect(labels.filter((label: string) => label.startsWith('score contrastive'))).toEqual([
      'score contrastive, fusion, seed 1',
      'score contrastive, fusion-to-left, seed 1',
      'score contrastive, learn left+right, train left, test left+right, seed 1',
    ]);
  });

  it('are given on the command line, and named wherever a setting is', () => {
    const lists = 'setting={train: [left], test: [left, right]}';
    const shared = ['corpus={name: mnist-halves, train: 400, test: 200}', '--seeds', '1'];
    writeFileSync(
      join(directory, 'one.yaml'),
      table.replace(/^(table|title): .*\n/gm, '').replace(/^columns:[\s\S]*/m, ''),
    );
    const named = 'learn left+right, train left, test left+right';
    const [result] = JSON.parse(run('evaluate', 'one.yaml', lists, ...shared, '--json', '-q'));
    expect(result.setting).toBe(named);
    expect(run('evaluate', 'one.yaml', lists, ...shared, '-q')).toContain(`one (contrastive), ${named}:`);
    const [swapped] = JSON.parse(
      run('evaluate', 'one.yaml', 'setting.test=[left]', ...shared, '--json', '-q'),
    );
    expect(swapped.setting).toBe('fusion-to-left');
    const runs = JSON.parse(run('runs', 'ls', '--json'));
    const [last, before] = runs.map(({ id }: { id: string }) => id);
    const compared = JSON.parse(run('runs', 'compare', `${before}`, `${last}`, '--json'));
    expect(JSON.stringify(compared)).toContain(`contrastive/${named}`);
  });

  it('choose among the modalities of a corpus that has more', () => {
    writeFileSync(
      join(directory, 'quarters.yaml'),
      `corpus: {name: mnist-quarters, train: 400, test: 100}
architecture: raw-cca
setting: {learn: [lower_right, upper_left], train: [upper_left], test: [lower_right]}
cca: {dimensions: 10}
evaluation: {classifier: {c: 0.1}}
`,
    );
    const [result] = JSON.parse(run('evaluate', 'quarters.yaml', '--json', '-q'));
    expect(result.setting).toBe('learn upper_left+lower_right, train upper_left, test lower_right');
    expect(result.scores[0].dimensions).toBe(10);
    expect(result.accuracy.mean).toBeGreaterThan(15);
    const { status, stderr } = mmx(
      directory,
      'evaluate',
      'quarters.yaml',
      'setting.learn=null',
      'setting.test=null',
    );
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining("'raw-cca' cannot be used in 'classic-upper_left'"),
    ]);
  });

  it('that a row cannot be used in are refused with the row and the column', () => {
    const rows = 'rows=[{id: rbm, label: RBM, architecture: rbm}]';
    const { status, stderr } = mmx(directory, 'table', 'table.yaml', rows, '--dry-run');
    expect(status).toBe(2);
    expect(stderr).toContain(
      "row 'rbm', column 'more': 'rbm' cannot be used in 'learn left+right, train left, test left+right': the classifier is not trained on its features of right; `columns: [fusion, listed]` in the row leaves it out",
    );
  });
});
