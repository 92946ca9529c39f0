import * as tf from '@tensorflow/tfjs-core';
import { gaussians } from '../../../src/engine/noise.js';
import {
  adamUpdate,
  affine,
  bernoulli,
  columnSum,
  columnSumDifference,
  contrastiveProduct,
  momentumUpdate,
  scaledDifference,
  sigmoidBackward,
} from '../../../src/engine/operations.js';
import { useEngine } from '../../../src/engine/registry.js';
import type { EngineName } from '../../../src/engine/types.js';

/** Products and kernels large enough to be split over threads, and three CD-1 steps: the numbers they give. */
export async function computeWith(engine: EngineName, threads: number): Promise<Float32Array[]> {
  await useEngine(engine, { threads });
  const random = (purpose: string, rows: number, columns: number, sd: number): tf.Tensor2D =>
    tf.tensor2d(gaussians({ seed: 1, purpose, step: 0 }, rows * columns, sd), [rows, columns]);
  const v0 = random('data', 100, 301, 1);
  const weights = tf.variable(random('weights', 301, 703, 0.05)) as tf.Variable<tf.Rank.R2>;
  const velocity = tf.variable(tf.zeros([301, 703]));
  const hiddenBias = tf.zeros([703]) as tf.Tensor1D;
  for (let step = 0; step < 3; step++) {
    tf.tidy(() => {
      const h0 = affine(v0, weights, hiddenBias, 'sigmoid');
      const v1 = affine(
        bernoulli(h0, { seed: 1, purpose: 'hidden', step }),
        weights,
        undefined,
        'linear',
        true,
      );
      const h1 = affine(v1, weights, hiddenBias, 'sigmoid');
      momentumUpdate(weights, velocity, contrastiveProduct(v0, h0, v1, h1), { momentum: 0.5, rate: 0.001 });
    });
  }
  const product = tf.matMul(weights, random('right', 703, 129, 1));
  const second = tf.variable(tf.ones([301, 703]));
  adamUpdate(weights, velocity, second, random('gradient', 301, 703, 0.1), { rate: 0.01, step: 3 });
  const [a, b] = [random('a', 1003, 301, 1), random('b', 1003, 301, 1)] as const;
  // Where results are narrow, ONNX Runtime adds up in an order that depends on what each thread has to compute.
  const shapes = [1, 20, 100, 150].flatMap((m) =>
    [200, 1000].flatMap((k) => [1, 17, 50, 129, 500].map((n) => [m, k, n] as const)),
  );
  const products = shapes.flatMap(([m, k, n]) => [
    tf.matMul(random('a', m, k, 1), random('b', k, n, 1)),
    tf.matMul(random('a', k, m, 1), random('b', k, n, 1), true, false),
    affine(random('a', m, k, 1), random('b', n, k, 0.1), tf.ones([n]) as tf.Tensor1D, 'sigmoid', true),
  ]);
  const results = [
    ...products,
    ...[weights, velocity, second, product, sigmoidBackward(a, b), scaledDifference(a, b, 0.3)],
    ...[columnSum(a, 0.5), columnSumDifference(a, b), tf.matMul(a, b, true, false)],
  ];
  return results.map((tensor) => tensor.dataSync() as Float32Array);
}
