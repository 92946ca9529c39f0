import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AutoencoderConfig, experimentSchema, type RbmConfig } from '../../../src/config/schema.js';
import { uniforms } from '../../../src/engine/noise.js';
import type { Matrix } from '../../../src/matrix.js';
import { randomAutoencoder } from '../../../src/models/unroll.js';
import type { Snapshot, TrainingHost } from '../../../src/training/loop.js';
import { Minibatches } from '../../../src/training/minibatches.js';
import { scheduleAt } from '../../../src/training/schedule.js';
import { trainAutoencoder } from '../../../src/training/train-autoencoder.js';
import { trainRbm } from '../../../src/training/train-rbm.js';

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
const rbm = defaults.rbm.left as RbmConfig;
const autoencoder: AutoencoderConfig = defaults.autoencoder;

const quiet: TrainingHost = {
  checkpoint: { load: () => undefined, offer: () => undefined },
  progress: () => undefined,
};

/** Takes a snapshot at one update and stops there, as a killed process would. */
function killedAfter(update: number): TrainingHost & { saved: () => Snapshot } {
  let seen = 0;
  let saved: Snapshot | undefined;
  return {
    checkpoint: {
      load: () => undefined,
      offer: (take) => {
        seen++;
        if (seen < update) return;
        saved = structuredClone(take());
        throw new Error('killed');
      },
    },
    progress: () => undefined,
    saved: () => saved as Snapshot,
  };
}

const resumedFrom = (snapshot: Snapshot): TrainingHost => ({
  ...quiet,
  checkpoint: { load: () => snapshot, offer: () => undefined },
});

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('minibatches', () => {
  const data: Matrix = { rows: 7, columns: 2, data: Float32Array.from({ length: 14 }, (_, i) => i) };

  it('show every row at most once an epoch, in another order each epoch', () => {
    const batches = new Minibatches([data], 2, { seed: 1, purpose: 'x' });
    expect(batches.perEpoch).toBe(3);
    const orderOf = (epoch: number): number[] =>
      Array.from({ length: 3 }, (_, index) =>
        batches.at(epoch, index).flatMap((tensor) => {
          const rows = tensor.arraySync().map(([first]) => (first ?? 0) / 2);
          tensor.dispose();
          return rows;
        }),
      ).flat();
    const [first, second] = [orderOf(0), orderOf(1)];
    expect(new Set(first).size).toBe(6);
    expect(second).not.toEqual(first);
    expect(orderOf(0)).toEqual(first);
  });

  it('keep the rows of several sources together and hide what they are told to', () => {
    const twice = { ...data, data: data.data.map((x) => 2 * x) };
    const batches = new Minibatches([data, twice], 3, { seed: 1, purpose: 'x' });
    const [a, b] = batches.at(0, 0, (source, position) => source === 1 && position === 0);
    const [x, y] = [a?.arraySync() ?? [], b?.arraySync() ?? []];
    tf.dispose([a, b] as tf.Tensor[]);
    expect(y[0]).toEqual([0, 0]);
    expect(y.slice(1)).toEqual(x.slice(1).map((row) => row.map((value) => 2 * value)));
  });

  it('say when one cannot be filled', () => {
    expect(() => new Minibatches([data], 8, { seed: 1, purpose: 'rbm/left' })).toThrow(
      'rbm/left: 7 training examples do not fill one minibatch of 8',
    );
  });
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

  it.each(['adam', 'momentum'] as const)(
    'an autoencoder lowers its loss with %s, and resumes',
    async (name) => {
      const data = { left: patterns(50, 8), right: patterns(50, 6) };
      const branches = [
        { modality: 'left', visible: 8, hidden: 5 },
        { modality: 'right', visible: 6, hidden: 4 },
      ];
      const shape = { inputs: branches, outputs: branches, joint: 3, loss: 'cross-entropy' as const };
      const config = { ...autoencoder, optimiser: { name, learning_rate: 0.02, momentum: 0.5 } };
      const start = randomAutoencoder(shape, 1);
      const { parameters, curve } = await trainAutoencoder(data, shape, start, config, 1, quiet);
      expect(curve.at(-1)?.loss).toBeLessThan(curve[0]?.loss ?? 0);
      const killed = killedAfter(9);
      await expect(trainAutoencoder(data, shape, start, config, 1, killed)).rejects.toThrow('killed');
      const resumed = await trainAutoencoder(data, shape, start, config, 1, resumedFrom(killed.saved()));
      expect(resumed).toEqual({ parameters, curve });
    },
  );

  it('stops with a clear sentence when it diverges', async () => {
    const config = { ...rbm, visible: 'gaussian' as const, learning_rate: 1e6 };
    const before = tf.memory().numTensors;
    await expect(trainRbm(patterns(50, 8), config, 'left', 1, quiet)).rejects.toMatchObject({
      code: 'training/diverged',
      message: expect.stringMatching(/^rbm left diverged in epoch 1, minibatch \d+: its [a-z ]+ is /),
      hint: 'try a smaller rbm.left.learning_rate (it is 1000000)',
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
