import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { kernelNames } from '../../../../src/engine/operations.js';
import { recurrence } from '../../../../src/models/layers/recurrence.js';
import { describeEachEngine } from '../../engine/each-engine.js';
import { draw } from './gradients.js';

const bits = (x: tf.Tensor): Int32Array => new Int32Array(x.dataSync().slice().buffer);

const [batch, time] = [5, 6];

/** From far below what changes the state to far beyond what saturates it: each branch of tanh and of the sigmoid. */
const magnitudes = (shape: [number, number]): tf.Tensor =>
  tf.exp(tf.mul(draw('magnitudes', shape), tf.scalar(6)));

const mask = (): tf.Tensor2D =>
  tf.tensor2d(
    [
      [1, 1, 1, 1, 1, 1],
      [1, 1, 1, 0, 0, 0],
      [0, 1, 0, 1, 1, 0],
      [1, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0],
    ],
    [batch, time],
  );

/** All that a recurrence gives, and the deltas of its sums. */
function all(hidden: number, backwards: boolean, isMasked: boolean): tf.Tensor[] {
  const matrix = (name: string, rows: number, width: number): tf.Tensor2D =>
    draw(name, [rows, width]) as tf.Tensor2D;
  const sums = tf.mul(matrix('sums', time * batch, 4 * hidden), magnitudes([time * batch, 4 * hidden]));
  const walked = recurrence({
    sums: sums as tf.Tensor2D,
    recurrent: matrix('recurrent', hidden, 4 * hidden),
    time,
    mask: isMasked ? mask() : undefined,
    backwards,
  });
  const last = matrix('last', batch, hidden);
  const states = matrix('states', time * batch, hidden);
  return [
    walked.states,
    walked.before,
    walked.last,
    walked.backward({ last }),
    walked.backward({ states }),
    walked.backward({ last, states }),
  ];
}

describeEachEngine('the steps of an LSTM', () => {
  const sizes = [4, 6, 3, 64];
  const ways = [false, true].flatMap((backwards) =>
    [false, true].map((isMasked) => [backwards, isMasked] as const),
  );

  // Rows of whole vectors, with a tail, and of a tail alone.
  test.each(sizes)('one kernel for all gives the bits of single operations, %i units', (hidden) => {
    const names = [kernelNames.recurrence, kernelNames.recurrenceBackward];
    const own = names.flatMap((name) => tf.getKernel(name, tf.getBackend()) ?? []);
    if (own.length === 0) return;
    for (const [backwards, isMasked] of ways) {
      tf.tidy(() => {
        const found = all(hidden, backwards, isMasked);
        for (const name of names) tf.unregisterKernel(name, tf.getBackend());
        try {
          const composed = all(hidden, backwards, isMasked);
          found.forEach((one, i) => {
            expect(one.shape).toEqual(composed[i]?.shape);
            expect(bits(one), `${i}`).toEqual(bits(composed[i] as tf.Tensor));
          });
          expect(found.every((one) => one.dataSync().every(Number.isFinite))).toBe(true);
        } finally {
          for (const kernel of own) tf.registerKernel(kernel);
        }
      });
    }
  });
});
