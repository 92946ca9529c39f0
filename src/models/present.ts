import * as tf from '@tensorflow/tfjs-core';
import type { Matrix } from '../matrix.js';

/** Examples of the modalities that a setting shows, by name; all with the same number of rows. */
export type Present = Readonly<Record<string, Matrix>>;

/** Rows sent through a model at once: enough for the matrix products, small beside the data. */
const CHUNK_ROWS = 2000;

/** Sends rows through `compute` in chunks. @param compute tensors [rows, columns] of each matrix → [rows, out] */
export function mapRows(matrices: readonly Matrix[], compute: (chunk: tf.Tensor2D[]) => tf.Tensor2D): Matrix {
  return mapRowsToEach(matrices, (chunk) => [compute(chunk)])[0] ?? nothing;
}

/**
 * Sends rows through `compute` in chunks.
 *
 * @param compute tensors [rows, columns] of each matrix → so many of [rows, out]
 * @param chunkRows rows at once
 * @returns a matrix for each tensor that `compute` gives; none without rows
 */
export function mapRowsToEach(
  matrices: readonly Matrix[],
  compute: (chunk: tf.Tensor2D[]) => readonly tf.Tensor2D[],
  chunkRows = CHUNK_ROWS,
): readonly Matrix[] {
  const rows = matrices[0]?.rows ?? 0;
  let made: readonly Matrix[] = [];
  for (let start = 0; start < rows; start += chunkRows) {
    const count = Math.min(chunkRows, rows - start);
    const results = tf.tidy(() => [
      ...compute(
        matrices.map(({ data, columns }) =>
          tf.tensor2d(data.subarray(start * columns, (start + count) * columns), [count, columns]),
        ),
      ),
    ]);
    if (start === 0) {
      made = results.map(({ shape: [, columns] }) => ({
        rows,
        columns,
        data: new Float32Array(rows * columns),
      }));
    }
    results.forEach((result, index) => {
      made[index]?.data.set(result.dataSync(), start * result.shape[1]);
      result.dispose();
    });
  }
  return made;
}

const nothing: Matrix = { rows: 0, columns: 0, data: new Float32Array(0) };

/** The inputs of all branches in their order, zero where a modality is absent. */
export function withZeros(
  present: Present,
  branches: readonly { readonly modality: string; readonly visible: number }[],
): Matrix[] {
  const rows = Object.values(present)[0]?.rows ?? 0;
  return branches.map(
    ({ modality, visible }) =>
      present[modality] ?? { rows, columns: visible, data: new Float32Array(rows * visible) },
  );
}
