import { MmxError } from '../errors.js';
import { type Matrix, matrix } from '../matrix.js';

/** Per-feature affine map to mean 0 and standard deviation 1, fitted on one set of examples. */
export interface Standardisation {
  readonly mean: Float64Array;
  /** Population standard deviation (divisor n); 1 for a constant feature, which is only centred. */
  readonly deviation: Float64Array;
}

/**
 * Fit on the training part only. A feature counts as constant when its deviation is within the rounding of its
 * single-precision values.
 *
 * @throws MmxError `standardise/empty`
 */
export function fitStandardisation({ rows, columns, data }: Matrix): Standardisation {
  if (rows === 0)
    throw new MmxError('standardise/empty', 'features cannot be standardised: there are no examples');
  const mean = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++) mean[j] = (mean[j] as number) + (data[row * columns + j] as number);
  }
  for (let j = 0; j < columns; j++) mean[j] = (mean[j] as number) / rows;
  const squares = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++) {
      squares[j] = (squares[j] as number) + ((data[row * columns + j] as number) - (mean[j] as number)) ** 2;
    }
  }
  const rounding = 2 ** -23;
  const deviation = squares.map((sum, j) => {
    const value = Math.sqrt(sum / rows);
    return value > rounding * Math.abs(mean[j] as number) ? value : 1;
  });
  return { mean, deviation };
}

/** A standardised copy. @throws MmxError `standardise/columns` */
export function applyStandardisation({ mean, deviation }: Standardisation, x: Matrix): Matrix {
  if (x.columns !== mean.length) {
    throw new MmxError(
      'standardise/columns',
      `the standardisation was fitted to ${mean.length} features, got ${x.columns}`,
    );
  }
  const result = matrix(x.rows, x.columns);
  for (let row = 0; row < x.rows; row++) {
    for (let j = 0; j < x.columns; j++) {
      const index = row * x.columns + j;
      result.data[index] = ((x.data[index] as number) - (mean[j] as number)) / (deviation[j] as number);
    }
  }
  return result;
}
