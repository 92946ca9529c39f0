import * as tf from '@tensorflow/tfjs-core';
import { MmxError } from '../../errors.js';
import { type Matrix, matrix, sliceRows } from '../../matrix.js';
import { solveDual } from './dual.js';
import { solvePrimal } from './newton.js';
import { checkExamples, checkPositive, type SvmProgress } from './problem.js';

export type { SvmProgress } from './problem.js';

/** Linear classifier, one weight vector a class against the rest. */
export interface LinearSvm {
  readonly classes: number;
  /** Features (d). */
  readonly columns: number;
  /** classes × d, row-major. */
  readonly weights: Float64Array;
  /** One a class; −∞ for a class without training examples, which is never predicted. */
  readonly bias: Float64Array;
  /** Newton steps (primal) or passes over the examples (dual) of the slowest class. */
  readonly iterations: number;
  readonly converged: boolean;
}

export interface SvmOptions {
  /** Penalty of errors. */
  readonly c: number;
  /** Labels are 0 … classes − 1. */
  readonly classes: number;
  /** Relative size of the optimality violation that ends the solver; see solvePrimal and solveDual. Default 10⁻³. */
  readonly tolerance?: number;
  /** Append a constant feature (default), its weight regularised like the others. */
  readonly bias?: boolean;
  /** Newton steps or passes over the examples; default 1000. */
  readonly maxIterations?: number;
  /** A model of the same classes and features to start from, e.g. that of a smaller C. */
  readonly warmStart?: LinearSvm;
  /** Default: `dual` when there are fewer examples than weights (and their Gram matrix fits), else `primal`. */
  readonly solver?: 'primal' | 'dual';
  readonly onProgress?: (progress: SvmProgress) => void;
}

/** Above this the Gram matrix of the dual (8 n² bytes) is too large to hold. */
const maxDualExamples = 6000;

/**
 * L2-regularised linear SVM with squared hinge loss, one class against the rest: per class the minimiser of
 *
 *   ½ ‖w‖² + C Σ max(0, 1 − y (w · [x, 1]))²,   y = ±1
 *
 * which is LIBLINEAR's solvers 1 and 2 and scikit-learn's `LinearSVC` (Fan et al. 2008). Of two classes one
 * is fitted and the other is its negative.
 *
 * @param x n × d
 * @param labels n
 * @throws MmxError `svm/shape`, `svm/labels`, `svm/not-finite`, `svm/one-class`, `svm/parameter`
 */
export function fitLinearSvm(x: Matrix, labels: Int32Array, options: SvmOptions): LinearSvm {
  const { c, classes, tolerance = 1e-3, bias = true, maxIterations = 1000, warmStart, onProgress } = options;
  const counts = checkExamples(x, labels, classes);
  checkPositive('C', c);
  checkPositive('tolerance', tolerance);
  checkPositive('maxIterations', maxIterations);
  if (warmStart && (warmStart.classes !== classes || warmStart.columns !== x.columns)) {
    throw new MmxError(
      'svm/shape',
      `the warm start has ${warmStart.classes} classes of ${warmStart.columns} features, the examples ${classes} of ${x.columns}`,
    );
  }
  const present = [...counts.keys()].filter((label) => (counts[label] as number) > 0);
  const targets = present.length === 2 ? present.slice(1) : present;
  const width = x.columns + (bias ? 1 : 0);
  const { solver = x.rows < width && x.rows <= maxDualExamples ? 'dual' : 'primal' } = options;
  const start = warmStart && targets.map((target) => augmented(warmStart, target, bias));
  const problem = { x, labels, targets, c, bias, tolerance, maxIterations, start, onProgress };
  const solution = solver === 'dual' ? solveDual(problem) : solvePrimal(problem);

  const weights = new Float64Array(classes * x.columns);
  const biases = new Float64Array(classes).fill(Number.NEGATIVE_INFINITY);
  const set = (label: number, row: Float64Array): void => {
    weights.set(row.subarray(0, x.columns), label * x.columns);
    biases[label] = bias ? (row[x.columns] as number) : 0;
  };
  targets.forEach((label, index) => {
    set(label, solution.weights[index] as Float64Array);
  });
  if (present.length === 2) {
    set(
      present[0] as number,
      (solution.weights[0] as Float64Array).map((weight) => -weight),
    );
  }
  const { iterations, converged } = solution;
  return { classes, columns: x.columns, weights, bias: biases, iterations, converged };
}

/** Rows a matrix product takes at a time when decision values are computed. */
const decisionRows = 4096;

/**
 * Decision values w · x + b, examples × classes.
 *
 * @throws MmxError `svm/shape` when the features are not those the model was trained on
 */
export function decision(svm: LinearSvm, x: Matrix): Matrix {
  const { classes, columns } = svm;
  if (x.columns !== columns) {
    throw new MmxError('svm/shape', `the linear SVM was trained on ${columns} features, got ${x.columns}`);
  }
  const result = matrix(x.rows, classes);
  const weights = tf.tensor2d(Float32Array.from(svm.weights), [classes, columns]);
  for (let from = 0; from < x.rows; from += decisionRows) {
    const chunk = sliceRows(x, from, Math.min(x.rows, from + decisionRows));
    const product = tf.tidy(() =>
      tf.matMul(tf.tensor2d(chunk.data, [chunk.rows, columns]), weights, false, true),
    );
    result.data.set(product.dataSync(), from * classes);
    product.dispose();
  }
  weights.dispose();
  for (let i = 0; i < result.data.length; i++) {
    result.data[i] = (result.data[i] as number) + (svm.bias[i % classes] as number);
  }
  return result;
}

/** The class with the largest decision value; the smaller label on a tie. */
export function predict(svm: LinearSvm, x: Matrix): Int32Array {
  const { rows, columns, data } = decision(svm, x);
  const labels = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    let best = 0;
    for (let label = 1; label < columns; label++) {
      if ((data[row * columns + label] as number) > (data[row * columns + best] as number)) best = label;
    }
    labels[row] = best;
  }
  return labels;
}

function augmented({ columns, weights, bias }: LinearSvm, label: number, withBias: boolean): Float64Array {
  const row = new Float64Array(columns + (withBias ? 1 : 0));
  row.set(weights.subarray(label * columns, (label + 1) * columns));
  const value = bias[label] as number;
  if (withBias && Number.isFinite(value)) row[columns] = value;
  return row;
}
