import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { BatchNormalisation } from '../../../../src/models/layers/batch-normalisation.js';
import { LayerNormalisation } from '../../../../src/models/layers/layer-normalisation.js';
import { describeEachEngine } from '../../engine/each-engine.js';
import { distance, draw, expectLayerGradients, numbers, pass } from './gradients.js';

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: readonly number[]): number =>
  mean(values.map((value) => (value - mean(values)) ** 2));

const spread = (layer: { parameters: { scale: tf.Variable; shift: tf.Variable } }): void => {
  const { scale, shift } = layer.parameters;
  tf.tidy(() => {
    scale.assign(draw('scale', scale.shape));
    shift.assign(draw('shift', shift.shape));
  });
};

describeEachEngine('normalisation', () => {
  test('of a layer: mean 0 and variance 1 of each row, gradients', () => {
    const layer = new LayerNormalisation(6, 0);
    tf.tidy(() => {
      const x = tf.add(tf.mul(draw('x', [2, 3, 6]), 3), 5);
      const y = numbers(layer.forward(x).output);
      for (let row = 0; row < 6; row++) {
        const values = y.slice(6 * row, 6 * row + 6);
        expect(mean(values)).toBeCloseTo(0, 5);
        expect(variance(values)).toBeCloseTo(1, 4);
      }
      spread(layer);
      expectLayerGradients(layer, x);
    });
    layer.dispose();
  });

  test('of a minibatch: gradients while training and outside', () => {
    const layer = new BatchNormalisation({ channels: 4, epsilon: 1e-2 });
    tf.tidy(() => {
      spread(layer);
      expectLayerGradients(layer, draw('x', [3, 2, 4]));
      layer.state.runningMean.assign(draw('mean', [4]));
      layer.state.runningVariance.assign(tf.abs(draw('variance', [4])));
      expectLayerGradients(layer, draw('x', [3, 2, 4]), pass({ training: false }));
    });
    expect(() => layer.outputShape([2, 3])).toThrow('batch normalisation: an input of shape [2, 3]');
    layer.dispose();
  });

  test('of a minibatch: statistics, running statistics', () => {
    const layer = new BatchNormalisation({ channels: 2, momentum: 0.8, epsilon: 1e-3 });
    tf.tidy(() => {
      const batches = [1, 2].map((step) => tf.add(tf.mul(draw(`batch ${step}`, [9, 2]), step), step));
      const running = [
        { mean: 0, variance: 1 },
        { mean: 0, variance: 1 },
      ];
      for (const batch of batches) {
        const y = numbers(layer.forward(batch, pass()).output);
        const values = numbers(batch);
        running.forEach((channel, c) => {
          const column = values.filter((_, i) => i % 2 === c);
          const [m, v] = [mean(column), variance(column)];
          const expected = column.map((value) => (value - m) / Math.sqrt(v + 1e-3));
          expect(
            distance(
              y.filter((_, i) => i % 2 === c),
              expected,
            ),
          ).toBeLessThan(1e-5);
          channel.mean += 0.2 * (m - channel.mean);
          channel.variance += 0.2 * ((v * 9) / 8 - channel.variance);
        });
      }
      const { runningMean, runningVariance } = layer.state;
      const means = running.map((channel) => channel.mean);
      const variances = running.map((channel) => channel.variance);
      expect(distance(numbers(runningMean), means)).toBeLessThan(1e-5);
      expect(distance(numbers(runningVariance), variances)).toBeLessThan(1e-5);
      const x = draw('test', [3, 2]);
      const y = numbers(layer.forward(x, pass({ training: false })).output);
      const expected = numbers(x).map(
        (value, i) => (value - (means[i % 2] ?? 0)) / Math.sqrt((variances[i % 2] ?? 0) + 1e-3),
      );
      expect(distance(y, expected)).toBeLessThan(1e-5);
      expect(distance(numbers(runningMean), means)).toBeLessThan(1e-5);
    });
    layer.dispose();
  });
});
