import { type Matrix, matrix } from '../matrix.js';

/**
 * The paper takes a linear slope, normalised so that the range of the derivatives is comparable to the signal's.
 * Neither the number of frames nor the factor is stated.
 */
export interface DerivativeOptions {
  /** 0 leaves the frames as they are, 1 appends Δ, 2 appends Δ and ΔΔ. */
  readonly order: 0 | 1 | 2;
  /** K: the slope is fitted over 2K + 1 frames. 2 by default, the usual choice in speech recognition. */
  readonly halfWindow: number;
  /**
   * `unit-norm` (default): the filter's weights have Euclidean length 1, so that a signal white in time keeps its
   * variance. (Log spectra of spoken digits have the standard deviation 0.80, their Δ 0.56, their ΔΔ 0.67.) `slope`:
   * the plain least-squares slope a frame, as in HTK, which is √(2 Σ k²) times smaller (3.2 times for K = 2).
   */
  readonly scale: 'unit-norm' | 'slope';
  /**
   * Of the first and last K frames, which have no K neighbours on both sides: `repeat` (default) repeats the first and
   * last frame beyond the ends, as HTK does since version 2; `difference` takes the difference to the next frame at the
   * beginning and to the frame before at the end, as HTK 1 did.
   */
  readonly ends?: 'repeat' | 'difference';
}

export const defaultDerivatives: DerivativeOptions = { order: 2, halfWindow: 2, scale: 'unit-norm' };

/** How many times wider the frames become. */
export function derivativeFactor({ order }: DerivativeOptions): number {
  return order + 1;
}

/**
 * Frames with their temporal derivatives: [x, Δ, ΔΔ], frames × ((order + 1) · dimensions), where
 * Δ(t) = c Σ_{k=1..K} k (x(t+k) − x(t−k)) and ΔΔ is Δ of Δ.
 *
 * @param frames frames × dimensions
 * @throws RangeError when `halfWindow` is not a positive whole number
 */
export function withDerivatives(frames: Matrix, options: DerivativeOptions = defaultDerivatives): Matrix {
  const { order, halfWindow, scale, ends = 'repeat' } = options;
  if (order === 0) return frames;
  if (!(Number.isSafeInteger(halfWindow) && halfWindow > 0)) {
    throw new RangeError(`derivatives: the half-window must be a positive whole number, not ${halfWindow}`);
  }
  const squares = (halfWindow * (halfWindow + 1) * (2 * halfWindow + 1)) / 3;
  const factor = scale === 'slope' ? 1 / squares : 1 / Math.sqrt(squares);
  const { rows, columns } = frames;
  const width = (order + 1) * columns;
  const result = matrix(rows, width);
  for (let row = 0; row < rows; row++) {
    result.data.set(frames.data.subarray(row * columns, (row + 1) * columns), row * width);
  }
  for (let n = 1; n <= order; n++) {
    differentiate(result, columns, n, halfWindow, factor);
    if (ends === 'difference') takeDifferences(result, columns, n, halfWindow);
  }
  return result;
}

/** Fills block `n` of columns with the derivative of block `n` − 1. */
function differentiate(
  { rows, columns: width, data }: Matrix,
  columns: number,
  n: number,
  halfWindow: number,
  factor: number,
): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const source = (n - 1) * columns + column;
      let sum = 0;
      for (let k = 1; k <= halfWindow; k++) {
        const after = Math.min(rows - 1, row + k) * width + source;
        const before = Math.max(0, row - k) * width + source;
        sum += k * ((data[after] as number) - (data[before] as number));
      }
      data[row * width + n * columns + column] = factor * sum;
    }
  }
}

/** The first and last `count` rows of block `n` of columns as differences of neighbours in block `n` − 1. */
function takeDifferences(
  { rows, columns: width, data }: Matrix,
  columns: number,
  n: number,
  count: number,
): void {
  for (let row = 0; row < rows; row++) {
    const isFirst = row < count && row + 1 < rows;
    if (!isFirst && row < rows - count) continue;
    const after = isFirst ? row + 1 : row;
    const before = Math.max(0, after - 1);
    for (let column = 0; column < columns; column++) {
      const source = (n - 1) * columns + column;
      data[row * width + n * columns + column] =
        (data[after * width + source] as number) - (data[before * width + source] as number);
    }
  }
}
