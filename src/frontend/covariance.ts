import * as tf from '@tensorflow/tfjs-core';
import { MmxError } from '../errors.js';
import { type Matrix, sliceRows } from '../matrix.js';
import { columnMeans } from './normalise.js';

export interface Covariance {
  readonly count: number;
  readonly mean: Float64Array;
  /** d × d, row-major, divisor count − 1. */
  readonly values: Float64Array;
}

/** Rows of one single-precision product; the sums over blocks are in double. */
const blockRows = 1024;

/**
 * Mean and covariance of rows that come in pieces, without keeping them. The rows are put together to blocks of one
 * size first, so the result depends on the rows and their order alone, not on how they were cut.
 */
export class CovarianceStream {
  readonly columns: number;
  readonly #block: Float32Array;
  readonly #products: Float64Array;
  readonly #sums: Float64Array;
  /** Mean of the first block, taken off all rows: single-precision products of large means would cancel. */
  #shift: Float64Array | undefined;
  #held = 0;
  #count = 0;

  constructor(columns: number) {
    this.columns = columns;
    this.#block = new Float32Array(blockRows * columns);
    this.#products = new Float64Array(columns * columns);
    this.#sums = new Float64Array(columns);
  }

  get count(): number {
    return this.#count + this.#held;
  }

  /** @throws MmxError `matrix/shape` when the rows have another length */
  push(rows: Matrix): void {
    if (rows.columns !== this.columns) {
      throw new MmxError(
        'matrix/shape',
        `frames of ${rows.columns} dimensions among frames of ${this.columns}`,
      );
    }
    for (let from = 0; from < rows.rows; ) {
      const to = Math.min(rows.rows, from + blockRows - this.#held);
      this.#block.set(sliceRows(rows, from, to).data, this.#held * this.columns);
      this.#held += to - from;
      from = to;
      if (this.#held === blockRows) this.#flush();
    }
  }

  /** @throws MmxError `frontend/whitening` when there were fewer than two rows */
  finish(): Covariance {
    if (this.#held > 0) this.#flush();
    const { columns } = this;
    const n = this.#count;
    if (n < 2) {
      throw new MmxError('frontend/whitening', `a covariance needs at least 2 frames, and there are ${n}`);
    }
    const bias = this.#sums.map((sum) => sum / n);
    const values = new Float64Array(columns * columns);
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j <= i; j++) {
        const sum = this.#products[i * columns + j] as number;
        const value = (sum - n * (bias[i] as number) * (bias[j] as number)) / (n - 1);
        values[i * columns + j] = value;
        values[j * columns + i] = value;
      }
    }
    return { count: n, mean: bias.map((value, i) => value + (this.#shift?.[i] ?? 0)), values };
  }

  #flush(): void {
    const { columns } = this;
    const rows = this.#held;
    const data = this.#block.subarray(0, rows * columns);
    this.#shift ??= columnMeans({ rows, columns, data });
    for (let i = 0, row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, i++) {
        const value = Math.fround((data[i] as number) - (this.#shift[column] as number));
        data[i] = value;
        this.#sums[column] = (this.#sums[column] as number) + value;
      }
    }
    const product = tf.tidy(() => {
      const block = tf.tensor2d(data.slice(), [rows, columns]);
      return tf.matMul(block, block, true);
    });
    const values = product.dataSync<'float32'>();
    product.dispose();
    for (let i = 0; i < values.length; i++) {
      this.#products[i] = (this.#products[i] as number) + (values[i] as number);
    }
    this.#count += rows;
    this.#held = 0;
  }
}
