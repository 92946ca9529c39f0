import * as tf from '@tensorflow/tfjs-core';
import { type Matrix, sliceRows } from '../../matrix.js';

/** Small enough that a chunk read by one product is still in cache for the next. */
const chunkRows = 2048;
/** Above this size chunks are copied to the engine each time they are needed, not kept there. */
const residentBytes = 600e6;

/**
 * The examples as the solvers see them: on the engine in chunks of rows, with the constant feature as last
 * column where there is a bias. Dispose it.
 */
export class DesignMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly #x: Matrix;
  readonly #resident: tf.Tensor2D[] | undefined;

  /** @param maxResidentBytes for tests */
  constructor(x: Matrix, bias: boolean, maxResidentBytes = residentBytes) {
    this.#x = x;
    this.rows = x.rows;
    this.columns = x.columns + (bias ? 1 : 0);
    if (4 * this.rows * this.columns <= maxResidentBytes) {
      this.#resident = [];
      for (let from = 0; from < this.rows; from += chunkRows) this.#resident.push(this.#copy(from));
    }
  }

  /** Visits the chunks in order; a chunk must not be kept. */
  forEachChunk(visit: (chunk: tf.Tensor2D, from: number) => void): void {
    for (let from = 0; from < this.rows; from += chunkRows) {
      const held = this.#resident?.[from / chunkRows];
      const chunk = held ?? this.#copy(from);
      visit(chunk, from);
      if (!held) chunk.dispose();
    }
  }

  /** XᵀX in double precision (columns × columns), row-major. */
  gram(): Float64Array {
    const sum = new Float64Array(this.columns ** 2);
    this.forEachChunk((chunk) => {
      const product = tf.matMul(chunk, chunk, true);
      const values = product.dataSync();
      product.dispose();
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (values[i] as number);
    });
    return sum;
  }

  dispose(): void {
    tf.dispose(this.#resident ?? []);
  }

  #copy(from: number): tf.Tensor2D {
    const { rows, columns, data } = sliceRows(this.#x, from, Math.min(this.rows, from + chunkRows));
    if (columns === this.columns) return tf.tensor2d(data, [rows, columns]);
    const values = new Float32Array(rows * this.columns).fill(1);
    for (let row = 0; row < rows; row++) {
      values.set(data.subarray(row * columns, (row + 1) * columns), row * this.columns);
    }
    return tf.tensor2d(values, [rows, this.columns]);
  }
}
