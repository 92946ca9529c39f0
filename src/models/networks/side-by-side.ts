import * as tf from '@tensorflow/tfjs-core';

/** Columns of all tensors, [batch, Σ width]. */
export const sideBySide = (tensors: readonly tf.Tensor[]): tf.Tensor2D =>
  (tensors.length === 1 ? tensors[0] : tf.concat([...tensors], 1)) as tf.Tensor2D;

/** The way back of {@link sideBySide}. @param widths columns of each tensor */
export const apart = (x: tf.Tensor2D, widths: readonly number[]): tf.Tensor2D[] =>
  widths.length === 1 ? [x] : (tf.split(x, [...widths], 1) as tf.Tensor2D[]);
