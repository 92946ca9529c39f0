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

/** What makes each column of some frames one of mean 0 and variance 1: (value − mean) · scale. */
export interface ColumnScaling {
  readonly means: Float64Array;
  /** 0 of a column that never changes. */
  readonly scales: Float64Array;
}

/** Fitted on all rows; the variance has the divisor n. */
export function fitColumnScaling(frames: Matrix): ColumnScaling {
  const { rows, columns, data } = frames;
  const means = columnMeans(frames);
  const squares = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) {
    const column = i % columns;
    squares[column] = (squares[column] as number) + ((data[i] as number) - (means[column] as number)) ** 2;
  }
  const scales = squares.map((sum, column) => {
    const deviation = Math.sqrt(sum / rows);
    // What rounding leaves of a constant is no variation to blow up.
    const noise = 1e-6 * Math.abs(means[column] as number);
    return deviation > noise ? 1 / deviation : 0;
  });
  return { means, scales };
}

/** A scaled copy. */
export function scaleColumns({ rows, columns, data }: Matrix, { means, scales }: ColumnScaling): Matrix {
  const result = matrix(rows, columns);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      result.data[i] = ((data[i] as number) - (means[column] as number)) * (scales[column] as number);
    }
  }
  return result;
}

/**
 * Normalises each feature over the frames of one clip. A feature that never changes becomes 0, whatever the
 * normalisation but `none`.
 *
 * @param frames frames × dimensions, all of one clip
 */
export function normaliseOverTime(frames: Matrix, normalisation: Normalisation = 'mean'): Matrix {
  if (normalisation === 'none') return frames;
  if (normalisation === 'mean-variance') return scaleColumns(frames, fitColumnScaling(frames));
  return scaleColumns(frames, {
    means: columnMeans(frames),
    scales: new Float64Array(frames.columns).fill(1),
  });
}
