import * as tf from '@tensorflow/tfjs-core';
import { bernoulli } from '../../engine/operations.js';
import { type Forward, type Pass, PlainLayer } from './layer.js';

/**
 * While training, sets each entry to zero with probability `rate` and divides the others by 1 − rate, so that the
 * expectation stays (Srivastava et al. 2014, with the scale where inference needs none). What falls out is a function
 * of the pass's key alone.
 */
export class Dropout extends PlainLayer {
  readonly #rate: number;

  /** @param rate in [0, 1) @throws RangeError otherwise */
  constructor(rate: number) {
    super();
    if (!(rate >= 0 && rate < 1)) throw new RangeError(`dropout: a rate of ${rate} is not in [0, 1)`);
    this.#rate = rate;
  }

  override outputShape(input: readonly number[]): readonly number[] {
    return input;
  }

  override forward(x: tf.Tensor, { training, key }: Pass): Forward {
    if (!training || this.#rate === 0) return { output: x, backward: (delta) => delta };
    const kept = 1 - this.#rate;
    const factors = tf.tidy(() => tf.mul(bernoulli(tf.fill(x.shape, kept), key), 1 / kept));
    return { output: tf.mul(x, factors), backward: (delta) => tf.mul(delta, factors) };
  }
}
