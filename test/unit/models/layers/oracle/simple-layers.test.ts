import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { test } from 'vitest';
import { BatchNormalisation } from '../../../../../src/models/layers/batch-normalisation.js';
import { Dense } from '../../../../../src/models/layers/dense.js';
import { Embedding } from '../../../../../src/models/layers/embedding.js';
import { LayerNormalisation } from '../../../../../src/models/layers/layer-normalisation.js';
import { describeOnCpu } from '../../../engine/each-engine.js';
import { draw, initial, numbers } from '../gradients.js';
import { expectAgreement, expectClose } from './oracle.js';

describeOnCpu('dense layers and embeddings against tfjs-layers', () => {
  test.each(['linear', 'relu', 'sigmoid', 'tanh'] as const)('dense, %s', (activation) => {
    const ours = (): Dense => new Dense({ inputs: 4, units: 3, activation }, initial);
    const oracle = () => layers.dense({ units: 3, activation });
    tf.tidy(() => {
      expectAgreement(ours(), oracle(), draw('rows', [5, 4]));
      expectAgreement(ours(), oracle(), draw('steps of sequences', [2, 3, 4]));
    });
  });

  test('embedding, with tokens that recur and one that does not occur', () => {
    tf.tidy(() => {
      const ours = new Embedding({ vocabulary: 6, width: 3 }, initial);
      const oracle = layers.embedding({ inputDim: 6, outputDim: 3 });
      const tokens = tf.tensor2d([1, 5, 5, 0, 3, 1, 5, 2], [2, 4], 'int32');
      expectAgreement(ours, oracle, tokens);
    });
  });
});

const channels = 3;

describeOnCpu('normalisation against tfjs-layers', () => {
  test.each([[[6, channels]], [[2, 5, channels]], [[2, 3, 4, channels]]])(
    'of a minibatch of shape %j, training and inference, by the defaults of both',
    (shape) => {
      tf.tidy(() => {
        const x = tf.add(tf.mul(draw('x', shape), 2), 1);
        const inference = { how: { training: false }, oracleHow: { training: false } };
        expectAgreement(new BatchNormalisation({ channels }), layers.batchNormalization(), x, inference);
        const training = { how: { training: true }, oracleHow: { training: true } };
        expectAgreement(new BatchNormalisation({ channels }), layers.batchNormalization(), x, training);
      });
    },
  );

  // The paper's inference (Ioffe and Szegedy 2015, algorithm 2) takes the unbiased variance, m / (m - 1) of the minibatch's,
  // as ours and PyTorch's do. tfjs-layers keeps the minibatch's as it is.
  test('of a minibatch: running statistics, but for the bias of the variance', () => {
    tf.tidy(() => {
      const rows = 8;
      const options = { momentum: 0.7, epsilon: 1e-2 };
      const x = draw('x', [2, rows / 2, channels]);
      const ours = new BatchNormalisation({ channels, ...options });
      const oracle = layers.batchNormalization(options);
      // The two begin with the same statistics, and this one pass in training moves those of each.
      expectAgreement(ours, oracle, x, { how: { training: true }, oracleHow: { training: true } });
      const [, , mean, variance] = oracle.getWeights();
      expectClose('running mean', numbers(ours.state.runningMean), numbers(mean as tf.Tensor));
      const { variance: ofBatch } = tf.moments(x, [0, 1]);
      const unbiasedExcess = tf.mul(ofBatch, (1 - options.momentum) / (rows - 1));
      const expected = tf.add(variance as tf.Tensor, unbiasedExcess);
      expectClose('running variance', numbers(ours.state.runningVariance), numbers(expected));
    });
  });

  test.each([1e-5, 1e-1])('of a layer, epsilon %d', (epsilon) => {
    tf.tidy(() => {
      const x = tf.add(draw('x', [2, 3, 6]), 1);
      expectAgreement(new LayerNormalisation(6, epsilon), layers.layerNormalization({ epsilon }), x);
    });
  });
});
