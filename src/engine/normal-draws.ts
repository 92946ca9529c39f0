import * as tf from '@tensorflow/tfjs-core';
import type { NoiseKey } from './noise.js';
import { bernoulli } from './operations.js';

/** Fair coins whose sum makes one draw. */
const coins = 16;

/**
 * Draws of mean 0 and variance 1, close to normal: the sum of 16 fair coins, centred and scaled. No draw is beyond 4, they
 * lie half a standard deviation apart, and their fourth moment is 2.875 where the normal distribution has 3. Unlike
 * `gaussians`, a recorded step can make them (`replay.ts`): all engines have the coins, one has no sine.
 */
export function normalDraws(shape: readonly number[], key: NoiseKey): tf.Tensor {
  return tf.tidy(() => {
    const half = tf.fill([...shape], 0.5);
    let heads = tf.zerosLike(half);
    for (let coin = 0; coin < coins; coin++) {
      const before = heads;
      heads = tf.tidy(() =>
        tf.add(before, bernoulli(half, { ...key, purpose: `${key.purpose}/coin-${coin}` })),
      );
      before.dispose();
    }
    return tf.mul(tf.sub(heads, coins / 2), 2 / Math.sqrt(coins));
  });
}
