import * as tf from '@tensorflow/tfjs-core';
import { columnSum } from '../../engine/operations.js';
import { constantVariable } from './initial.js';
import { asRows, disposeVariables, type Forward, type Layer, requireChannels } from './layer.js';

/**
 * Each row of channels to mean 0 and variance 1, then a learnt scale and shift (Ba et al. 2016):
 * [batch, …, channels] → the same.
 */
export class LayerNormalisation implements Layer {
  readonly parameters: { readonly scale: tf.Variable; readonly shift: tf.Variable };
  readonly state = {};
  readonly #channels: number;
  readonly #epsilon: number;

  /** @param epsilon added to the variance */
  constructor(channels: number, epsilon = 1e-5) {
    this.#channels = channels;
    this.#epsilon = epsilon;
    this.parameters = { scale: constantVariable([channels], 1), shift: constantVariable([channels], 0) };
  }

  outputShape(input: readonly number[]): readonly number[] {
    requireChannels('layer normalisation', input, this.#channels);
    return input;
  }

  forward(x: tf.Tensor): Forward {
    this.outputShape(x.shape.slice(1));
    const { scale, shift } = this.parameters;
    const { normal, perDeviation } = tf.tidy(() => {
      const rows = asRows(x);
      const centred = tf.sub(rows, tf.mean(rows, 1, true)) as tf.Tensor2D;
      const variance = tf.mean(tf.square(centred), 1, true);
      const inverse = tf.rsqrt(tf.add(variance, this.#epsilon));
      return { normal: tf.mul(centred, inverse) as tf.Tensor2D, perDeviation: inverse };
    });
    return {
      output: tf.tidy(() => tf.reshape(tf.add(tf.mul(normal, scale), shift), x.shape)),
      backward: (delta, apply) =>
        tf.tidy(() => {
          const above = asRows(delta);
          const scaled = tf.mul(above, scale);
          const along = tf.mean(tf.mul(scaled, normal), 1, true);
          const kept = tf.sub(tf.sub(scaled, tf.mean(scaled, 1, true)), tf.mul(normal, along));
          const below = tf.mul(kept, perDeviation);
          apply('scale', scale, columnSum(tf.mul(above, normal) as tf.Tensor2D));
          apply('shift', shift, columnSum(above));
          return tf.reshape(below, x.shape);
        }),
    };
  }

  dispose(): void {
    disposeVariables(this.parameters);
  }
}
