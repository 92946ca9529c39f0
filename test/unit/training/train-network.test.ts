import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { gaussians } from '../../../src/engine/noise.js';
import type { Matrix } from '../../../src/matrix.js';
import { FusionNetwork } from '../../../src/models/networks/fusion-network.js';
import type { NetworkInput } from '../../../src/models/networks/input.js';
import { restoreValues, type Values, valuesOf } from '../../../src/models/networks/values.js';
import { type LabelledExamples, trainNetwork } from '../../../src/training/train-network.js';
import { describeOnCpu } from '../engine/each-engine.js';
import { networkConfig } from '../models/networks/configs.js';
import { xorExamples } from '../models/networks/xor.js';
import { killedAfter, quiet, resumedFrom } from './hosts.js';

const range = (from: number, to: number): Int32Array =>
  Int32Array.from({ length: to - from }, (_, i) => from + i);

const examplesOf = (
  { inputs, labels }: { inputs: Readonly<Record<string, Matrix>>; labels: Int32Array },
  validation = 0,
): LabelledExamples => ({
  inputs,
  labels,
  fit: range(0, labels.length - validation),
  validation: range(labels.length - validation, labels.length),
});

const vectors: readonly NetworkInput[] = [
  { modality: 'a', shape: [3] },
  { modality: 'b', shape: [4] },
];

/** Share of the examples that a trained network classifies correctly. */
function accuracy(
  section: object,
  inputs: readonly NetworkInput[],
  values: Values,
  test: { inputs: Readonly<Record<string, Matrix>>; labels: Int32Array },
  present?: readonly string[],
): number {
  const network = new FusionNetwork(inputs, 2, networkConfig(section), { seed: 9, purpose: 'other' });
  restoreValues(network, values);
  const answers = tf.tidy(() => {
    const rows = Object.fromEntries(
      Object.entries(test.inputs).map(([name, { rows: count, columns, data }]) => [
        name,
        tf.tensor2d(data, [count, columns]),
      ]),
    );
    return tf.argMax(network.logits(rows, present && new Set(present)), 1).dataSync();
  });
  network.dispose();
  return test.labels.filter((label, i) => label === answers[i]).length / test.labels.length;
}

const learnt = {
  encoder: { kind: 'dense', layers: [8] },
  head: { hidden: [8] },
  epochs: 25,
  batch: 20,
  optimiser: { name: 'adam', learning_rate: 0.05 },
};

describeOnCpu('supervised training', () => {
  it.each([
    { kind: 'early', layers: [8] },
    { kind: 'concatenation' },
    { kind: 'gated', units: 8 },
    { kind: 'low-rank', units: 8 },
    { kind: 'cross-attention', width: 8, heads: 2 },
  ])('learns XOR across modalities by $kind', async (fusion) => {
    const section = { ...learnt, fusion };
    const trained = await trainNetwork(
      examplesOf(xorExamples(80, [3, 4])),
      vectors,
      2,
      networkConfig(section),
      1,
      quiet,
    );
    expect(trained.curve.at(-1)?.loss).toBeLessThan(0.2);
    expect(trained.epoch).toBe(25);
    const test = xorExamples(100, [3, 4], 'test');
    expect(accuracy(section, vectors, trained.values, test)).toBeGreaterThan(0.95);
  });

  it('cannot learn XOR by an average of decisions', async () => {
    const section = { ...learnt, fusion: { kind: 'average' } };
    const data = xorExamples(80, [3, 4]);
    const { curve, values } = await trainNetwork(
      examplesOf(data),
      vectors,
      2,
      networkConfig(section),
      1,
      quiet,
    );
    expect(curve.at(-1)?.loss).toBeGreaterThan(0.4);
    expect(accuracy(section, vectors, values, xorExamples(100, [3, 4], 'test'))).toBeLessThan(0.8);
  });

  it('sees both modalities of pictures and of sequences', async () => {
    const section = {
      encoders: {
        a: { kind: 'cnn', filters: [4], dense: 8 },
        b: { kind: 'cnn-1d', filters: [4], dense: 8 },
      },
      head: { hidden: [8] },
      epochs: 25,
      batch: 20,
      optimiser: { name: 'adam', learning_rate: 0.02 },
    };
    const inputs = [
      { modality: 'a', shape: [3, 3, 1] },
      { modality: 'b', shape: [4, 2] },
    ];
    const { values } = await trainNetwork(
      examplesOf(xorExamples(80, [9, 8])),
      inputs,
      2,
      networkConfig(section),
      1,
      quiet,
    );
    expect(accuracy(section, inputs, values, xorExamples(100, [9, 8], 'test'))).toBeGreaterThan(0.95);
  });

  it('modality dropout lets a network answer from what is there', async () => {
    // Either modality tells the label; together they tell it, too.
    const told = (rows: number, purpose: string) => {
      const { inputs } = xorExamples(rows, [3, 4], purpose);
      const signs = Int32Array.from({ length: rows }, (_, row) => row & 1);
      const b = { ...inputs.a, columns: 3 };
      return {
        inputs: { a: inputs.a, b: { ...b, data: b.data.map((value) => 0.5 * value) } },
        labels: signs,
      };
    };
    const inputs = [
      { modality: 'a', shape: [3] },
      { modality: 'b', shape: [3] },
    ];
    const [data, test] = [told(80, 'xor'), told(100, 'test')];
    for (const fusion of [
      { kind: 'concatenation' },
      { kind: 'low-rank', units: 8 },
      { kind: 'average' },
      { kind: 'cross-attention', width: 8, heads: 2 },
    ]) {
      const section = { ...learnt, fusion, modality_dropout: 0.4, epochs: 12 };
      const { values } = await trainNetwork(examplesOf(data), inputs, 2, networkConfig(section), 1, quiet);
      for (const present of [['a'], ['b'], ['a', 'b']]) {
        expect(accuracy(section, inputs, values, test, present), `${fusion.kind} of ${present}`).toBe(1);
      }
    }
  });

  it('balanced class weights let a rare class be found', async () => {
    const rows = 120;
    const labels = Int32Array.from({ length: rows }, (_, row) => (row % 12 === 0 ? 1 : 0));
    const noise = gaussians({ seed: 1, purpose: 'noise', step: 0 }, 3 * rows);
    const data = {
      // The rare class lies within the common one, but to one side.
      inputs: {
        a: { rows, columns: 3, data: noise.map((v, i) => v + 0.7 * (labels[Math.floor(i / 3)] ?? 0)) },
      },
      labels,
    };
    const inputs = [{ modality: 'a', shape: [3] }];
    const found: Record<string, number> = {};
    for (const weights of ['none', 'balanced']) {
      const section = { ...learnt, class_weights: weights, epochs: 5, batch: 30 };
      const { values } = await trainNetwork(examplesOf(data), inputs, 2, networkConfig(section), 1, quiet);
      const rare = labels.map((label, row) => (label === 1 ? row : -1)).filter((row) => row >= 0);
      const onlyRare = {
        inputs: {
          a: {
            rows: rare.length,
            columns: 3,
            data: Float32Array.from(
              [...rare].flatMap((row) => [...data.inputs.a.data.slice(3 * row, 3 * row + 3)]),
            ),
          },
        },
        labels: new Int32Array(rare.length).fill(1),
      };
      found[weights] = accuracy(section, inputs, values, onlyRare);
    }
    expect(found.balanced).toBeGreaterThan((found.none ?? 1) + 0.3);
  });

  it('moves a modality at its learning speed: not at all at 0, and the others as fast as ever', async () => {
    const data = examplesOf(xorExamples(80, [3, 4]));
    const valuesAt = async (section: object): Promise<Values> => {
      const config = networkConfig({ ...learnt, epochs: 2, ...section });
      return (await trainNetwork(data, vectors, 2, config, 1, quiet)).values;
    };
    const untrained = new FusionNetwork(vectors, 2, networkConfig(learnt), { seed: 1, purpose: 'network' });
    const initial = valuesOf(untrained);
    untrained.dispose();
    const still = await valuesAt({ learning_speed: { a: 0 } });
    const moved = (name: string): boolean => String(still[name]) !== String(initial[name]);
    expect(Object.keys(initial).filter((name) => !moved(name))).toEqual([
      'encoder.a.dense1.weights',
      'encoder.a.dense1.bias',
    ]);
    expect(await valuesAt({ learning_speed: { a: 1 } })).toEqual(await valuesAt({}));
    expect(await valuesAt({ learning_speed: { a: 0.5 } })).not.toEqual(await valuesAt({}));
  });

  const stopped = {
    ...learnt,
    encoder: { kind: 'cnn-1d', filters: [3], dense: 6, batch_normalisation: true, dropout: 0.2 },
    modality_dropout: 0.2,
    early_stopping: { patience: 3 },
    class_weights: 'balanced',
    weight_decay: 0.001,
  };
  const sequences = [
    { modality: 'a', shape: [3, 1] },
    { modality: 'b', shape: [2, 2] },
  ];

  it('stops early and keeps the best epoch', async () => {
    const examples = examplesOf(xorExamples(80, [3, 4]), 20);
    const { values, curve, epoch } = await trainNetwork(
      examples,
      sequences,
      2,
      networkConfig(stopped),
      1,
      quiet,
    );
    expect(curve.length).toBeLessThan(25);
    expect(curve.length).toBe(epoch + 3);
    const accuracies = curve.map(({ validationAccuracy }) => validationAccuracy ?? Number.NaN);
    expect(accuracies.indexOf(Math.max(...accuracies))).toBe(epoch - 1);
    const held = {
      inputs: Object.fromEntries(
        Object.entries(examples.inputs).map(([name, source]) => {
          const { columns, data } = source as Matrix;
          return [name, { rows: 20, columns, data: data.slice(60 * columns) }];
        }),
      ),
      labels: Int32Array.from(examples.labels).slice(60),
    };
    expect(accuracy(stopped, sequences, values, held)).toBe(accuracies[epoch - 1]);
  });

  it.each(['adam', 'sgd', 'adamw', 'adadelta'])('ends in the same bits when resumed, by %s', async (name) => {
    const examples = examplesOf(xorExamples(80, [3, 4]), 20);
    const rate = name === 'adadelta' ? {} : { learning_rate: 0.02 };
    const config = networkConfig({ ...stopped, optimiser: { name, ...rate } });
    const train = (host: typeof quiet, seed = 1) => trainNetwork(examples, sequences, 2, config, seed, host);
    const whole = await train(quiet);
    const updates = 3 * whole.curve.length;
    // The first update, the end of the best epoch and what comes after, and the very last.
    for (const update of [1, 3 * whole.epoch, 3 * whole.epoch + 2, updates]) {
      const killed = killedAfter(update);
      await expect(train(killed)).rejects.toThrow('killed');
      expect(await train(resumedFrom(killed.saved()))).toEqual(whole);
    }
    expect((await train(quiet, 2)).values).not.toEqual(whole.values);
  });

  it('ends in the same bits when resumed, with modalities in balance', async () => {
    const examples = examplesOf(xorExamples(80, [3, 4]));
    const config = networkConfig({
      ...learnt,
      head: {},
      epochs: 2,
      learning_speed: { a: 0.5 },
      gradient_modulation: { alpha: 0.5, noise: true },
      auxiliary_losses: { a: 0.2, b: 1 },
    });
    const train = (host: typeof quiet) => trainNetwork(examples, vectors, 2, config, 1, host);
    const whole = await train(quiet);
    for (const update of [1, 5, 8]) {
      const killed = killedAfter(update);
      await expect(train(killed)).rejects.toThrow('killed');
      expect(await train(resumedFrom(killed.saved()))).toEqual(whole);
    }
  });

  it('refuses early stopping without held-out examples, and minibatches that cannot be filled', async () => {
    const data = examplesOf(xorExamples(8, [3, 4]));
    const train = (section: object) => trainNetwork(data, sequences, 2, networkConfig(section), 1, quiet);
    await expect(train({ early_stopping: {} })).rejects.toThrow('without validation rows');
    await expect(train({ batch: 9 })).rejects.toThrow('8 training examples do not fill one minibatch of 9');
  });

  it('says which learning rate to make smaller when it diverges', async () => {
    const config = networkConfig({ optimiser: { name: 'sgd', learning_rate: 1e30 }, batch: 8, epochs: 9 });
    await expect(
      trainNetwork(examplesOf(xorExamples(80, [3, 4])), vectors, 2, config, 1, quiet),
    ).rejects.toMatchObject({
      code: 'training/diverged',
      hint: 'try a smaller models.fusion-network.optimiser.learning_rate (it is 1e+30)',
    });
  });
});
