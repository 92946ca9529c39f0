import * as tf from '@tensorflow/tfjs-core';
import { realSteps } from './layer.js';

/** Far below every activation, and finite: nothing becomes NaN where all of a sequence is padding. */
export const farBelow = -1e30;

/** Padding steps of x [batch, time, channels] as values that no maximum chooses while there is a real step. */
export function withoutPadding<T extends tf.Tensor>(x: T, mask: tf.Tensor2D | undefined): T {
  if (mask === undefined) return x;
  return tf.tidy(() => {
    const below = tf.mul(tf.sub(1, mask), farBelow);
    return tf.add(realSteps(x, mask), tf.expandDims(below, 2)) as T;
  });
}
