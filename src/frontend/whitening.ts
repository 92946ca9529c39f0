import { MmxError } from '../errors.js';
import { symmetricEigen } from '../linear-algebra/index.js';
import { type Matrix, type MatrixSource, matrix } from '../matrix.js';
import { type Covariance, CovarianceStream } from './covariance.js';
import { type PrincipalComponents, principalSubspace } from './principal-subspace.js';
import { forEachProductRow } from './row-product.js';

/** PCA whitening of d-dimensional frames to k dimensions. */
export interface Whitening {
  /** Length d. */
  readonly mean: Float32Array;
  /** k × d: orthonormal rows; the entry of largest magnitude of each is positive. */
  readonly components: Matrix;
  /** Variances along the components (divisor n − 1), descending. */
  readonly eigenvalues: Float64Array;
  /** Added to every eigenvalue before the division by its root. */
  readonly floor: number;
  /** Part of the total variance that the components hold, 0 to 1. */
  readonly explained: number;
  /** Frames it was fitted on. */
  readonly count: number;
}

export interface WhiteningOptions {
  /** k; the paper: 100 for audio, 32 for video. `all` keeps every dimension. */
  readonly dimensions: number | 'all';
  /**
   * Regularisation relative to the largest eigenvalue ([NS] in the paper): directions whose variance is rounding are
   * not blown up to 1. Default 1e-6, about what single precision can tell from zero.
   */
  readonly epsilon?: number;
}

/** Up to this many dimensions the covariance is formed and factored directly. */
export const directLimit = 512;

/**
 * Fits a whitening to frames that can be read several times: directly up to {@link directLimit} dimensions, above by
 * randomised subspace iteration.
 *
 * @param frames n × d
 * @param method forces one of the two; for tests
 * @throws MmxError `frontend/whitening` when there are fewer frames than dimensions asked for, more dimensions
 *   asked for than frames have, or no variance
 */
export function fitWhitening(
  frames: MatrixSource,
  options: WhiteningOptions,
  method: 'direct' | 'randomised' = frames.columns <= directLimit ? 'direct' : 'randomised',
): Whitening {
  if (method === 'direct') {
    const stream = new CovarianceStream(frames.columns);
    for (let from = 0; from < frames.rows; from += 1024) {
      stream.push(frames.readRows(from, Math.min(frames.rows, from + 1024)));
    }
    return whiteningOf(stream, options);
  }
  const k = checkedDimensions(options, frames.rows, frames.columns);
  return regularised(principalSubspace(frames, k), frames.rows, options);
}

/** The whitening of all rows pushed to `stream`, which is used up. Throws as {@link fitWhitening} does. */
export function whiteningOf(stream: CovarianceStream, options: WhiteningOptions): Whitening {
  const k = checkedDimensions(options, stream.count, stream.columns);
  const covariance = stream.finish();
  return regularised(leading(covariance, k), covariance.count, options);
}

/** Frames × d → frames × k: components · (x − mean) / √(eigenvalue + floor). */
export function whiten(whitening: Whitening, frames: Matrix): Matrix {
  const { mean, components } = whitening;
  checkColumns(frames, components.columns, 'whiten');
  const weights = whiteningWeights(whitening);
  const result = matrix(frames.rows, components.rows);
  forEachProductRow(
    frames.rows,
    weights,
    (row, target) => {
      const offset = row * frames.columns;
      for (let j = 0; j < target.length; j++) {
        target[j] = (frames.data[offset + j] as number) - (mean[j] as number);
      }
    },
    (row, values) => result.data.set(values, row * components.rows),
  );
  return result;
}

/**
 * Whitened frames × k → frames × d: √(eigenvalue + floor) times the components, the best reconstruction from k
 * dimensions. `mean: false` leaves the mean out: for filters and other differences of frames.
 */
export function unwhiten(
  whitening: Whitening,
  values: Matrix,
  { mean: withMean = true }: { readonly mean?: boolean } = {},
): Matrix {
  const { mean, components } = whitening;
  checkColumns(values, components.rows, 'unwhiten');
  const weights = unwhiteningWeights(whitening);
  const result = matrix(values.rows, components.columns);
  forEachProductRow(
    values.rows,
    weights,
    (row, target) => {
      target.set(values.data.subarray(row * values.columns, (row + 1) * values.columns));
    },
    (row, frame) => {
      const offset = row * components.columns;
      for (let j = 0; j < frame.length; j++) {
        result.data[offset + j] = (frame[j] as number) + (withMean ? (mean[j] as number) : 0);
      }
    },
  );
  return result;
}

/** d × k. Made once for a whitening: it is asked for with every clip. */
const whiteningWeights = oncePerWhitening((whitening) => {
  const { rows, columns, data } = whitening.components;
  const scales = deviations(whitening).map((deviation) => 1 / deviation);
  const weights = matrix(columns, rows);
  for (let i = 0, from = 0; i < rows; i++) {
    const scale = scales[i] as number;
    for (let j = 0; j < columns; j++, from++) weights.data[j * rows + i] = (data[from] as number) * scale;
  }
  return weights;
});

/** k × d. */
const unwhiteningWeights = oncePerWhitening((whitening) => {
  const { rows, columns, data } = whitening.components;
  const scales = deviations(whitening);
  const weights = matrix(rows, columns);
  for (let i = 0, at = 0; i < rows; i++) {
    const scale = scales[i] as number;
    for (let j = 0; j < columns; j++, at++) weights.data[at] = (data[at] as number) * scale;
  }
  return weights;
});

function oncePerWhitening(make: (whitening: Whitening) => Matrix): (whitening: Whitening) => Matrix {
  const made = new WeakMap<Whitening, Matrix>();
  return (whitening) => {
    const known = made.get(whitening) ?? make(whitening);
    made.set(whitening, known);
    return known;
  };
}

function deviations({ eigenvalues, floor }: Whitening): Float64Array {
  return eigenvalues.map((value) => Math.sqrt(value + floor));
}

function checkedDimensions({ dimensions }: WhiteningOptions, n: number, d: number): number {
  const k = dimensions === 'all' ? d : dimensions;
  const fail = (problem: string, hint: string): never => {
    throw new MmxError('frontend/whitening', problem, { hint });
  };
  if (!(Number.isSafeInteger(k) && k > 0 && k <= d)) {
    fail(`frames of ${d} dimensions cannot be whitened to ${k}`, `ask for 1 to ${d} dimensions`);
  }
  if (n <= k) {
    fail(
      `${n} frames are too few to whiten to ${k} dimensions: more than ${k} are needed`,
      'use more training clips, or fewer dimensions',
    );
  }
  return k;
}

function leading({ mean, values: covariance }: Covariance, k: number): PrincipalComponents {
  const d = mean.length;
  const { values, vectors } = symmetricEigen(covariance, d);
  let total = 0;
  for (let i = 0; i < d; i++) total += covariance[i * d + i] as number;
  return { mean, vectors: vectors.slice(0, k * d), values: values.slice(0, k), total };
}

function regularised(
  { mean, vectors, values, total }: PrincipalComponents,
  count: number,
  { epsilon = 1e-6 }: WhiteningOptions,
): Whitening {
  const largest = values[0] ?? 0;
  if (!(largest > 0 && Number.isFinite(largest))) {
    throw new MmxError(
      'frontend/whitening',
      largest === 0
        ? `all ${count} frames are the same: there is no variance to whiten`
        : 'the frames to whiten are not all finite numbers',
    );
  }
  const eigenvalues = values.map((value) => Math.max(0, value));
  const explained = Math.min(1, eigenvalues.reduce((sum, value) => sum + value, 0) / total);
  const d = mean.length;
  const components = matrix(values.length, d, withFixedSigns(vectors, d));
  return {
    mean: Float32Array.from(mean),
    components,
    eigenvalues,
    floor: epsilon * largest,
    explained,
    count,
  };
}

/** An eigenvector's sign is arbitrary: here the entry of largest magnitude, the first of equals, is positive. */
function withFixedSigns(vectors: Float64Array, d: number): Float32Array {
  const result = new Float32Array(vectors.length);
  for (let start = 0; start < vectors.length; start += d) {
    let peak = 0;
    for (let j = 0; j < d; j++) {
      const value = vectors[start + j] as number;
      if (Math.abs(value) > Math.abs(peak)) peak = value;
    }
    const sign = peak < 0 ? -1 : 1;
    for (let j = 0; j < d; j++) result[start + j] = sign * (vectors[start + j] as number);
  }
  return result;
}

function checkColumns(given: Matrix, columns: number, operation: string): void {
  if (given.columns !== columns) {
    throw new MmxError(
      'matrix/shape',
      `${operation}: rows of ${given.columns} numbers where the whitening has ${columns}`,
    );
  }
}
