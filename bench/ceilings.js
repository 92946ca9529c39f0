import * as tf from '@tensorflow/tfjs-core';

/**
 * What the current engine's GPU reaches at its best: a single-precision product of 8192 squared, and a copy of 1 GiB,
 * bytes read and written counted.
 *
 * @returns {{ flopsPerSecond: number, bytesPerSecond: number }}
 */
export function ceilings() {
  return tf.tidy(() => {
    const n = 8192;
    const a = tf.randomUniform([n, n]);
    const flopsPerSecond = (2 * n ** 3) / best(() => tf.matMul(a, a));
    const large = tf.ones([2 ** 28]);
    const bytesPerSecond = (2 * 4 * large.size) / best(() => tf.add(large, 1));
    return { flopsPerSecond, bytesPerSecond };
  });
}

/** Seconds of the fastest of some runs, each long enough to hide that the last one is waited for. */
function best(compute) {
  const runs = 5;
  const repeats = 10;
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run <= runs; run++) {
    const start = performance.now();
    for (let i = 1; i < repeats; i++) compute().dispose();
    const last = compute();
    const view = tf.reshape(last, [-1]);
    tf.slice(view, 0, 1).dataSync();
    tf.dispose([last, view]);
    if (run > 0) least = Math.min(least, (performance.now() - start) / repeats / 1e3);
  }
  return least;
}
