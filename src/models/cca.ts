import * as tf from '@tensorflow/tfjs-core';
import { MmxError } from '../errors.js';
import { cholesky, solveLower, solveUpper, transpose } from '../linear-algebra/index.js';
import { type Matrix, type MatrixSource, matrix, sliceRows } from '../matrix.js';
import { type JointCovariance, jointCovariance } from './joint-covariance.js';
import { leadingSingularVectors } from './leading-singular-vectors.js';

/**
 * Canonical correlation analysis (Hotelling 1936) with a ridge on both covariances (Vinod 1976).
 *
 * Variate i of x is (x − meanX) · column i of projectX, likewise for y. With Σ = C + r I the regularised
 * covariances, projectXᵀ Σxx projectX = I = projectYᵀ Σyy projectY and projectXᵀ Cxy projectY =
 * diag(correlations): at ridge 0 the variates have unit variance, are uncorrelated within a view, and
 * `correlations` are their correlations across the views.
 */
export interface CcaModel {
  readonly meanX: Float64Array;
  readonly meanY: Float64Array;
  /** dx × k, row-major. */
  readonly projectX: Float64Array;
  /** dy × k, row-major. */
  readonly projectY: Float64Array;
  /** k values in descending order, each in [0, 1]. */
  readonly correlations: Float64Array;
}

export interface CcaOptions {
  /** Pairs of canonical variates wanted (k). */
  readonly dimensions: number;
  /**
   * Ridge relative to the scale of the data: each view's covariance gets ridge × (its mean feature variance)
   * added to its diagonal, so that a change of units does not change the model.
   */
  readonly ridge: number;
}

/**
 * Fits ridge CCA to paired rows of `x` and `y`, each read once, in chunks.
 *
 * The covariances are matrix products of the engine, summed over chunks in double precision; everything after
 * that is double precision but for the subspace iteration of large problems. Each pair's sign makes the
 * largest weight (by magnitude) of the x projection positive. No randomness beyond a fixed start.
 *
 * @throws MmxError `cca/rows`, `cca/dimensions`, `cca/not-finite`, `cca/constant` for unusable input
 * @throws MmxError `linear-algebra/not-positive-definite` when the ridge is too small for dependent features
 */
export function fitCca(x: MatrixSource, y: MatrixSource, { dimensions, ridge }: CcaOptions): CcaModel {
  checkInput(x, y, dimensions, ridge);
  const covariance = jointCovariance(x, y);
  checkCovariance(covariance);
  const { xx, yy, xy, meanX, meanY } = covariance;
  const dx = x.columns;
  const dy = y.columns;
  addRidge(xx, dx, ridge);
  addRidge(yy, dy, ridge);
  const lx = cholesky(xx, dx, 'the covariance of the first view');
  const ly = cholesky(yy, dy, 'the covariance of the second view');

  // T = Lx⁻¹ Cxy Ly⁻ᵀ has the canonical correlations as singular values.
  const rightWhitened = solveLower(ly, dy, xy, dx);
  const whitened = transpose(solveLower(lx, dx, transpose(rightWhitened, dx, dy), dy), dy, dx);
  const { left, right, values } = leadingSingularVectors(whitened, dx, dy, dimensions);

  const rowsX = solveUpper(transpose(lx, dx, dx), dx, left, dimensions);
  const rowsY = solveUpper(transpose(ly, dy, dy), dy, right, dimensions);
  fixSigns(rowsX, dx, rowsY, dy, dimensions);
  return {
    meanX,
    meanY,
    projectX: transpose(rowsX, dimensions, dx),
    projectY: transpose(rowsY, dimensions, dy),
    correlations: values.map((value) => Math.min(1, value)),
  };
}

/** Rows a matrix product takes at a time when data are projected. */
const projectionRows = 4096;

/**
 * The canonical variates (rows × k) of one view's features, variate i multiplied by correlations[i]^weighting.
 *
 * @throws MmxError `cca/columns` when the features are not the view's
 */
export function projectCca(model: CcaModel, view: 'x' | 'y', features: Matrix, weighting = 0): Matrix {
  const mean = view === 'x' ? model.meanX : model.meanY;
  const project = view === 'x' ? model.projectX : model.projectY;
  const k = model.correlations.length;
  const d = mean.length;
  if (features.columns !== d) {
    throw new MmxError('cca/columns', `view ${view} of the CCA has ${d} features, got ${features.columns}`);
  }
  const weights = Float32Array.from(
    project,
    (w, i) => w * (model.correlations[i % k] as number) ** weighting,
  );
  const result = matrix(features.rows, k);
  const weightTensor = tf.tensor2d(weights, [d, k]);
  for (let from = 0; from < features.rows; from += projectionRows) {
    const chunk = sliceRows(features, from, Math.min(features.rows, from + projectionRows));
    const centred = chunk.data.map((value, i) => value - (mean[i % d] as number));
    const product = tf.tidy(() => tf.matMul(tf.tensor2d(centred, [chunk.rows, d]), weightTensor));
    result.data.set(product.dataSync(), from * k);
    product.dispose();
  }
  weightTensor.dispose();
  return result;
}

function checkInput(x: MatrixSource, y: MatrixSource, dimensions: number, ridge: number): void {
  if (x.rows !== y.rows) {
    throw new MmxError('cca/rows', `CCA needs paired rows: one view has ${x.rows}, the other ${y.rows}`);
  }
  if (x.rows < 2) throw new MmxError('cca/rows', `CCA needs at least 2 examples, got ${x.rows}`);
  const most = Math.min(x.columns, y.columns);
  if (!(Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= most)) {
    throw new MmxError(
      'cca/dimensions',
      `CCA of ${x.columns} and ${y.columns} features has at most ${most} dimensions, but ${dimensions} are requested`,
      { exitCode: 2, hint: `set cca.dimensions to a whole number from 1 to ${most}` },
    );
  }
  if (!(ridge >= 0 && Number.isFinite(ridge))) {
    throw new MmxError('cca/ridge', `the ridge of CCA must be a number from 0, got ${ridge}`, {
      exitCode: 2,
    });
  }
}

function checkCovariance({ xx, yy, meanX, meanY }: JointCovariance): void {
  for (const [view, covariance, d] of [
    ['first', xx, meanX.length],
    ['second', yy, meanY.length],
  ] as const) {
    const variance = trace(covariance, d);
    if (!Number.isFinite(variance)) {
      throw new MmxError('cca/not-finite', `the ${view} view of CCA holds values that are not finite`);
    }
    if (variance === 0)
      throw new MmxError('cca/constant', `every feature of the ${view} view of CCA is constant`);
  }
}

function addRidge(covariance: Float64Array, d: number, ridge: number): void {
  const amount = (ridge * trace(covariance, d)) / d;
  for (let i = 0; i < d; i++) covariance[i * d + i] = (covariance[i * d + i] as number) + amount;
}

function trace(a: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += a[i * n + i] as number;
  return sum;
}

/** Singular vectors come with an arbitrary sign a pair. */
function fixSigns(x: Float64Array, dx: number, y: Float64Array, dy: number, k: number): void {
  for (let pair = 0; pair < k; pair++) {
    const direction = x.subarray(pair * dx, (pair + 1) * dx);
    const largest = direction.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    if (largest >= 0) continue;
    for (const row of [direction, y.subarray(pair * dy, (pair + 1) * dy)]) {
      for (let i = 0; i < row.length; i++) row[i] = -(row[i] as number);
    }
  }
}
