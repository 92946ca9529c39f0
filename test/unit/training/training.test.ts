import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AutoencoderConfig, experimentSchema, settledRbm } from '../../../src/config/schema.js';
import { gaussians, uniforms } from '../../../src/engine/noise.js';
import { concatColumns, type Matrix, type RowSource } from '../../../src/matrix.js';
import { Rbm } from '../../../src/models/rbm.js';
import { randomAutoencoder } from '../../../src/models/unroll.js';
import type { TrainingCurve, TrainingHost } from '../../../src/training/loop.js';
import { scheduleAt } from '../../../src/training/schedule.js';
import { trainAutoencoder } from '../../../src/training/train-autoencoder.js';
import { trainRbm } from '../../../src/training/train-rbm.js';
import { killedAfter, quiet, resumedFrom } from './hosts.js';

const patterns = (rows: number, columns: number): Matrix => {
  const noise = uniforms({ seed: 1, purpose: 'data', step: 0 }, rows * columns);
  // Two patterns with a little noise: something to learn.
  const data = noise.map((u, i) => {
    const kind = Math.floor(i / columns) % 2;
    return Number(i % 2 === kind) * 0.9 + u * 0.1;
  });
  return { rows, columns, data };
};

const defaults = experimentSchema.parse({
  corpus: 'mnist-halves',
  architecture: 'rbm',
  setting: 'fusion',
  rbm: { left: { hidden: 6, epochs: 4, batch: 10, learning_rate: 0.1 } },
  autoencoder: { epochs: 4, batch: 10, loss: 'cross-entropy' },
});
if (!defaults.rbm.left) throw new Error('the experiment has an RBM');
const rbm = settledRbm(defaults.rbm.left);
const autoencoder: AutoencoderConfig = defaults.autoencoder;

/** The same rows, held by no matrix that training could see. */
const madeWhenAskedFor = ({ rows, columns, data }: Matrix): RowSource => ({
  rows,
  columns,
  copyRow(row, out, at) {
    for (let column = 0; column < columns; column++) out[at + column] = data[row * columns + column] ?? 0;
  },
});

beforeAll(async () => {
  await tf.setBackend('cpu');
});

it('the schedule is the decayed rate and the momentum of its epoch', () => {
  const schedule = {
    learningRate: 0.1,
    learningRateDecay: 0.5,
    momentum: { initial: 0.5, final: 0.9, switchEpoch: 2 },
  };
  expect(scheduleAt(schedule, 0)).toEqual({ learningRate: 0.1, momentum: 0.5 });
  expect(scheduleAt(schedule, 2)).toEqual({ learningRate: 0.05, momentum: 0.9 });
});

describe('training', () => {
  it('an RBM lowers its reconstruction error, and ends in the same bits when resumed', async () => {
    const data = patterns(50, 8);
    const before = tf.memory().numTensors;
    const { shape, parameters, curve } = await trainRbm(data, rbm, 'left', 1, quiet);
    expect(curve.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    expect(curve.at(-1)?.reconstruction).toBeLessThan(curve[0]?.reconstruction ?? 0);
    for (const update of [1, 7, 15]) {
      const killed = killedAfter(update);
      await expect(trainRbm(data, rbm, 'left', 1, killed)).rejects.toThrow('killed');
      expect(await trainRbm(data, rbm, 'left', 1, resumedFrom(killed.saved()))).toEqual({
        shape,
        parameters,
        curve,
      });
    }
    expect(await trainRbm(data, rbm, 'left', 2, quiet)).not.toEqual({ shape, parameters, curve });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('tells of every epoch while it goes on, and when it goes on from a checkpoint of those before it', async () => {
    const data = patterns(50, 8);
    const told = (): TrainingHost & { epochs: TrainingCurve[number][] } => {
      const epochs: TrainingCurve[number][] = [];
      return { ...quiet, epochs, progress: (progress) => epochs.push(...(progress.epochs ?? [])) };
    };
    const whole = told();
    const { curve } = await trainRbm(data, rbm, 'left', 1, whole);
    expect(curve).toHaveLength(4);
    expect(whole.epochs).toEqual(curve);
    const killed = killedAfter(13);
    await expect(trainRbm(data, rbm, 'left', 1, killed)).rejects.toThrow('killed');
    const rest = told();
    await trainRbm(data, rbm, 'left', 1, { ...rest, checkpoint: resumedFrom(killed.saved()).checkpoint });
    expect(rest.epochs).toEqual(curve);
  });

  it('an RBM ends in the same bits on rows that are made when asked for', async () => {
    const data = patterns(50, 8);
    expect(await trainRbm(madeWhenAskedFor(data), rbm, 'left', 1, quiet)).toEqual(
      await trainRbm(data, rbm, 'left', 1, quiet),
    );
  });

  it('an RBM above others ends in the same bits whether their posteriors are stored or made', async () => {
    const sources = [patterns(50, 8), madeWhenAskedFor(patterns(50, 6))] as const;
    const layers = await Promise.all(
      sources.map(async (source, i) => {
        const { shape, parameters } = await trainRbm(source, rbm, `layer${i}`, 1, quiet);
        return new Rbm(shape, parameters);
      }),
    );
    const posteriors = (inputs: readonly tf.Tensor2D[]): tf.Tensor2D[] =>
      inputs.map((input, i) => (layers[i] as Rbm).posterior(input));
    const before = tf.memory().numTensors;
    const made = await trainRbm(
      { sources, columns: 12, through: (inputs) => tf.concat(posteriors(inputs), 1) },
      rbm,
      'joint',
      1,
      quiet,
    );
    expect(tf.memory().numTensors).toBe(before);
    const stored = tf.tidy(() =>
      posteriors([
        tf.tensor2d(patterns(50, 8).data, [50, 8]),
        tf.tensor2d(patterns(50, 6).data, [50, 6]),
      ]).map((tensor) => ({ rows: 50, columns: 6, data: tensor.dataSync().slice() as Float32Array })),
    );
    expect(made).toEqual(await trainRbm(concatColumns(stored), rbm, 'joint', 1, quiet));
    for (const layer of layers) layer.dispose();
  });

  it('many hidden units on Gaussian inputs need the sparse start', async () => {
    const config = {
      ...rbm,
      visible: 'gaussian' as const,
      hidden: 300,
      sigma: 0.5,
      // ε H a² / s² is 15 at a half active, 0.15 at rho = 0.05.
      learning_rate: 0.05,
      epochs: 3,
    };
    const white: Matrix = {
      rows: 200,
      columns: 8,
      data: gaussians({ seed: 1, purpose: 'data', step: 0 }, 200 * 8),
    };
    await expect(trainRbm(white, config, 'left', 1, quiet)).rejects.toMatchObject({
      code: 'training/diverged',
    });
    const { curve } = await trainRbm(white, { ...config, sparse_start: true }, 'left', 1, quiet);
    expect(curve.at(-1)?.reconstruction).toBeLessThan(0.7 * (curve[0]?.reconstruction ?? 0));
    expect(Math.abs((curve.at(-1)?.activation ?? 1) - rbm.sparsity.target)).toBeLessThan(0.02);
  });

  it.each(['adam', 'momentum'] as const)(
    'an autoencoder lowers its loss with %s, and resumes',
    async (name) => {
      const data = { left: patterns(50, 8), right: patterns(50, 6) };
      const branches = [
        { modality: 'left', visible: 8, hidden: 5 },
        { modality: 'right', visible: 6, hidden: 4 },
      ];
      const shape = { inputs: branches, outputs: branches, joint: 3, loss: 'cross-entropy' as const };
      const optimiser = { name, learning_rate: 0.02, momentum: 0.5 };
      const config = { ...autoencoder, optimiser, corruption: 0.2, loss_weights: { left: 2 } };
      const start = randomAutoencoder(shape, 1);
      const { parameters, curve } = await trainAutoencoder(data, shape, start, config, 1, quiet);
      expect(curve.at(-1)?.loss).toBeLessThan(curve[0]?.loss ?? 0);
      const killed = killedAfter(9);
      await expect(trainAutoencoder(data, shape, start, config, 1, killed)).rejects.toThrow('killed');
      const resumed = await trainAutoencoder(data, shape, start, config, 1, resumedFrom(killed.saved()));
      expect(resumed).toEqual({ parameters, curve });
    },
  );

  it('an autoencoder sees inputs of which a share is zero, and is asked for the whole', async () => {
    const ones: Matrix = { rows: 1000, columns: 50, data: new Float32Array(50_000).fill(1) };
    const branch = { modality: 'left', visible: 50, hidden: 4 };
    const shape = { inputs: [branch], outputs: [branch], joint: 3, loss: 'squared-error' as const };
    const start = randomAutoencoder(shape, 1);
    const once = { ...autoencoder, loss: 'squared-error' as const, epochs: 1, batch: 1000 };
    const trained = (corruption: number, seed = 1) =>
      trainAutoencoder({ left: ones }, shape, start, { ...once, corruption }, seed, quiet);
    const [whole, half, again, other] = [
      await trained(0),
      await trained(0.5),
      await trained(0.5),
      await trained(0.5, 2),
    ];
    expect(half).toEqual(again);
    expect(half.parameters).not.toEqual(whole.parameters);
    expect(half.parameters).not.toEqual(other.parameters);
    // Nothing reaches the first layer where all is masked: its weights stay.
    const nearlyAll = await trained(1 - 1e-12);
    expect(nearlyAll.parameters['encoder.left.weights']).toEqual(start['encoder.left.weights']);
    expect(nearlyAll.parameters['decoder.left.bias']).not.toEqual(start['decoder.left.bias']);
  });

  it('stops with a clear sentence when it diverges', async () => {
    const config = { ...rbm, visible: 'gaussian' as const, learning_rate: 1e6 };
    const before = tf.memory().numTensors;
    await expect(trainRbm(patterns(50, 8), config, 'left', 1, quiet)).rejects.toMatchObject({
      code: 'training/diverged',
      message: expect.stringMatching(/^rbm left diverged in epoch 1, minibatch \d+: its [a-z ]+ is /),
      hint: 'try rbm.left.sparse_start: true, or a smaller rbm.left.learning_rate (it is 1000000)',
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
