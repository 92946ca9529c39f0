import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { test } from 'vitest';
import { Conv1d, Conv2d } from '../../../../../src/models/layers/convolution.js';
import { MaxPool1d, MaxPool2d } from '../../../../../src/models/layers/max-pooling.js';
import { MaxOverTime, MeanOverTime } from '../../../../../src/models/layers/time-pooling.js';
import { describeOnCpu } from '../../../engine/each-engine.js';
import { draw, initial } from '../gradients.js';
import { expectAgreement } from './oracle.js';

const paddings = ['valid', 'same'] as const;

/** Kernels and strides of two axes; even and odd, so that `same` pads one side more than the other. */
const geometries = paddings.flatMap((padding) =>
  (
    [
      { kernel: [3, 2], stride: [1, 1] },
      { kernel: [2, 3], stride: [2, 1] },
      { kernel: [3, 3], stride: [2, 3] },
    ] as const
  ).map((geometry) => ({ ...geometry, padding })),
);

const steps = paddings.flatMap((padding) =>
  ([1, 2, 3] as const).flatMap((stride) => [2, 3].map((kernel) => ({ kernel, stride, padding }))),
);

/** Below zero, so that a border of zeros would be chosen; in halves, so that windows hold equal values. */
const withTies = (purpose: string, shape: readonly number[]): tf.Tensor =>
  tf.tidy(() => tf.sub(tf.div(tf.round(tf.mul(draw(purpose, shape), 2)), 2), 4));

describeOnCpu('convolutions against tfjs-layers', () => {
  test.each(geometries)('conv2d $kernel by $stride, $padding', ({ kernel, stride, padding }) => {
    tf.tidy(() => {
      for (const activation of ['linear', 'relu'] as const) {
        const ours = new Conv2d({ kernel, stride, padding, channels: 2, filters: 3, activation }, initial);
        const oracle = layers.conv2d({
          kernelSize: [...kernel],
          strides: [...stride],
          padding,
          filters: 3,
          activation,
        });
        expectAgreement(ours, oracle, draw('x', [2, 6, 5, 2]));
        ours.dispose();
      }
    });
  });

  test.each(steps)('conv1d $kernel by $stride, $padding', ({ kernel, stride, padding }) => {
    tf.tidy(() => {
      const ours = new Conv1d(
        { kernel, stride, padding, channels: 2, filters: 3, activation: 'relu' },
        initial,
      );
      const oracle = layers.conv1d({
        kernelSize: kernel,
        strides: stride,
        padding,
        filters: 3,
        activation: 'relu',
      });
      expectAgreement(ours, oracle, draw('x', [2, 7, 2]));
      ours.dispose();
    });
  });
});

describeOnCpu('pooling against tfjs-layers', () => {
  test.each(geometries)('max pooling $kernel by $stride, $padding', ({ kernel, stride, padding }) => {
    tf.tidy(() => {
      const ours = new MaxPool2d({ size: kernel, stride, padding });
      const oracle = layers.maxPooling2d({ poolSize: [...kernel], strides: [...stride], padding });
      expectAgreement(ours, oracle, withTies('x', [2, 6, 5, 3]));
      ours.dispose();
    });
  });

  test.each(steps)('max pooling over time, $kernel by $stride, $padding', ({ kernel, stride, padding }) => {
    tf.tidy(() => {
      const ours = new MaxPool1d({ size: kernel, stride, padding });
      const oracle = layers.maxPooling1d({ poolSize: kernel, strides: stride, padding });
      expectAgreement(ours, oracle, withTies('x', [2, 7, 3]));
      ours.dispose();
    });
  });

  test('maximum and mean over all of the time', () => {
    tf.tidy(() => {
      // No ties here: tfjs hands the whole delta to each of equal values, which is no gradient of the maximum.
      const x = draw('x', [2, 5, 3]);
      const ours = new MaxOverTime();
      expectAgreement(ours, layers.globalMaxPooling1d(), x);
      expectAgreement(new MeanOverTime(), layers.globalAveragePooling1d({}), x);
      ours.dispose();
    });
  });
});
