import * as tf from '@tensorflow/tfjs-core';
import { columnSum } from '../../engine/operations.js';
import { accumulate } from '../../engine/rows.js';
import { constantVariable } from './initial.js';
import { asRows, disposeVariables, type Forward, type Layer, type Pass, requireChannels } from './layer.js';

export interface BatchNormalisationOptions {
  readonly channels: number;
  /** Share of the running statistics that a minibatch keeps, in [0, 1). Default 0.99. */
  readonly momentum?: number;
  /** Added to the variance. Default 1e-3. */
  readonly epsilon?: number;
}

/**
 * Each channel to mean 0 and variance 1, then a learnt scale and shift (Ioffe and Szegedy 2015): [batch, …, channels] → the
 * same. Training measures mean and variance over all but the channels of the minibatch, and moves the running statistics
 * towards them (the variance unbiased, as in the paper); inference uses those. Padding steps are not left out.
 */
export class BatchNormalisation implements Layer {
  readonly parameters: { readonly scale: tf.Variable; readonly shift: tf.Variable };
  readonly state: { readonly runningMean: tf.Variable; readonly runningVariance: tf.Variable };
  readonly #channels: number;
  readonly #momentum: number;
  readonly #epsilon: number;

  constructor({ channels, momentum = 0.99, epsilon = 1e-3 }: BatchNormalisationOptions) {
    this.#channels = channels;
    this.#momentum = momentum;
    this.#epsilon = epsilon;
    this.parameters = { scale: constantVariable([channels], 1), shift: constantVariable([channels], 0) };
    this.state = {
      runningMean: constantVariable([channels], 0),
      runningVariance: constantVariable([channels], 1),
    };
  }

  outputShape(input: readonly number[]): readonly number[] {
    requireChannels('batch normalisation', input, this.#channels);
    return input;
  }

  forward(x: tf.Tensor, { training }: Pass): Forward {
    this.outputShape(x.shape.slice(1));
    const { scale, shift } = this.parameters;
    const { normal, perDeviation } = training ? this.#measured(x) : this.#remembered(x);
    return {
      output: tf.tidy(() => tf.reshape(tf.add(tf.mul(normal, scale), shift), x.shape)),
      backward: (delta, apply) =>
        tf.tidy(() => {
          const above = asRows(delta);
          const share = 1 / above.shape[0];
          const scaleGradient = columnSum(tf.mul(above, normal) as tf.Tensor2D);
          const shiftGradient = columnSum(above);
          // The statistics depend on the minibatch while training: what moves along with them is taken off.
          const kept = training
            ? tf.sub(
                tf.sub(above, tf.mul(shiftGradient, share)),
                tf.mul(normal, tf.mul(scaleGradient, share)),
              )
            : above;
          const below = tf.mul(kept, tf.mul(scale, perDeviation));
          apply('scale', scale, scaleGradient);
          apply('shift', shift, shiftGradient);
          return tf.reshape(below, x.shape);
        }),
    };
  }

  dispose(): void {
    disposeVariables(this.parameters, this.state);
  }

  #measured(x: tf.Tensor): { normal: tf.Tensor2D; perDeviation: tf.Tensor } {
    const { runningMean, runningVariance } = this.state;
    return tf.tidy(() => {
      const rows = asRows(x);
      const count = rows.shape[0];
      const mean = columnSum(rows, 1 / count);
      const centred = tf.sub(rows, mean) as tf.Tensor2D;
      const variance = columnSum(tf.square(centred), 1 / count);
      const moved = 1 - this.#momentum;
      const unbiased = tf.mul(variance, count / Math.max(1, count - 1));
      accumulate(runningMean, tf.sub(mean, runningMean), moved);
      accumulate(runningVariance, tf.sub(unbiased, runningVariance), moved);
      const perDeviation = tf.rsqrt(tf.add(variance, this.#epsilon));
      return { normal: tf.mul(centred, perDeviation) as tf.Tensor2D, perDeviation };
    });
  }

  #remembered(x: tf.Tensor): { normal: tf.Tensor2D; perDeviation: tf.Tensor } {
    const { runningMean, runningVariance } = this.state;
    return tf.tidy(() => {
      const perDeviation = tf.rsqrt(tf.add(runningVariance, this.#epsilon));
      const centred = tf.sub(asRows(x), runningMean);
      return { normal: tf.mul(centred, perDeviation) as tf.Tensor2D, perDeviation };
    });
  }
}
