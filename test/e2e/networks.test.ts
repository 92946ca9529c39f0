import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { assertBuilt, emptyDirectory, mmx, projectRoot } from '../support/mmx.js';

/** Real MNIST halves, few examples, small networks beside features learnt without labels. */
const table = `
extends: ${join(projectRoot, 'configs/base/mnist-halves.yaml')}
table: networks
title: Networks and features
corpus: {name: mnist-halves, train: 1200, test: 400}
seeds: [1]
rbm: {left: {hidden: 60, epochs: 3}, right: {hidden: 60, epochs: 3}}
evaluation: {classifier: {c: 0.1}}
models:
  fusion-network:
    encoder: {kind: dense, layers: [48]}
    epochs: 10
  contrastive: {epochs: 5}
  stacked-autoencoder: {epochs: 5}
columns:
  - {id: fusion, label: both}
  - {id: tenth, label: 10 % of labels, evaluation: {label_share: 0.1}}
  - {id: to-left, label: trained on both and tested left, setting: fusion-to-left}
  - {id: shared, label: left to right, setting: shared-left-to-right}
rows:
  - {id: contrastive, label: Contrastive, architecture: contrastive, columns: [fusion, shared]}
  - {id: stacked, label: Stacked autoencoder, architecture: stacked-autoencoder, columns: [fusion, shared]}
  - {id: rbm, label: RBMs, architecture: rbm, columns: [fusion, tenth]}
  - {id: late, label: Late fusion, columns: &supervised [fusion, tenth, to-left]}
  - {id: average, label: Average of decisions, columns: *supervised, models: {fusion-network: {fusion: {kind: average}}}}
  - {id: svm, label: Late fusion read by an SVM, columns: *supervised, evaluation: {readout: svm}}
architecture: fusion-network
setting: fusion
`;

interface Cell {
  readonly mean: number;
  readonly seeds: readonly number[];
}

/** One experiment, cross-validated. */
const experiment = `corpus: {name: mnist-halves, train: 600}
architecture: fusion-network
setting: classic-left
evaluation: {protocol: train-folds, folds: 3}
models: {fusion-network: {encoder: {kind: dense, layers: [32]}, epochs: 6}}
`;

let directory = '';
let cells: Readonly<Record<string, Readonly<Record<string, Cell>>>> = {};

beforeAll(() => {
  assertBuilt();
  directory = emptyDirectory('networks');
  writeFileSync(join(directory, 'table.yaml'), table);
  writeFileSync(join(directory, 'network.yaml'), experiment);
  const { status, stderr } = mmx(directory, 'table', 'table.yaml', '--out', 'out', '-q');
  expect(status, stderr).toBe(0);
  const { rows } = JSON.parse(readFileSync(join(directory, 'out', 'table.json'), 'utf8'));
  cells = Object.fromEntries(rows.map((row: { id: string; cells: object }) => [row.id, row.cells]));
}, 120_000);

const mean = (row: string, column: string): number => cells[row]?.[column]?.mean ?? Number.NaN;

describe('supervised networks in a table', () => {
  it('learn: far above the tenth that guessing gives, with all labels above a tenth of them', () => {
    for (const row of ['late', 'average', 'svm']) {
      expect(mean(row, 'fusion')).toBeGreaterThan(75);
      expect(mean(row, 'tenth')).toBeGreaterThan(25);
      expect(mean(row, 'fusion')).toBeGreaterThan(mean(row, 'tenth'));
      expect(mean(row, 'to-left')).toBeGreaterThan(20);
    }
  });

  it('see a share of the labels, as the classifier of unsupervised features does', () => {
    expect(mean('rbm', 'fusion')).toBeGreaterThan(mean('rbm', 'tenth'));
  });

  it('have features without labels beside them, read by the same classifier', () => {
    for (const row of ['contrastive', 'stacked']) expect(mean(row, 'fusion')).toBeGreaterThan(35);
    expect(mean('contrastive', 'shared')).toBeGreaterThan(30);
    expect(mean('contrastive', 'shared')).toBeGreaterThan(mean('stacked', 'shared'));
  });

  it('differ by their fusion and by what reads them', () => {
    const values = ['late', 'average', 'svm'].map((row) => mean(row, 'fusion'));
    expect(new Set(values).size).toBe(3);
  });

  it('are trained anew for each fold of a cross-validation, on the labels of the others', () => {
    const folds = mmx(directory, 'evaluate', 'network.yaml', '--json', '-q');
    const [{ scores, accuracy }] = JSON.parse(folds.stdout);
    expect(scores[0].folds).toHaveLength(3);
    expect(scores[0]).toMatchObject({ c: [], tested: 600, dimensions: 10 });
    expect(accuracy.mean).toBeGreaterThan(35);
    const planned = mmx(directory, 'evaluate', 'network.yaml', 'seeds=[9]', '--dry-run').stdout;
    expect(new Set(planned.match(/network of left, concatenation, fold \d/g)).size).toBe(3);
  }, 60_000);
});

describe('modalities in balance', () => {
  it('learn by speeds, modulated gradients and auxiliary losses', () => {
    const section = 'models.fusion-network';
    const { status, stdout, stderr } = mmx(
      directory,
      ...['evaluate', 'network.yaml', 'setting=fusion', 'evaluation.protocol=train-test', '--json', '-q'],
      `${section}.learning_speed.left=0.5`,
      `${section}.gradient_modulation={alpha: 0.3, noise: true}`,
      `${section}.auxiliary_losses.right=0.5`,
    );
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)[0].accuracy.mean).toBeGreaterThan(35);
  }, 60_000);

  it('are other networks, but where nothing is out of balance or the modality is not shown', () => {
    const rows = [
      ['plain', ''],
      ['neutral', 'learning_speed: {left: 1}, auxiliary_losses: {right: 0}'],
      ['speed', 'learning_speed: {right: 0.5}'],
      ['modulation', 'gradient_modulation: {alpha: 1}'],
      ['auxiliary', 'auxiliary_losses: {right: 1}'],
    ].map(([id, options]) => `  - {id: ${id}, label: ${id}, models: {fusion-network: {${options}}}}`);
    const balance = `
table: balance
title: Modalities in balance
corpus: {name: mnist-halves, train: 600}
architecture: fusion-network
seeds: [1]
columns:
  - {id: both, label: both, setting: fusion}
  - {id: left, label: left, setting: classic-left}
rows:
${rows.join('\n')}
`;
    writeFileSync(join(directory, 'balance.yaml'), balance);
    const { stdout, stderr } = mmx(directory, 'table', 'balance.yaml', '--dry-run');
    const planned = (network: string): number =>
      new Set(stdout.split('\n').filter((line) => line.includes(network) && !line.includes('score'))).size;
    expect([planned('network of left + right'), planned('network of left,')], stderr).toEqual([4, 1]);
  }, 60_000);
});

describe('what does not fit a supervised network', () => {
  const problemOf = (...overrides: string[]): string =>
    mmx(directory, 'evaluate', 'network.yaml', ...overrides, '--dry-run').stderr.split('\n')[0] ?? '';

  it.each([
    [['setting=shared-left-to-right'], /it is trained on left only and cannot use right/],
    [['setting=cross-modality-left'], /would repeat 'classic-left'/],
    [['evaluation.protocol=test-folds'], /learns from labels of the training part/],
    [
      ['models.fusion-network.encoders.middle.kind=cnn'],
      /mnist-halves has no modality 'middle'; it has left, right/,
    ],
    [['models.fusion-network.learning_speed.middle=0.1'], /mnist-halves has no modality 'middle'/],
    [
      ['models.fusion-network.learning_speed.left=0.1', 'models.fusion-network.fusion.kind=early'],
      /learning_speed.left=0.1: early fusion has no encoder that one modality has to itself/,
    ],
    [
      ['models.fusion-network.gradient_modulation.alpha=1', 'models.fusion-network.head.hidden=[8]'],
      /gradient modulation compares what each modality alone adds .* but `head.hidden` mixes them/,
    ],
    [['models.fusion-network.fusion.kind=late'], /must be early, concatenation, average, gated/],
    [['models.fusion-network.epoch=3'], /unknown key `epoch`.*did you mean `epochs`/],
    [['models.fusion-netwrk.epochs=3'], /did you mean 'fusion-network'/],
    [['architecture=rbm', 'evaluation.readout=head'], /'rbm' learns without labels/],
  ])('%s', (overrides, message) => {
    expect(problemOf(...overrides)).toMatch(message);
  });
});
