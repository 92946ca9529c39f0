import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { Padding } from '../../../../src/engine/windows.js';
import { Conv1d, Conv2d } from '../../../../src/models/layers/convolution.js';
import { MaxPool1d, MaxPool2d } from '../../../../src/models/layers/max-pooling.js';
import { describeEachEngine } from '../../engine/each-engine.js';
import { distance, draw, expectLayerGradients, initial, numbers, pass } from './gradients.js';

/** [batch, high, wide, channels] by [rows, columns, channels, filters] in plain loops. */
function convolved(
  x: tf.Tensor4D,
  weights: ArrayLike<number>,
  options: {
    kernel: readonly [number, number];
    stride: readonly [number, number];
    padding: Padding;
    filters: number;
  },
): number[] {
  const [batch, high, wide, channels] = x.shape;
  const { kernel, stride, padding, filters } = options;
  const values = x.dataSync();
  const axis = (length: number, k: number, s: number): { count: number; before: number } => {
    const count = padding === 'same' ? Math.ceil(length / s) : Math.floor((length - k) / s) + 1;
    const around = padding === 'same' ? Math.max(0, (count - 1) * s + k - length) : 0;
    return { count, before: Math.floor(around / 2) };
  };
  const [rows, columns] = [axis(high, kernel[0], stride[0]), axis(wide, kernel[1], stride[1])];
  const out: number[] = [];
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < rows.count; i++) {
      for (let j = 0; j < columns.count; j++) {
        for (let f = 0; f < filters; f++) {
          let sum = 0;
          for (let r = 0; r < kernel[0]; r++) {
            for (let c = 0; c < kernel[1]; c++) {
              const [row, column] = [i * stride[0] + r - rows.before, j * stride[1] + c - columns.before];
              if (row < 0 || row >= high || column < 0 || column >= wide) continue;
              for (let channel = 0; channel < channels; channel++) {
                sum +=
                  (values[((b * high + row) * wide + column) * channels + channel] ?? 0) *
                  (weights[((r * kernel[1] + c) * channels + channel) * filters + f] ?? 0);
              }
            }
          }
          out.push(sum);
        }
      }
    }
  }
  return out;
}

const geometries = [
  { kernel: [3, 2], stride: [1, 1], padding: 'valid' },
  { kernel: [3, 3], stride: [1, 1], padding: 'same' },
  { kernel: [2, 3], stride: [2, 1], padding: 'same' },
  { kernel: [2, 2], stride: [2, 2], padding: 'valid' },
] as const;

describeEachEngine('convolutions', () => {
  test.each(geometries)('conv2d $kernel by $stride, $padding: a direct loop, and gradients', (geometry) => {
    const options = { ...geometry, channels: 2, filters: 3 };
    const layer = new Conv2d(options, initial);
    tf.tidy(() => {
      const x = draw('x', [2, 5, 4, 2]) as tf.Tensor4D;
      const weights = numbers(layer.parameters.weights as tf.Variable);
      expect(distance(numbers(layer.forward(x, pass()).output), convolved(x, weights, options))).toBeLessThan(
        1e-5,
      );
      expectLayerGradients(layer, x);
    });
    layer.dispose();
  });

  test('conv2d: a bias and an activation', () => {
    const layer = new Conv2d(
      { kernel: [2, 2], channels: 1, filters: 2, padding: 'valid', activation: 'tanh' },
      initial,
    );
    tf.tidy(() => {
      layer.parameters.bias?.assign(tf.tensor1d([0.3, -0.2]));
      expectLayerGradients(layer, draw('x', [2, 3, 4, 1]));
    });
    expect(() => layer.outputShape([3, 4, 2])).toThrow('conv2d: an input of shape [3, 4, 2]');
    expect(() => layer.outputShape([1, 4, 1])).toThrow('does not fit');
    layer.dispose();
  });

  test.each(['same', 'valid'] as const)('conv1d is conv2d of one row, %s', (padding) => {
    const layer = new Conv1d({ kernel: 3, stride: 2, channels: 2, filters: 3, padding }, initial);
    tf.tidy(() => {
      const x = draw('x', [2, 7, 2]);
      const weights = numbers(layer.parameters.weights as tf.Variable);
      const picture = tf.reshape(x, [2, 1, 7, 2]) as tf.Tensor4D;
      const options = { kernel: [1, 3], stride: [1, 2], padding, filters: 3 } as const;
      expect(
        distance(numbers(layer.forward(x, pass()).output), convolved(picture, weights, options)),
      ).toBeLessThan(1e-5);
      expectLayerGradients(layer, x);
    });
    layer.dispose();
  });

  test('conv1d: padding steps count as zeros, and outputs know which are real', () => {
    tf.tidy(() => {
      const mask = tf.tensor2d([1, 1, 1, 1, 1, 1, 1, 1, 1, 0], [2, 5]);
      const x = draw('x', [2, 5, 2]);
      const other = tf.add(x, tf.mul(tf.expandDims(tf.sub(1, mask), 2), 7));
      for (const [padding, real] of [
        ['same', [1, 1, 1, 1, 1, 1, 1, 1, 1, 0]],
        ['valid', [1, 1, 1, 1, 1, 0]],
      ] as const) {
        const layer = new Conv1d({ kernel: 3, channels: 2, filters: 2, padding }, initial);
        const forward = layer.forward(x, pass({ mask }));
        expect(numbers(forward.mask as tf.Tensor)).toEqual(real);
        expect(numbers(layer.forward(other, pass({ mask })).output)).toEqual(numbers(forward.output));
        expectLayerGradients(layer, x, pass({ mask }));
        layer.dispose();
      }
    });
  });
});

describeEachEngine('max pooling', () => {
  test('of pictures: values, gradients', () => {
    tf.tidy(() => {
      const layer = new MaxPool2d({ size: [2, 2] });
      const x = tf.tensor4d([1, 2, 5, 3, 4, 0, 6, 9], [1, 2, 4, 1]);
      expect(numbers(layer.forward(x, pass()).output)).toEqual([4, 9]);
      expectLayerGradients(layer, draw('x', [2, 4, 5, 3]));
      layer.dispose();
      const overlapping = new MaxPool2d({ size: [3, 2], stride: [1, 2], padding: 'same' });
      expectLayerGradients(overlapping, draw('x', [2, 4, 5, 3]));
      overlapping.dispose();
    });
  });

  test('of sequences: padding steps are never chosen', () => {
    tf.tidy(() => {
      const layer = new MaxPool1d({ size: 2 });
      const mask = tf.tensor2d([1, 1, 1, 0, 0, 0], [1, 6]);
      const x = tf.tensor3d([-5, -4, -3, 100, 100, 100], [1, 6, 1]);
      const forward = layer.forward(x, pass({ mask }));
      expect(numbers(forward.output)).toEqual([-4, -3, 0]);
      expect(numbers(forward.mask as tf.Tensor)).toEqual([1, 1, 0]);
      const delta = forward.backward(tf.tensor3d([1, 2, 3], [1, 3, 1]), () => undefined);
      expect(numbers(delta)).toEqual([0, 1, 2, 0, 0, 0]);
      expectLayerGradients(layer, draw('x', [2, 6, 3]));
      layer.dispose();
    });
    expect(() => new MaxPool1d({ size: 2 }).outputShape([4])).toThrow('has not 2 axes');
  });
});
