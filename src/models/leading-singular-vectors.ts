import * as tf from '@tensorflow/tfjs-core';
import { gaussians } from '../engine/noise.js';
import {
  dot,
  orthonormaliseRows,
  productTransposed,
  symmetricEigen,
  transpose,
} from '../linear-algebra/index.js';

export interface SingularTriplets {
  /** k × m: row i is the left singular vector of value i. */
  readonly left: Float64Array;
  /** k × n. */
  readonly right: Float64Array;
  /** Descending. */
  readonly values: Float64Array;
}

/** Up to this smaller side the decomposition is direct and wholly in double precision. */
const directLimit = 192;
const maxRounds = 60;
/** Residual ‖TᵀT v − σ² v‖ relative to σ₁² that ends the iteration … */
const residualGoal = 1e-6;
/** … and that is accepted when single-precision rounding keeps it from falling further. */
const residualFloor = 1e-4;
/** Growth of a polynomial between its bound and σ₁²: more would drown the weaker directions in rounding. */
const maxGrowth = 1e3;
const maxDegree = 24;

/**
 * The k leading singular triplets of `t` (m × n, row-major): directly when small, else by subspace iteration
 * on TᵀT with oversampling (Halko, Martinsson and Tropp 2011, §4.5), whose products run on the engine in single
 * precision, and one Rayleigh-Ritz step in double precision. Singular values come out with an error quadratic
 * in that of the subspace.
 *
 * @param direct forces or forbids the direct method; for tests
 */
export function leadingSingularVectors(
  t: Float64Array,
  m: number,
  n: number,
  k: number,
  direct = Math.min(m, n) <= directLimit,
): SingularTriplets {
  if (direct && m < n) {
    const { left, right, values } = leadingSingularVectors(transpose(t, m, n), n, m, k, true);
    return { left: right, right: left, values };
  }
  const basis = direct ? identity(n) : leadingSubspace(t, m, n, k);
  return rayleighRitz(t, m, n, k, basis);
}

/** The best k triplets whose right vectors lie in the span of the orthonormal rows of `basis` (c × n). */
function rayleighRitz(
  t: Float64Array,
  m: number,
  n: number,
  k: number,
  basis: Float64Array,
): SingularTriplets {
  const c = basis.length / n;
  const images = transpose(productTransposed(t, basis, m, c, n), m, c);
  const { values: squares, vectors } = symmetricEigen(productTransposed(images, images, c, c, m), c);
  const rotation = vectors.subarray(0, k * c);
  const right = combineRows(rotation, basis, k, c, n);
  const left = orthonormaliseRows(combineRows(rotation, images, k, c, m), k, m);
  const values = Float64Array.from({ length: k }, (_, i) => Math.sqrt(Math.max(0, squares[i] as number)));
  return { left, right, values };
}

/**
 * Orthonormal rows (c × n, c ≥ k) whose span holds the k leading right singular vectors of `t`. A round is a
 * Rayleigh-Ritz step and a Chebyshev polynomial of A = TᵀT that grows fastest above the smallest Ritz value
 * (Zhou and Saad 2007): canonical correlations lie too close together for plain powers of A.
 */
function leadingSubspace(t: Float64Array, m: number, n: number, k: number): Float64Array {
  const c = Math.min(n, m, k + Math.max(16, k >> 1));
  const operator = tf.tensor2d(Float32Array.from(t), [m, n]);
  const start = gaussians({ seed: 0, purpose: 'singular-vectors/start', step: 0 }, c * n);
  let basis = orthonormaliseRows(
    filtered(operator, Float64Array.from(start), c, { degree: 1, bound: 0 }),
    c,
    n,
  );
  let best = Number.POSITIVE_INFINITY;
  let idle = 0;
  for (let round = 0; round < maxRounds; round++) {
    const image = filtered(operator, basis, c, { degree: 1, bound: 0 });
    const { values, residual } = ritz(basis, image, c, n, k);
    idle = residual < best / 2 ? 0 : idle + 1;
    best = Math.min(best, residual);
    if (residual <= residualGoal || (best <= residualFloor && idle >= 3)) break;
    const largest = values[0] as number;
    const bound = Math.max(0, values[c - 1] as number);
    const degree = Math.floor(Math.acosh(maxGrowth) / Math.acosh((2 * largest) / bound - 1));
    const next =
      degree > 1 ? filtered(operator, basis, c, { degree: Math.min(degree, maxDegree), bound }) : image;
    basis = orthonormaliseRows(next, c, n);
  }
  operator.dispose();
  return basis;
}

/** p(A) applied to the rows of `basis`: A itself at degree 1, else the Chebyshev polynomial of [0, bound]. */
function filtered(
  operator: tf.Tensor2D,
  basis: Float64Array,
  c: number,
  { degree, bound }: { readonly degree: number; readonly bound: number },
): Float64Array {
  const result = tf.tidy(() => {
    const apply = (rows: tf.Tensor2D): tf.Tensor2D =>
      tf.matMul(tf.matMul(rows, operator, false, true), operator);
    let previous = tf.tensor2d(Float32Array.from(basis), [c, operator.shape[1]]);
    if (degree === 1) return apply(previous);
    const mapped = (rows: tf.Tensor2D): tf.Tensor2D => tf.sub(tf.mul(apply(rows), 2 / bound), rows);
    let current = mapped(previous);
    for (let j = 2; j <= degree; j++) {
      [previous, current] = [current, tf.sub(tf.mul(mapped(current), 2), previous)];
    }
    return current;
  });
  const values = Float64Array.from(result.dataSync());
  result.dispose();
  return values;
}

/**
 * Ritz values of A in the span of `basis`, descending, given `image` = A basis; and the largest residual
 * ‖A v − λ v‖ of the k leading pairs, relative to the largest value.
 */
function ritz(
  basis: Float64Array,
  image: Float64Array,
  c: number,
  n: number,
  k: number,
): { readonly values: Float64Array; readonly residual: number } {
  const { values, vectors } = symmetricEigen(productTransposed(basis, image, c, c, n), c);
  const rotation = vectors.subarray(0, k * c);
  const directions = combineRows(rotation, basis, k, c, n);
  const images = combineRows(rotation, image, k, c, n);
  let residual = 0;
  for (let i = 0; i < k; i++) {
    const base = i * n;
    const value = values[i] as number;
    for (let j = 0; j < n; j++) {
      images[base + j] = (images[base + j] as number) - value * (directions[base + j] as number);
    }
    residual = Math.max(residual, Math.sqrt(dot(images, base, images, base, n)));
  }
  return { values, residual: residual / (values[0] as number) };
}

/** R B for R (k × c) and B (c × n). */
function combineRows(r: Float64Array, b: Float64Array, k: number, c: number, n: number): Float64Array {
  const result = new Float64Array(k * n);
  for (let i = 0; i < k; i++) {
    for (let p = 0; p < c; p++) {
      const factor = r[i * c + p] as number;
      for (let j = 0; j < n; j++) {
        result[i * n + j] = (result[i * n + j] as number) + factor * (b[p * n + j] as number);
      }
    }
  }
  return result;
}

function identity(n: number): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) result[i * n + i] = 1;
  return result;
}
