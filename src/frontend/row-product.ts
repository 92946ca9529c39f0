import * as tf from '@tensorflow/tfjs-core';
import type { Matrix } from '../matrix.js';

/** Rows of one product. */
const blockRows = 128;

/**
 * Computes x W for rows x made one at a time, on the current engine, and hands out the resulting rows in order.
 *
 * Every product has the same number of rows, the last filled up with zeros: engines choose their kernels by the
 * shape, and a row must come out the same to the bit whatever rows it is computed with.
 *
 * @param weights W, inner × outer
 * @param fill writes row `row` of x to `target`, which holds zeros or an earlier row
 * @param consume is given row `row` of x W; the memory is reused afterwards
 */
export function forEachProductRow(
  rows: number,
  weights: Matrix,
  fill: (row: number, target: Float32Array) => void,
  consume: (row: number, values: Float32Array) => void,
): void {
  const { rows: inner, columns: outer } = weights;
  const w = tf.tensor2d(weights.data, [inner, outer]);
  try {
    for (let from = 0; from < rows; from += blockRows) {
      const count = Math.min(blockRows, rows - from);
      const block = new Float32Array(blockRows * inner);
      for (let i = 0; i < count; i++) fill(from + i, block.subarray(i * inner, (i + 1) * inner));
      const product = tf.tidy(() => tf.matMul(tf.tensor2d(block, [blockRows, inner]), w));
      const values = product.dataSync<'float32'>();
      product.dispose();
      for (let i = 0; i < count; i++) consume(from + i, values.subarray(i * outer, (i + 1) * outer));
    }
  } finally {
    w.dispose();
  }
}
