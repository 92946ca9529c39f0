import * as tf from '@tensorflow/tfjs-core';
import { gaussians } from '../engine/noise.js';
import { MmxError } from '../errors.js';
import { orthonormaliseRows, productTransposed, symmetricEigen, transpose } from '../linear-algebra/index.js';
import type { MatrixSource } from '../matrix.js';

/** The k directions of largest variance. */
export interface PrincipalComponents {
  readonly mean: Float64Array;
  /** k × d, orthonormal rows. */
  readonly vectors: Float64Array;
  /** Variances along them (divisor n − 1), descending. */
  readonly values: Float64Array;
  /** Variance summed over all d dimensions. */
  readonly total: number;
}

/** Rows read and multiplied at once. */
const blockRows = 1024;
const maxRounds = 24;
/** Residual ‖C v − λ v‖ of every direction, relative to the smallest variance kept, that ends the iteration. */
const residualGoal = 1e-3;

/**
 * Principal components by randomised subspace iteration (Halko, Martinsson and Tropp 2011, algorithm 4.4, with
 * oversampling): the d × d covariance C is only ever applied to 2k vectors, C Q = Xᵀ(X Q) / (n − 1), block by block on
 * the engine. Each round ends in a Rayleigh-Ritz step in double precision, so variances are those of the data along
 * the directions, exactly uncorrelated, however far the iteration came. Every round reads the rows once.
 *
 * @param rows n × d
 * @param k directions wanted
 * @throws MmxError `frontend/whitening` when there are fewer than two rows, or numbers that are not finite
 */
export function principalSubspace(rows: MatrixSource, k: number): PrincipalComponents {
  const n = rows.rows;
  const d = rows.columns;
  if (n < 2) {
    throw new MmxError('frontend/whitening', `a covariance needs at least 2 frames, and there are ${n}`);
  }
  const { mean, total } = moments(rows);
  const c = Math.min(d, n, Math.max(2 * k, k + 16));
  const start = gaussians({ seed: 0, purpose: 'principal-subspace/start', step: 0 }, c * d);
  let basis = orthonormaliseRows(applyCovariance(rows, mean, Float64Array.from(start), c), c, d);
  for (let round = 1; ; round++) {
    const image = applyCovariance(rows, mean, basis, c);
    const { values, vectors } = symmetricEigen(productTransposed(basis, image, c, c, d), c);
    const directions = combine(vectors, basis, c, d);
    const images = combine(vectors, image, c, d);
    if (round === maxRounds || residual(directions, images, values, k, d) <= residualGoal) {
      return { mean, vectors: directions.slice(0, k * d), values: values.slice(0, k), total };
    }
    basis = orthonormaliseRows(images, c, d);
  }
}

/** Means of the columns, and the sum of their variances. */
function moments(rows: MatrixSource): { readonly mean: Float64Array; readonly total: number } {
  const n = rows.rows;
  const d = rows.columns;
  const sums = new Float64Array(d);
  for (const { data } of blocks(rows)) {
    for (let i = 0; i < data.length; ) {
      for (let j = 0; j < d; j++, i++) sums[j] = (sums[j] as number) + (data[i] as number);
    }
  }
  const mean = sums.map((sum) => sum / n);
  let squares = 0;
  for (const { data } of blocks(rows)) {
    for (let i = 0; i < data.length; ) {
      for (let j = 0; j < d; j++, i++) squares += ((data[i] as number) - (mean[j] as number)) ** 2;
    }
  }
  // Would never come out of the orthonormalisation.
  if (!Number.isFinite(squares)) {
    throw new MmxError('frontend/whitening', 'the frames to whiten are not all finite numbers');
  }
  return { mean, total: squares / (n - 1) };
}

/** Q C for Q (c × d): products in single precision within a block, sums over blocks in double. */
function applyCovariance(rows: MatrixSource, mean: Float64Array, q: Float64Array, c: number): Float64Array {
  const d = rows.columns;
  const sum = new Float64Array(c * d);
  const basis = tf.tensor2d(Float32Array.from(q), [c, d]);
  const shift = tf.tensor1d(Float32Array.from(mean));
  for (const { rows: height, data } of blocks(rows)) {
    const product = tf.tidy(() => {
      const centred = tf.sub(tf.tensor2d(data, [height, d]), shift) as tf.Tensor2D;
      return tf.matMul(tf.matMul(basis, centred, false, true), centred);
    });
    const values = product.dataSync<'float32'>();
    product.dispose();
    for (let i = 0; i < values.length; i++) sum[i] = (sum[i] as number) + (values[i] as number);
  }
  tf.dispose([basis, shift]);
  return sum.map((value) => value / (rows.rows - 1));
}

function* blocks(rows: MatrixSource): Generator<{ readonly rows: number; readonly data: Float32Array }> {
  for (let from = 0; from < rows.rows; from += blockRows) {
    yield rows.readRows(from, Math.min(rows.rows, from + blockRows));
  }
}

/** V B for V (c × c) and B (c × d). */
function combine(v: Float64Array, b: Float64Array, c: number, d: number): Float64Array {
  return productTransposed(v, transpose(b, c, d), c, d, c);
}

/** Largest ‖C v − λ v‖ of the k leading directions v (rows), relative to the k-th λ. */
function residual(
  directions: Float64Array,
  images: Float64Array,
  values: Float64Array,
  k: number,
  d: number,
): number {
  let largest = 0;
  for (let i = 0; i < Math.min(k, values.length); i++) {
    let squares = 0;
    for (let j = i * d; j < (i + 1) * d; j++) {
      squares += ((images[j] as number) - (values[i] as number) * (directions[j] as number)) ** 2;
    }
    largest = Math.max(largest, Math.sqrt(squares));
  }
  const smallest = values[k - 1] ?? 0;
  // Directions without variance have nothing left to turn towards.
  return largest <= 1e-6 * (values[0] ?? 0) ? 0 : largest / Math.max(smallest, Number.MIN_VALUE);
}
