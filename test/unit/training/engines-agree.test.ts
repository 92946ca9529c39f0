import { describe, expect, it } from 'vitest';
import {
  experimentSchema,
  type RbmConfig,
  type SettledRbmConfig,
  settledRbm,
} from '../../../src/config/schema.js';
import { mnistHalves } from '../../../src/corpora/mnist-parts.js';
import { useEngine } from '../../../src/engine/registry.js';
import type { EngineName } from '../../../src/engine/types.js';
import type { Matrix } from '../../../src/matrix.js';
import { unrollDbn } from '../../../src/models/unroll.js';
import type { TrainingHost } from '../../../src/training/loop.js';
import { trainAutoencoder } from '../../../src/training/train-autoencoder.js';
import { trainRbm } from '../../../src/training/train-rbm.js';
import { testedEngines } from '../engine/each-engine.js';

const quiet: TrainingHost = {
  checkpoint: { load: () => undefined, offer: () => undefined },
  progress: () => undefined,
};
const section = { hidden: 24, epochs: 2, batch: 50, learning_rate: 0.05 };
const { rbm, autoencoder } = experimentSchema.parse({
  corpus: 'mnist-halves',
  architecture: 'rbm',
  setting: 'fusion',
  rbm: { left: section, right: section, joint: { ...section, hidden: 10 } },
  autoencoder: { epochs: 2, batch: 50, loss: 'cross-entropy' },
});

type Numbers = Readonly<Record<string, Float32Array>>;

/** A bimodal deep autoencoder of real digits, all the way from its RBMs. */
async function trained(engine: EngineName): Promise<Numbers> {
  await useEngine(engine, { threads: 2 });
  const { left, right } = mnistHalves.load({ train: 500, test: 1 }).train.inputs as Record<string, Matrix>;
  if (!left || !right) throw new Error('MNIST halves have a left and a right');
  const config = (name: string): SettledRbmConfig => settledRbm(rbm[name] as RbmConfig);
  const first = {
    left: { ...(await trainRbm(left, config('left'), 'left', 1, quiet)).parameters, sigma: 1 },
    right: { ...(await trainRbm(right, config('right'), 'right', 1, quiet)).parameters, sigma: 1 },
  };
  const branches = ['left', 'right'].map((modality) => ({ modality, visible: 392, hidden: section.hidden }));
  const shape = { inputs: branches, outputs: branches, joint: 10, loss: 'cross-entropy' as const };
  const joint = {
    weights: new Float32Array(2 * section.hidden * 10).fill(0.01),
    visibleBias: new Float32Array(2 * section.hidden),
    hiddenBias: new Float32Array(10),
  };
  const start = unrollDbn(shape, { first, joint, order: branches });
  const { parameters } = await trainAutoencoder({ left, right }, shape, start, autoencoder, 1, quiet);
  return { ...parameters, left: first.left.weights, right: first.right.weights };
}

describe('training from one seed', () => {
  const results = new Map<EngineName, Numbers>();

  it.each(testedEngines)('gives the same bits twice on %s', async (engine) => {
    const [first, second] = [await trained(engine), await trained(engine)];
    expect(second).toEqual(first);
    results.set(engine, first);
  });

  it('agrees on all engines within float tolerance', () => {
    expect(results.size).toBe(testedEngines.length);
    const reference = results.get('cpu') as Numbers;
    for (const [engine, numbers] of results) {
      for (const [name, values] of Object.entries(numbers)) {
        expect(relativeDistance(values, reference[name] as Float32Array), `${engine} ${name}`).toBeLessThan(
          2e-3,
        );
      }
    }
  });
});

/** ‖a − b‖ / ‖b‖. A hidden state that flips on a rounding error moves few of the many weights, and by little. */
function relativeDistance(a: Float32Array, b: Float32Array): number {
  let [difference, size] = [0, 0];
  b.forEach((value, i) => {
    difference += ((a[i] ?? Number.NaN) - value) ** 2;
    size += value ** 2;
  });
  return Math.sqrt(difference / size);
}
