import * as tf from '@tensorflow/tfjs-core';
import { type Forward, PlainLayer } from './layer.js';

/** [batch, …, channels] → [batch, steps, channels]: the places of a picture, or a single vector, as the steps of a sequence. */
export class AsSteps extends PlainLayer {
  override outputShape(input: readonly number[]): readonly number[] {
    const places = input.slice(0, -1).reduce((product, length) => product * length, 1);
    return [places, input[input.length - 1] ?? 0];
  }

  override forward(x: tf.Tensor): Forward {
    return {
      output: tf.reshape(x, [x.shape[0] ?? 0, ...this.outputShape(x.shape.slice(1))]),
      backward: (delta) => tf.reshape(delta, x.shape),
    };
  }
}
