import { type Matrix, matrix } from '../matrix.js';

/**
 * `mean`: every feature has mean 0 over the frames of the clip, as the paper states.
 * `mean-variance`: and variance 1, which the paper does not do.
 */
export type Normalisation = 'none' | 'mean' | 'mean-variance';

/** Means over time, one a column; sums in double precision. */
export function columnMeans({ rows, columns, data }: Matrix): Float64Array {
  const means = new Float64Array(columns);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      means[column] = (means[column] as number) + (data[i] as number);
    }
  }
  return means.map((sum) => sum / rows);
}

/**
 * Normalises each feature over the frames of one clip. A feature that never changes becomes 0, whatever the
 * normalisation but `none`.
 *
 * @param frames frames × dimensions, all of one clip
 */
export function normaliseOverTime(frames: Matrix, normalisation: Normalisation = 'mean'): Matrix {
  if (normalisation === 'none') return frames;
  const { rows, columns, data } = frames;
  const means = columnMeans(frames);
  const scales = new Float64Array(columns).fill(1);
  if (normalisation === 'mean-variance') {
    const squares = new Float64Array(columns);
    for (let i = 0; i < data.length; i++) {
      const column = i % columns;
      squares[column] = (squares[column] as number) + ((data[i] as number) - (means[column] as number)) ** 2;
    }
    squares.forEach((sum, column) => {
      const deviation = Math.sqrt(sum / rows);
      // What rounding leaves of a constant is no variation to blow up.
      const noise = 1e-6 * Math.abs(means[column] as number);
      scales[column] = deviation > noise ? 1 / deviation : 0;
    });
  }
  const result = matrix(rows, columns);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      result.data[i] = ((data[i] as number) - (means[column] as number)) * (scales[column] as number);
    }
  }
  return result;
}
