import * as tf from '@tensorflow/tfjs-core';
import { concatRows, type Matrix, sliceRows } from '../../matrix.js';
import type { FeatureExtractor } from '../../models/feature-extractors.js';
import type { Rows } from '../../models/networks/encoders.js';

/** Rows sent through a network at once: what convolutions make of one is large. */
const rowsAtOnce = 250;

/** @param compute rows [batch, width] of the modalities that are there → [batch, columns] */
export function networkExtractor(compute: (rows: Rows) => tf.Tensor2D | tf.Tensor): FeatureExtractor {
  return (present) => {
    const [first] = Object.values(present);
    const count = first?.rows ?? 0;
    const made: Matrix[] = [];
    for (let from = 0; from < count; from += rowsAtOnce) {
      const to = Math.min(count, from + rowsAtOnce);
      const result = tf.tidy(() =>
        compute(
          Object.fromEntries(
            Object.entries(present).map(([modality, all]) => {
              const { data, columns } = sliceRows(all, from, to);
              return [modality, tf.tensor2d(data, [to - from, columns])];
            }),
          ),
        ),
      );
      const [rows = 0, columns = 0] = result.shape;
      made.push({ rows, columns, data: result.dataSync().slice() as Float32Array });
      result.dispose();
    }
    return concatRows(made);
  };
}
