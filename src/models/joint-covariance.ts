import * as tf from '@tensorflow/tfjs-core';
import type { Matrix, MatrixSource } from '../matrix.js';

/** Sample means and (co)variances, divisor n − 1, of two views with paired rows; row-major. */
export interface JointCovariance {
  readonly meanX: Float64Array;
  readonly meanY: Float64Array;
  /** dx × dx; both triangles are filled. */
  readonly xx: Float64Array;
  readonly yy: Float64Array;
  /** dx × dy. */
  readonly xy: Float64Array;
}

/** Rows summed in single precision before the sum continues in double. */
const chunkRows = 2048;
/** Columns of a tile of the covariance: tiles below the diagonal are mirrored, not computed. */
const tileColumns = 512;

/**
 * One pass over both sources. Single-precision products of raw data would cancel when means are large beside
 * the spread, so each chunk is first shifted by the mean of the first chunk; the shift is undone exactly.
 */
export function jointCovariance(x: MatrixSource, y: MatrixSource): JointCovariance {
  const n = x.rows;
  const viewX = new View(x.columns);
  const viewY = new View(y.columns);
  const xx = new Float64Array(x.columns ** 2);
  const yy = new Float64Array(y.columns ** 2);
  const xy = new Float64Array(x.columns * y.columns);
  for (let from = 0; from < n; from += chunkRows) {
    const to = Math.min(n, from + chunkRows);
    const tilesX = viewX.tiles(x.readRows(from, to));
    const tilesY = viewY.tiles(y.readRows(from, to));
    accumulate(xx, x.columns, tilesX, tilesX);
    accumulate(yy, y.columns, tilesY, tilesY);
    accumulate(xy, y.columns, tilesX, tilesY);
    tf.dispose([...tilesX, ...tilesY]);
  }
  const biasX = viewX.sums.map((sum) => sum / n);
  const biasY = viewY.sums.map((sum) => sum / n);
  finish(xx, biasX, biasX, n);
  finish(yy, biasY, biasY, n);
  finish(xy, biasX, biasY, n);
  return {
    meanX: biasX.map((value, i) => value + (viewX.shift[i] as number)),
    meanY: biasY.map((value, i) => value + (viewY.shift[i] as number)),
    xx: mirror(xx, x.columns),
    yy: mirror(yy, y.columns),
    xy,
  };
}

/** One modality while it is read: the shift of its columns and the sums of what is left. */
class View {
  readonly sums: Float64Array;
  readonly #columns: number;
  #shift: Float32Array | undefined;

  constructor(columns: number) {
    this.#columns = columns;
    this.sums = new Float64Array(columns);
  }

  get shift(): Float32Array {
    return this.#shift ?? new Float32Array(this.#columns);
  }

  /** The chunk less the shift, cut into tensors of up to `tileColumns` columns; the caller disposes them. */
  tiles(chunk: Matrix): tf.Tensor2D[] {
    this.#shift ??= columnMeans(chunk);
    const { rows, columns, data } = chunk;
    const tiles: tf.Tensor2D[] = [];
    for (let start = 0; start < columns; start += tileColumns) {
      const width = Math.min(tileColumns, columns - start);
      const values = new Float32Array(rows * width);
      for (let row = 0; row < rows; row++) {
        for (let j = 0; j < width; j++) {
          const value = Math.fround(
            (data[row * columns + start + j] as number) - (this.#shift[start + j] as number),
          );
          values[row * width + j] = value;
          this.sums[start + j] = (this.sums[start + j] as number) + value;
        }
      }
      tiles.push(tf.tensor2d(values, [rows, width]));
    }
    return tiles;
  }
}

function columnMeans({ rows, columns, data }: Matrix): Float32Array {
  const sums = new Float64Array(columns);
  for (let i = 0; i < data.length; i++)
    sums[i % columns] = (sums[i % columns] as number) + (data[i] as number);
  return Float32Array.from(sums, (sum) => sum / rows);
}

/** target += AᵀB, tile by tile; only tiles on and above the diagonal when both are the same view. */
function accumulate(target: Float64Array, columns: number, a: tf.Tensor2D[], b: tf.Tensor2D[]): void {
  a.forEach((tileA, i) => {
    for (let j = a === b ? i : 0; j < b.length; j++) {
      const product = tf.matMul(tileA, b[j] as tf.Tensor2D, true);
      const [height, width] = product.shape as [number, number];
      const values = product.dataSync<'float32'>();
      product.dispose();
      for (let row = 0; row < height; row++) {
        const start = (i * tileColumns + row) * columns + j * tileColumns;
        for (let k = 0; k < width; k++) {
          target[start + k] = (target[start + k] as number) + (values[row * width + k] as number);
        }
      }
    }
  });
}

/** Sums of products of shifted values → covariance: (S − n a bᵀ) / (n − 1). */
function finish(sums: Float64Array, a: Float64Array, b: Float64Array, n: number): void {
  for (let i = 0; i < a.length; i++) {
    const scaled = n * (a[i] as number);
    for (let j = 0; j < b.length; j++) {
      const index = i * b.length + j;
      sums[index] = ((sums[index] as number) - scaled * (b[j] as number)) / (n - 1);
    }
  }
}

function mirror(a: Float64Array, n: number): Float64Array {
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a[i * n + j] = a[j * n + i] as number;
  return a;
}
