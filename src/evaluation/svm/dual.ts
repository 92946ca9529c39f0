import * as tf from '@tensorflow/tfjs-core';
import { permutation } from '../../engine/noise.js';
import { addScaled } from '../../linear-algebra/index.js';
import { type Matrix, sliceColumns } from '../../matrix.js';
import { type DualClass, decisionsOf, newtonOnActiveSet } from './active-set.js';
import type { SvmProblem, SvmSolution } from './problem.js';

/**
 * Dual solver for n < d: coordinate descent (Hsieh et al. 2008, LIBLINEAR's solver 1) on
 *
 *   min over α ≥ 0 of ½ αᵀ (Y K Y + I/2C) α − Σ α,   K = XXᵀ (+ 1 with a bias),   w = Xᵀ Y α
 *
 * with K in memory, so that a coordinate step costs n and not d operations, and now and then Newton's method
 * on the active set, without which correlated features or a large C take very many passes. A class has
 * converged when the largest and the smallest projected gradient differ by no more than the tolerance.
 */
export function solveDual(problem: SvmProblem): SvmSolution {
  const { x, labels, targets, c, bias, tolerance, maxIterations, start, onProgress } = problem;
  const kernel = kernelOf(x, bias);
  let iterations = 0;
  let converged = true;
  const weights = targets.map((target, index) => {
    const signs = Float64Array.from(labels, (label) => (label === target ? 1 : -1));
    const first = start?.[index];
    const alphas = first ? alphasOf(first, problem, signs) : new Float64Array(x.rows);
    const dual = { kernel, signs, diagonal: 1 / (2 * c) };
    const passes = descend(dual, alphas, tolerance, maxIterations);
    iterations = Math.max(iterations, passes);
    if (passes > maxIterations) converged = false;
    onProgress?.({
      iteration: Math.min(passes, maxIterations),
      converged: index + 1,
      classes: targets.length,
    });
    return weightsOf(x, bias, signs, alphas);
  });
  return { weights, iterations: Math.min(iterations, maxIterations), converged };
}

/** Passes between two calls of Newton's method on an active set of this size: a factorisation costs about as much. */
function passesBetweenNewton(free: number): number {
  return Math.max(5, Math.ceil(free / 40));
}

/** Minimises in place over `alphas`; returns the passes taken, or maxPasses + 1 without convergence. */
function descend(dual: DualClass, alphas: Float64Array, tolerance: number, maxPasses: number): number {
  const { kernel, signs, diagonal } = dual;
  const n = signs.length;
  let decisions = decisionsOf(dual, alphas);
  let nextNewton = passesBetweenNewton(n);
  let active = Uint32Array.from({ length: n }, (_, i) => i);
  let shrinkAbove = Number.POSITIVE_INFINITY;
  for (let pass = 1; pass <= maxPasses; pass++) {
    let largest = Number.NEGATIVE_INFINITY;
    let smallest = Number.POSITIVE_INFINITY;
    const kept: number[] = [];
    for (const position of permutation({ seed: 0, purpose: 'svm/dual', step: pass }, active.length)) {
      const i = active[position] as number;
      const sign = signs[i] as number;
      const alpha = alphas[i] as number;
      const gradient = sign * (decisions[i] as number) - 1 + diagonal * alpha;
      if (alpha === 0 && gradient > shrinkAbove) continue;
      kept.push(i);
      const projected = alpha === 0 ? Math.min(gradient, 0) : gradient;
      if (projected > largest) largest = projected;
      if (projected < smallest) smallest = projected;
      if (projected === 0) continue;
      const row = i * n;
      const next = Math.max(0, alpha - gradient / ((kernel[row + i] as number) + diagonal));
      const change = (next - alpha) * sign;
      if (change === 0) continue;
      alphas[i] = next;
      addScaled(decisions, change, kernel, row);
    }
    if (kept.length === 0 || largest - smallest <= tolerance) {
      if (active.length === n && kept.length === n) return pass;
      // Shrinking guessed which coordinates stay at zero: look at all of them once more.
      active = Uint32Array.from({ length: n }, (_, i) => i);
      shrinkAbove = Number.POSITIVE_INFINITY;
      continue;
    }
    if (pass >= nextNewton) {
      newtonOnActiveSet(dual, alphas);
      decisions = decisionsOf(dual, alphas);
      nextNewton = pass + passesBetweenNewton(alphas.reduce((free, alpha) => free + (alpha > 0 ? 1 : 0), 0));
    }
    active = Uint32Array.from(kept).sort();
    shrinkAbove = largest > 0 ? largest : Number.POSITIVE_INFINITY;
  }
  return maxPasses + 1;
}

/** Columns summed in single precision before the sum continues in double. */
const blockColumns = 512;

/** Gram matrices made before, by whether they have a bias: every C of a cross-validation asks for that of its fold. */
const kernels = new WeakMap<Matrix, Map<boolean, Float64Array>>();

function kernelOf(x: Matrix, bias: boolean): Float64Array {
  const made = kernels.get(x) ?? new Map<boolean, Float64Array>();
  kernels.set(x, made);
  const kernel = made.get(bias) ?? gramMatrix(x, bias);
  made.set(bias, kernel);
  return kernel;
}

function gramMatrix(x: Matrix, bias: boolean): Float64Array {
  const n = x.rows;
  const sum = new Float64Array(n * n).fill(bias ? 1 : 0);
  for (let from = 0; from < x.columns; from += blockColumns) {
    const block = sliceColumns(x, from, Math.min(x.columns, from + blockColumns));
    const product = tf.tidy(() => {
      const tensor = tf.tensor2d(block.data, [n, block.columns]);
      return tf.matMul(tensor, tensor, false, true);
    });
    const values = product.dataSync();
    product.dispose();
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (values[i] as number);
  }
  return sum;
}

/** At the optimum α = 2C max(0, 1 − y w·x): a guess of w gives one of α. */
function alphasOf(weights: Float64Array, { x, c }: SvmProblem, signs: Float64Array): Float64Array {
  const decisions = decisionsBy(weights, x);
  return signs.map((sign, row) => 2 * c * Math.max(0, 1 - sign * (decisions[row] as number)));
}

/** w·x of every example, plus the last of the weights where there is one more than features. */
function decisionsBy(weights: Float64Array, { rows, columns, data }: Matrix): Float64Array {
  const constant = weights.length > columns ? (weights[columns] as number) : 0;
  const decisions = new Float64Array(rows);
  // Four rows at a time: the sum of one alone would wait for each of its additions.
  let row = 0;
  for (; row + 3 < rows; row += 4) {
    const base = row * columns;
    let s0 = constant;
    let s1 = constant;
    let s2 = constant;
    let s3 = constant;
    for (let j = 0; j < columns; j++) {
      const weight = weights[j] as number;
      const at = base + j;
      s0 += weight * (data[at] as number);
      s1 += weight * (data[at + columns] as number);
      s2 += weight * (data[at + 2 * columns] as number);
      s3 += weight * (data[at + 3 * columns] as number);
    }
    decisions[row] = s0;
    decisions[row + 1] = s1;
    decisions[row + 2] = s2;
    decisions[row + 3] = s3;
  }
  for (; row < rows; row++) {
    let sum = constant;
    for (let j = 0; j < columns; j++) sum += (weights[j] as number) * (data[row * columns + j] as number);
    decisions[row] = sum;
  }
  return decisions;
}

function weightsOf(x: Matrix, bias: boolean, signs: Float64Array, alphas: Float64Array): Float64Array {
  const { columns, data } = x;
  const weights = new Float64Array(columns + (bias ? 1 : 0));
  const rows = Array.from(alphas.keys()).filter((row) => alphas[row] !== 0);
  const factorOf = (row: number): number => (alphas[row] as number) * (signs[row] as number);
  // Four rows at a time: a weight is read and written once for all of them.
  let first = 0;
  for (; first + 3 < rows.length; first += 4) {
    const [r0 = 0, r1 = 0, r2 = 0, r3 = 0] = rows.slice(first, first + 4);
    const [f0, f1, f2, f3] = [factorOf(r0), factorOf(r1), factorOf(r2), factorOf(r3)];
    for (let j = 0; j < columns; j++) {
      weights[j] =
        (weights[j] as number) +
        f0 * (data[r0 * columns + j] as number) +
        f1 * (data[r1 * columns + j] as number) +
        f2 * (data[r2 * columns + j] as number) +
        f3 * (data[r3 * columns + j] as number);
    }
  }
  for (const row of rows.slice(first)) {
    const factor = factorOf(row);
    for (let j = 0; j < columns; j++) {
      weights[j] = (weights[j] as number) + factor * (data[row * columns + j] as number);
    }
  }
  if (bias) for (const row of rows) weights[columns] = (weights[columns] as number) + factorOf(row);
  return weights;
}
