import * as tf from '@tensorflow/tfjs-core';
import { type NoiseKey, uniforms } from './noise.js';
import { affine, bernoulli } from './operations.js';
import type { Engine, EngineName } from './types.js';

/** GFLOP/s below which `auto` passes an engine over: it is then broken or not what its name says. */
const slowest: Readonly<Record<EngineName, number>> = {
  cuda: 20,
  'tfjs-node-gpu': 20,
  webgpu: 20,
  'tfjs-node': 2,
  ort: 2,
  wasm: 0.5,
  cpu: 0,
};

export interface ProbeResult {
  /** What it computes wrongly. */
  readonly fault?: string;
  /** That it is slower than its kind can be. */
  readonly slow?: string;
}

/**
 * A check of some milliseconds that the engine computes what plain JavaScript computes (small products with
 * every combination of transposes, bias, sigmoid, Bernoulli draws to the bit) and how fast.
 */
export function probe(engine: Engine): ProbeResult {
  const { tolerance = 1e-5 } = engine;
  try {
    const fault = tf.tidy(() => productFault(tolerance) ?? affineFault(tolerance) ?? bernoulliFault());
    if (fault !== undefined) return { fault };
  } catch (error) {
    return { fault: `a probe failed (${error instanceof Error ? error.message : String(error)})` };
  }
  const limit = slowest[engine.name];
  if (limit === 0) return {};
  const speed = productSpeed(128, 512, 512, 3);
  return speed >= limit ? {} : { slow: `products run at ${speed.toFixed(2)} GFLOP/s, which is too slow` };
}

/** GFLOP/s of an m x k by k x n product, best of `repeats` after one to warm up. */
export function productSpeed(m: number, k: number, n: number, repeats: number): number {
  return tf.tidy(() => {
    const a = tf.fill([m, k], 0.5) as tf.Tensor2D;
    const b = tf.fill([k, n], 0.25) as tf.Tensor2D;
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i <= repeats; i++) {
      const start = performance.now();
      const product = tf.matMul(a, b);
      tf.slice(product, [0, 0], [1, 1]).dataSync();
      if (i > 0) best = Math.min(best, performance.now() - start);
      product.dispose();
    }
    return (2 * m * k * n) / best / 1e6;
  });
}

const key = (step: number): NoiseKey => ({ seed: 1, purpose: 'engine/probe', step });
const [m, k, n] = [5, 7, 9];

interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

function random(rows: number, columns: number, step: number): Matrix {
  return { rows, columns, values: uniforms(key(step), rows * columns).map((u) => 2 * u - 1) };
}

const tensor = (matrix: Matrix): tf.Tensor2D => tf.tensor2d(matrix.values, [matrix.rows, matrix.columns]);

/** Entry (i, j) of a b with a [m, k] and b [k, n], each given possibly transposed. */
function entry(a: Matrix, b: Matrix, transposeA: boolean, transposeB: boolean, i: number, j: number): number {
  let sum = 0;
  for (let p = 0; p < k; p++) {
    const x = a.values[transposeA ? p * m + i : i * k + p] ?? Number.NaN;
    const y = b.values[transposeB ? j * k + p : p * n + j] ?? Number.NaN;
    sum += x * y;
  }
  return sum;
}

function differs(actual: tf.Tensor, tolerance: number, expected: (i: number, j: number) => number): boolean {
  return actual.dataSync().some((x, at) => !(Math.abs(x - expected(Math.floor(at / n), at % n)) < tolerance));
}

function productFault(tolerance: number): string | undefined {
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      const a = transposeA ? random(k, m, 1) : random(m, k, 1);
      const b = transposeB ? random(n, k, 2) : random(k, n, 2);
      const product = tf.matMul(tensor(a), tensor(b), transposeA, transposeB);
      if (differs(product, tolerance, (i, j) => entry(a, b, transposeA, transposeB, i, j))) {
        return `matrix products are wrong (transposes: ${transposeA}, ${transposeB})`;
      }
    }
  }
  return undefined;
}

function affineFault(tolerance: number): string | undefined {
  const a = random(m, k, 3);
  const b = random(k, n, 4);
  const bias = random(1, n, 5);
  const y = affine(tensor(a), tensor(b), tf.tensor1d(bias.values), 'sigmoid');
  const expected = (i: number, j: number): number =>
    1 / (1 + Math.exp(-(entry(a, b, false, false, i, j) + (bias.values[j] ?? 0))));
  return differs(y, tolerance, expected) ? 'products with bias and sigmoid are wrong' : undefined;
}

function bernoulliFault(): string | undefined {
  const p = uniforms(key(6), 103);
  const u = uniforms(key(7), 103);
  const draws = bernoulli(tf.tensor1d(p), key(7)).dataSync();
  return draws.some((x, i) => x !== ((u[i] ?? 1) < (p[i] ?? 0) ? 1 : 0))
    ? 'Bernoulli draws are wrong'
    : undefined;
}
