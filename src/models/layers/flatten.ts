import * as tf from '@tensorflow/tfjs-core';
import { type Forward, PlainLayer } from './layer.js';

/** [batch, a, b, …] → [batch, a · b · …]. */
export class Flatten extends PlainLayer {
  override outputShape(input: readonly number[]): readonly number[] {
    return [input.reduce((product, length) => product * length, 1)];
  }

  override forward(x: tf.Tensor): Forward {
    return {
      output: tf.reshape(x, [x.shape[0] ?? 0, ...this.outputShape(x.shape.slice(1))]),
      backward: (delta) => tf.reshape(delta, x.shape),
    };
  }
}
