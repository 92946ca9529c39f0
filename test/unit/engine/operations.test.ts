import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type NoiseKey, uniforms } from '../../../src/engine/noise.js';
import {
  adamUpdate,
  affine,
  bernoulli,
  columnSum,
  columnSumDifference,
  contrastiveProduct,
  momentumUpdate,
  reluBackward,
  scaledDifference,
  sigmoidBackward,
  squaredError,
} from '../../../src/engine/operations.js';
import { describeEachEngine } from './each-engine.js';
import { expectClose, Matrix, sigmoid } from './reference.js';

const key: NoiseKey = { seed: 3, purpose: 'test/bernoulli', step: 12 };
const variable = (matrix: Matrix): tf.Variable<tf.Rank.R2> =>
  tf.tidy(() => tf.variable(matrix.tensor())) as tf.Variable<tf.Rank.R2>;

describeEachEngine('elementwise operations', () => {
  test.each([1, 2, 3, 4, 5, 7, 150, 1001, 300_001])(
    'bernoulli draws of %i entries are 1 where uniforms(key) < p',
    (n) => {
      tf.tidy(() => {
        const p = uniforms({ ...key, purpose: 'test/p' }, n);
        const u = uniforms(key, n);
        const draws = bernoulli(tf.tensor1d(p), key);
        expect(draws.dtype).toBe('float32');
        expect(Array.from(draws.dataSync())).toEqual(Array.from(p, (x, i) => ((u[i] ?? 1) < x ? 1 : 0)));
      });
    },
  );

  // Engines that draw in parallel jump ahead in the generator; these sizes need every way they have to do so.
  test.each([4095, 4161, 300_007, 1_200_001])('bernoulli draws of %i entries are the same bits', (n) => {
    tf.tidy(() => {
      const u = uniforms(key, n);
      const draws = bernoulli(tf.fill([n], 0.3), key).dataSync();
      const wrong = draws.findIndex((x, i) => x !== ((u[i] ?? 1) < Math.fround(0.3) ? 1 : 0));
      expect(wrong).toBe(-1);
    });
  });

  test.each([
    [1200, 3],
    [3, 20_000],
    [3000, 9],
  ])('sums of many numbers, [%i, %i]', (rows, columns) => {
    tf.tidy(() => {
      const a = Matrix.gaussian(rows, columns, 1);
      const b = Matrix.gaussian(rows, columns, 2);
      expectClose(
        columnSum(a.tensor(), 0.5),
        a.columnSums().map((x) => 0.5 * x),
        1e-4,
      );
      const difference = a.zip(b, (p, q) => p - q);
      expectClose(
        columnSumDifference(a.tensor(), b.tensor(), 2),
        difference.columnSums().map((x) => 2 * x),
        1e-4,
      );
      expectClose(tf.sum(a.tensor(), 1) as tf.Tensor1D, a.transpose().columnSums(), 1e-4);
      const total = difference.values.reduce((sum, x) => sum + x * x, 0);
      expect((squaredError(a.tensor(), b.tensor()).dataSync()[0] ?? 0) / total).toBeCloseTo(1, 4);
      expect(tf.max(a.tensor()).dataSync()[0]).toBe(Math.fround(a.values.reduce((x, y) => Math.max(x, y))));
    });
  });

  test.each([0, 1, 3, 16, 37, 100_003])(
    'reluBackward of %i entries is upstream · sign(y), to the bit',
    (n) => {
      tf.tidy(() => {
        const upstream = tf.reshape(Matrix.gaussian(1, n, 1).tensor(), [n]);
        const y = tf.relu(tf.reshape(Matrix.gaussian(1, n, 2).tensor(), [n]));
        const bits = (x: tf.Tensor) => new Int32Array(x.dataSync().slice().buffer);
        expect(bits(reluBackward(upstream, y))).toEqual(bits(tf.mul(upstream, tf.sign(y))));
      });
    },
  );

  test('bernoulli keeps the shape, and 0, 1 and NaN are certain', () => {
    tf.tidy(() => {
      const p = tf.tensor2d([0, 1, 0, 1, Number.NaN, 1], [2, 3]);
      const draws = bernoulli(p, key);
      expect(draws.shape).toEqual([2, 3]);
      expect(Array.from(draws.dataSync())).toEqual([0, 1, 0, 1, 0, 1]);
      expect(bernoulli(tf.zeros([0, 4]), key).shape).toEqual([0, 4]);
    });
  });

  test.each([
    [3, 5],
    [8, 16],
    [1, 1],
    [0, 4],
  ])('differences, sums and sigmoidBackward of [%i, %i]', (rows, columns) => {
    tf.tidy(() => {
      const a = Matrix.gaussian(rows, columns, 1);
      const b = Matrix.gaussian(rows, columns, 2);
      const y = a.map(sigmoid);
      expectClose(
        scaledDifference(a.tensor(), b.tensor(), 0.3),
        a.zip(b, (p, q) => 0.3 * (p - q)),
        1e-6,
      );
      expectClose(
        sigmoidBackward(b.tensor(), y.tensor()),
        b.zip(y, (d, s) => d * s * (1 - s)),
        1e-6,
      );
      expectClose(
        columnSum(a.tensor(), 0.2),
        a.columnSums().map((x) => 0.2 * x),
        1e-6,
      );
      expectClose(columnSum(a.tensor()), a.columnSums(), 1e-6);
      const difference = a.zip(b, (p, q) => p - q).columnSums();
      expectClose(
        columnSumDifference(a.tensor(), b.tensor(), -0.5),
        difference.map((x) => -0.5 * x),
        1e-6,
      );
      const total = a.zip(b, (p, q) => (p - q) ** 2).values.reduce((sum, x) => sum + x, 0);
      const error = squaredError(a.tensor(), b.tensor());
      expect(error.shape).toEqual([]);
      expect(error.dataSync()[0]).toBeCloseTo(total, 3);
    });
  });

  test('shapes that do not fit are refused by name', () => {
    tf.tidy(() => {
      const [a, b] = [tf.zeros([2, 3]) as tf.Tensor2D, tf.zeros([3, 2]) as tf.Tensor2D];
      expect(() => sigmoidBackward(a, b)).toThrow('sigmoidBackward: shapes [2,3] and [3,2] differ');
      expect(() => columnSumDifference(a, b)).toThrow('columnSumDifference');
      expect(() => affine(a, a)).toThrow('affine: x [2,3] does not fit w [2,3]');
      expect(() => affine(a, b, tf.tensor1d([0, 0, 0]))).toThrow('affine: bias [3] is neither [2] nor [2,2]');
      expect(() => contrastiveProduct(a, b, a, b)).toThrow('contrastiveProduct: 2 rows against 3 rows');
    });
  });
});

describeEachEngine('updates', () => {
  test.each([
    [3, 5],
    [4, 8],
  ])('momentum with weight decay over steps, [%i, %i]', (rows, columns) => {
    let w = Matrix.gaussian(rows, columns, 1);
    let v = new Matrix(rows, columns);
    const [weights, velocity] = [variable(w), variable(v)];
    const options = { momentum: 0.9, rate: 0.1, scale: 1 / 7, decay: 0.02 };
    for (let step = 0; step < 5; step++) {
      const g = Matrix.gaussian(rows, columns, 10 + step);
      const push = g.zip(w, (gradient, weight) => 0.1 * (gradient / 7 - 0.02 * weight));
      v = v.zip(push, (old, added) => 0.9 * old + added);
      w = w.zip(v, (old, moved) => old + moved);
      tf.tidy(() => momentumUpdate(weights, velocity, g.tensor(), options));
    }
    expectClose(velocity, v, 1e-6);
    expectClose(weights, w, 1e-6);
  });

  test('a negative scale descends, without decay by default', () => {
    const weights = variable(new Matrix(1, 2, Float64Array.of(1, 2)));
    const velocity = variable(new Matrix(1, 2));
    tf.tidy(() =>
      momentumUpdate(weights, velocity, tf.tensor2d([[1, -1]]), { momentum: 0.5, rate: 0.25, scale: -1 }),
    );
    expect(Array.from(weights.dataSync())).toEqual([0.75, 2.25]);
  });

  // torch 2.13, torch.optim.Adam(lr=0.1, betas=(0.8, 0.9), eps=0.05) in float64 from w = [1, -2, 0.5, 3, -1] with
  // the gradients [k, -0.5 k, 0.01, 0, 2] at k = 1, 2, 3; the large epsilon tells its placements apart.
  test('Adam agrees with torch.optim.Adam', () => {
    const row = (values: readonly number[]): Matrix =>
      new Matrix(1, values.length, Float64Array.from(values));
    const weights = variable(row([1, -2, 0.5, 3, -1]));
    const [first, second] = [variable(new Matrix(1, 5)), variable(new Matrix(1, 5))];
    for (let k = 1; k <= 3; k++) {
      const gradient = row([k, -0.5 * k, 0.01, 0, 2]);
      tf.tidy(() =>
        adamUpdate(weights, first, second, gradient.tensor(), {
          rate: 0.1,
          step: k,
          beta1: 0.8,
          beta2: 0.9,
          epsilon: 0.05,
        }),
      );
    }
    expectClose(
      weights,
      row([0.7164035687937127, -1.7255168895870283, 0.45, 3.0, -1.2926829268292686]),
      1e-6,
    );
  });

  test('do not reach the tensors that shared data with the variable', () => {
    const initial = tf.tensor2d([[1, 2, 3]]);
    const weights = tf.variable(initial) as tf.Variable<tf.Rank.R2>;
    const velocity = variable(new Matrix(1, 3));
    const step = (): void =>
      tf.tidy(() => momentumUpdate(weights, velocity, tf.ones([1, 3]), { momentum: 0, rate: 1 }));
    step();
    const snapshot = tf.clone(weights);
    const view = tf.reshape(weights, [3]);
    step();
    expect(Array.from(initial.dataSync())).toEqual([1, 2, 3]);
    expect(Array.from(snapshot.dataSync())).toEqual([2, 3, 4]);
    expect(Array.from(view.dataSync())).toEqual([2, 3, 4]);
    expect(Array.from(weights.dataSync())).toEqual([3, 4, 5]);
    tf.dispose([initial, snapshot, view]);
  });

  test('are seen by every later product', () => {
    const weights = variable(Matrix.gaussian(6, 8, 1));
    const velocity = variable(new Matrix(6, 8));
    const x = Matrix.gaussian(4, 6, 2);
    const batched = (): number =>
      tf.tidy(
        () =>
          tf.sum(tf.relu(tf.fused.matMul({ a: x.tensor(), b: weights, activation: 'relu' }))).dataSync()[0] ??
          0,
      );
    for (let step = 0; step < 3; step++) {
      tf.tidy(() => {
        momentumUpdate(weights, velocity, tf.ones([6, 8]), { momentum: 0, rate: 0.5 });
        const now = new Matrix(6, 8, Float64Array.from(weights.dataSync()));
        const product = x.times(now);
        expectClose(affine(x.tensor(), weights), product);
        // The rectifier is no product of ours: tfjs's kernel, with its cache of packed weights, computes it.
        const rectified = product.values.reduce((sum, value) => sum + Math.max(0, value), 0);
        expect(batched()).toBeCloseTo(rectified, 3);
      });
    }
  });
});

describeEachEngine('products', (engine) => {
  const shapes = [
    [1, 1, 1],
    [5, 7, 9],
    [4, 8, 8],
    [67, 259, 17],
    [3, 300, 521],
    [2, 2100, 70],
    [150, 310, 20],
  ] as const;
  /** Rounding errors of a float32 sum of k terms grow with its square root. */
  const rounding = (k: number): number => 2e-5 * Math.max(1, Math.sqrt(k / 300));

  test.each(shapes)('tf.matMul [%i, %i, %i] with every transpose', (m, k, n) => {
    const a = Matrix.gaussian(m, k, 1);
    const b = Matrix.gaussian(k, n, 2);
    const expected = a.times(b);
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        tf.tidy(() => {
          const x = (transposeA ? a.transpose() : a).tensor();
          const y = (transposeB ? b.transpose() : b).tensor();
          expectClose(tf.matMul(x, y, transposeA, transposeB), expected, rounding(k));
        });
      }
    }
  });

  test('a product of many windows and few filters has the bits of its transpose', () => {
    const [windows, deltas] = [Matrix.gaussian(700, 150, 1), Matrix.gaussian(700, 20, 2)];
    tf.tidy(() => {
      const gradient = tf.matMul(windows.tensor(), deltas.tensor(), true, false);
      const transposed = tf.matMul(deltas.tensor(), windows.tensor(), true, false);
      expectClose(gradient, windows.transpose().times(deltas), rounding(700));
      if (engine !== 'ort') return;
      expect(Array.from(gradient.dataSync())).toEqual(Array.from(tf.transpose(transposed).dataSync()));
    });
  });

  test.each(shapes)('affine and tf.fused.matMul [%i, %i, %i], every bias and activation', (m, k, n) => {
    const x = Matrix.gaussian(m, k, 3);
    const w = Matrix.gaussian(k, n, 4);
    const row = Matrix.gaussian(1, n, 5);
    const full = Matrix.gaussian(m, n, 6);
    const product = x.times(w);
    const rowSum = product.map((value, i) => value + row.at(0, i % n));
    const fullSum = product.zip(full, (p, q) => p + q);
    for (const transposeW of [false, true]) {
      for (const activation of ['linear', 'sigmoid'] as const) {
        const activate = (matrix: Matrix): Matrix =>
          activation === 'sigmoid' ? matrix.map(sigmoid) : matrix;
        tf.tidy(() => {
          const tx = x.tensor();
          const tw = (transposeW ? w.transpose() : w).tensor();
          expectClose(affine(tx, tw, undefined, activation, transposeW), activate(product), rounding(k));
          expectClose(affine(tx, tw, row.vector(), activation, transposeW), activate(rowSum), rounding(k));
          expectClose(affine(tx, tw, full.tensor(), activation, transposeW), activate(fullSum), rounding(k));
          const fused = { a: tx, b: tw, transposeB: transposeW, bias: row.vector(), activation };
          expectClose(tf.fused.matMul(fused), activate(rowSum), rounding(k));
        });
      }
    }
  });

  test.each([13, 3])('contrastiveProduct is the difference of two products (batch %i)', (batch) => {
    const [v0, v1] = [Matrix.gaussian(batch, 22, 1), Matrix.gaussian(batch, 22, 2)];
    const [h0, h1] = [Matrix.gaussian(batch, 31, 3), Matrix.gaussian(batch, 31, 4)];
    const expected = v0
      .transpose()
      .times(h0)
      .zip(v1.transpose().times(h1), (p, q) => p - q);
    tf.tidy(() => {
      expectClose(contrastiveProduct(v0.tensor(), h0.tensor(), v1.tensor(), h1.tensor()), expected);
    });
  });

  test('batched products and other activations still work', () => {
    const [a, b] = [Matrix.gaussian(4, 6, 1), Matrix.gaussian(6, 5, 2)];
    const product = a.times(b);
    tf.tidy(() => {
      const batch = tf.matMul(
        tf.stack([a.tensor(), a.tensor()]),
        tf.stack([b.tensor(), b.tensor()]),
      ) as tf.Tensor3D;
      expect(batch.shape).toEqual([2, 4, 5]);
      expectClose(tf.unstack(batch)[1] as tf.Tensor2D, product);
      const rectified = tf.fused.matMul({ a: a.tensor(), b: b.tensor(), activation: 'relu' });
      expectClose(
        rectified,
        product.map((value) => Math.max(0, value)),
      );
    });
  });

  // Tiles with and without a rest, narrow ones, and what is too small or too deep for them.
  test.each([
    [19, 6, 21],
    [8, 16, 16],
    [4, 3, 6],
    [3, 6, 21],
    [19, 6, 2],
    [7, 300, 9],
  ])('batched products [%i, %i, %i] with every transpose', (m, k, n) => {
    const pairs = [1, 2, 3, 4].map(
      (seed) => [Matrix.gaussian(m, k, seed), Matrix.gaussian(k, n, -seed)] as const,
    );
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        tf.tidy(() => {
          const tensors = pairs.map(([a, b]) => [
            (transposeA ? a.transpose() : a).tensor(),
            (transposeB ? b.transpose() : b).tensor(),
          ]);
          const stacked = (which: 0 | 1): tf.Tensor => {
            const all = tf.stack(tensors.map((pair) => pair[which] as tf.Tensor));
            return tf.reshape(all, [2, 2, ...all.shape.slice(1)]);
          };
          const found = tf.matMul(stacked(0), stacked(1), transposeA, transposeB);
          expect(found.shape).toEqual([2, 2, m, n]);
          const products = tf.unstack(tf.reshape(found, [4, m, n])) as tf.Tensor2D[];
          pairs.forEach(([a, b], i) => {
            expectClose(products[i] as tf.Tensor2D, a.times(b), rounding(k));
            if (engine !== 'wasm') return;
            const [x, y] = tensors[i] as [tf.Tensor2D, tf.Tensor2D];
            const alone = tf.matMul(x, y, transposeA, transposeB).dataSync();
            expect(Array.from(products[i]?.dataSync() ?? [])).toEqual(Array.from(alone));
          });
        });
      }
    }
  });

  test('empty products have the right shape, and an empty inner dimension gives the bias', () => {
    tf.tidy(() => {
      expect(affine(tf.zeros([0, 3]), tf.zeros([3, 4])).shape).toEqual([0, 4]);
      const y = affine(tf.zeros([2, 0]), tf.zeros([0, 3]), tf.tensor1d([1, 2, 3]));
      expect(Array.from(y.dataSync())).toEqual([1, 2, 3, 1, 2, 3]);
    });
  });

  test('NaN and infinity go through: a diverged run must show', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([
        [Number.NaN, 1],
        [1, 1],
        [Number.POSITIVE_INFINITY, 1],
      ]);
      const w = tf.ones([2, 5]) as tf.Tensor2D;
      const bias = tf.zeros([5]) as tf.Tensor1D;
      const y = affine(x, w, bias, 'sigmoid').dataSync();
      expect(Array.from(y.subarray(0, 5)).every(Number.isNaN)).toBe(true);
      expect(y[5]).toBeCloseTo(sigmoid(2), 5);
      expect(y[10]).toBeCloseTo(1, 5);
      expect(Number.isNaN(contrastiveProduct(x, x, x, x).dataSync()[0])).toBe(true);
    });
  });

  test('sigmoid saturates without overflow', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([[-200], [-80], [-17], [-5], [0], [5], [17], [80], [200]]);
      const y = affine(x, tf.ones([1, 1]), undefined, 'sigmoid').dataSync();
      [-200, -80, -17, -5, 0, 5, 17, 80, 200].forEach((value, i) => {
        expect(Math.abs((y[i] ?? Number.NaN) - sigmoid(value))).toBeLessThan(1e-6);
      });
    });
  });
});

describe('heap growth', () => {
  let engines: typeof import('../../../src/engine/registry.js');
  beforeAll(async () => {
    engines = await import('../../../src/engine/registry.js');
  });

  test.each(['wasm', 'ort'] as const)('%s goes on after the heap has grown', async (name) => {
    await engines.useEngine(name, { threads: 2 });
    const a = Matrix.gaussian(5, 6, 1);
    const b = Matrix.gaussian(6, 7, 2);
    const [x, w] = [a.tensor(), b.tensor()];
    const size = (): number =>
      (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;
    const before = size();
    const held: tf.Tensor[] = [];
    while (size() === before) held.push(tf.zeros([16, 1024, 1024]));
    tf.tidy(() => {
      expectClose(affine(x, w), a.times(b));
      const draws = bernoulli(tf.fill([100], 0.5), key).dataSync();
      expect(Array.from(draws)).toEqual(Array.from(uniforms(key, 100), (u) => (u < 0.5 ? 1 : 0)));
    });
    tf.dispose([...held, x, w]);
  });
});
