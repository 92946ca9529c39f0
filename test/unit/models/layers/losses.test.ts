import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { binaryCrossEntropy, infoNce, softmaxCrossEntropy } from '../../../../src/models/layers/losses.js';
import { describeEachEngine } from '../../engine/each-engine.js';
import { draw, expectGradients, numbers } from './gradients.js';

const lossValue = (loss: tf.Scalar): number => numbers(loss)[0] ?? Number.NaN;

describeEachEngine('losses', () => {
  test.each([undefined, [1, 3, 0.5, 2]])('softmax cross-entropy, class weights %j', (classWeights) => {
    tf.tidy(() => {
      const logits = draw('logits', [3, 4]) as tf.Tensor2D;
      const labels = [2, 0, 1];
      const weights = classWeights === undefined ? undefined : tf.tensor1d(classWeights);
      const rows = [0, 1, 2].map((row) => numbers(logits).slice(4 * row, 4 * row + 4));
      const counts = labels.map((label) => classWeights?.[label] ?? 1);
      const expected = rows.reduce((sum, row, i) => {
        const total = row.reduce((all, value) => all + Math.exp(value), 0);
        return sum + (counts[i] ?? 0) * (Math.log(total) - (row[labels[i] ?? 0] ?? 0));
      }, 0);
      const total = counts.reduce((sum, count) => sum + count, 0);
      for (const type of ['int32', 'float32'] as const) {
        const { loss } = softmaxCrossEntropy(logits, tf.tensor1d(labels, type), weights);
        expect(lossValue(loss)).toBeCloseTo(expected / total, 5);
      }
      expectLossGradients([logits], ([x]) => {
        const { loss, delta } = softmaxCrossEntropy(x as tf.Tensor2D, tf.tensor1d(labels, 'int32'), weights);
        return { loss, deltas: [delta] };
      });
    });
  });

  test.each([undefined, [1, 3, 0.5, 2]])(
    'softmax cross-entropy of some of the examples, class weights %j',
    (classWeights) => {
      tf.tidy(() => {
        const logits = draw('logits', [3, 4]) as tf.Tensor2D;
        const labels = tf.tensor1d([2, 0, 1], 'int32');
        const weights = classWeights === undefined ? undefined : tf.tensor1d(classWeights);
        const counted = tf.tensor2d([1, 0, 1], [3, 1]);
        const rows = tf.gather(logits, tf.tensor1d([0, 2], 'int32')) as tf.Tensor2D;
        const expected = softmaxCrossEntropy(rows, tf.tensor1d([2, 1], 'int32'), weights);
        const { loss, delta } = softmaxCrossEntropy(logits, labels, weights, counted);
        expect(lossValue(loss)).toBeCloseTo(lossValue(expected.loss), 5);
        const deltas = numbers(expected.delta);
        const whole = [...deltas.slice(0, 4), 0, 0, 0, 0, ...deltas.slice(4)];
        for (const [i, value] of numbers(delta).entries()) expect(value).toBeCloseTo(whole[i] ?? 1, 5);
        const none = softmaxCrossEntropy(logits, labels, weights, tf.tensor2d([0, 0, 0], [3, 1]));
        expect([lossValue(none.loss), ...numbers(none.delta)]).toEqual(new Array(13).fill(0));
      });
    },
  );

  test('softmax cross-entropy of large logits', () => {
    tf.tidy(() => {
      const { loss, delta } = softmaxCrossEntropy(
        tf.tensor2d([500, -500], [1, 2]),
        tf.tensor1d([1], 'int32'),
      );
      expect(lossValue(loss)).toBeCloseTo(1000, 3);
      expect(numbers(delta)).toEqual([1, -1]);
    });
  });

  test('binary cross-entropy', () => {
    tf.tidy(() => {
      const logits = draw('logits', [3, 2]) as tf.Tensor2D;
      const targets = tf.tensor2d([0, 1, 1, 0, 0.3, 1], [3, 2]);
      const wanted = numbers(targets);
      const expected = numbers(logits).reduce((sum, x, i) => {
        const p = 1 / (1 + Math.exp(-x));
        return sum - (wanted[i] ?? 0) * Math.log(p) - (1 - (wanted[i] ?? 0)) * Math.log(1 - p);
      }, 0);
      expect(lossValue(binaryCrossEntropy(logits, targets).loss)).toBeCloseTo(expected / 6, 5);
      const large = binaryCrossEntropy(tf.tensor1d([200, -200]), tf.tensor1d([0, 0]));
      expect(lossValue(large.loss)).toBeCloseTo(100, 3);
      expectLossGradients([logits], ([x]) => {
        const { loss, delta } = binaryCrossEntropy(x as tf.Tensor2D, targets);
        return { loss, deltas: [delta] };
      });
    });
  });

  test('InfoNCE', () => {
    tf.tidy(() => {
      const [a, b] = [draw('a', [4, 3]) as tf.Tensor2D, draw('b', [4, 3]) as tf.Tensor2D];
      const temperature = 0.4;
      const units = [a, b].map((x) =>
        [0, 1, 2, 3].map((row) => {
          const values = numbers(x).slice(3 * row, 3 * row + 3);
          return values.map((value) => value / Math.hypot(...values));
        }),
      ) as [number[][], number[][]];
      const logit = (i: number, j: number): number =>
        (units[0][i] ?? []).reduce((sum, value, k) => sum + value * (units[1][j]?.[k] ?? 0), 0) / temperature;
      let expected = 0;
      for (let i = 0; i < 4; i++) {
        const [across, down] = [0, 1].map((way) =>
          [0, 1, 2, 3].reduce((sum, j) => sum + Math.exp(way === 0 ? logit(i, j) : logit(j, i)), 0),
        ) as [number, number];
        expected += (Math.log(across) + Math.log(down) - 2 * logit(i, i)) / 8;
      }
      expect(lossValue(infoNce(a, b, temperature).loss)).toBeCloseTo(expected, 5);
      expectLossGradients([a, b], ([x, y]) => {
        const { loss, delta } = infoNce(x as tf.Tensor2D, y as tf.Tensor2D, temperature);
        return { loss, deltas: [delta.a, delta.b] };
      });
      expect(() => infoNce(a, b, 0)).toThrow('a temperature of 0 is not above 0');
    });
  });
});

function expectLossGradients(
  inputs: readonly tf.Tensor[],
  lossOf: (inputs: readonly tf.Tensor[]) => { loss: tf.Scalar; deltas: readonly tf.Tensor[] },
): void {
  expectGradients(
    {
      parameters: {},
      forward(at) {
        const { loss, deltas } = lossOf(at);
        return { output: loss, backward: (above) => deltas.map((delta) => tf.mul(delta, above)) };
      },
    },
    inputs,
  );
}
