import * as tf from '@tensorflow/tfjs-core';
import { metrics } from '@tensorflow/tfjs-layers';
import { test } from 'vitest';
import { binaryCrossEntropy, softmaxCrossEntropy } from '../../../../../src/models/layers/losses.js';
import { describeOnCpu } from '../../../engine/each-engine.js';
import { draw, numbers } from '../gradients.js';
import { expectClose } from './oracle.js';

const [batch, classes] = [5, 4];
const labels = (): tf.Tensor1D => tf.tensor1d([2, 0, 3, 3, 1], 'int32');
const isLabel = (): tf.Tensor => tf.cast(tf.oneHot(labels(), classes), 'float32');

/** A loss of ours, which takes logits, against one of the oracle that is differentiated. */
function expectLoss(
  ours: { readonly loss: tf.Tensor; readonly delta: tf.Tensor },
  oracle: (logits: tf.Tensor) => tf.Tensor,
  logits: tf.Tensor,
): void {
  const { value, grad } = tf.valueAndGrad(oracle)(logits);
  expectClose('loss', numbers(ours.loss), numbers(value));
  expectClose('gradient', numbers(ours.delta), numbers(grad));
}

describeOnCpu('losses against tfjs-layers', () => {
  test.each([undefined, [1, 3, 0.5, 2]])('softmax cross-entropy, class weights %j', (classWeights) => {
    tf.tidy(() => {
      const logits = draw('logits', [batch, classes]) as tf.Tensor2D;
      const weights = classWeights === undefined ? undefined : tf.tensor1d(classWeights);
      // Keras divides the weighted sum by how many examples there are, which changes the learning rate with the labels of the
      // minibatch; ours divides by the sum of the weights.
      const counts = tf.sum(tf.mul(isLabel(), weights ?? tf.onesLike(isLabel())), 1);
      expectLoss(
        softmaxCrossEntropy(logits, labels(), weights),
        (x) => {
          const each = metrics.categoricalCrossentropy(isLabel(), tf.softmax(x));
          return tf.div(tf.sum(tf.mul(each, counts)), tf.sum(counts));
        },
        logits,
      );
    });
  });

  test('binary cross-entropy', () => {
    tf.tidy(() => {
      const logits = draw('logits', [batch, classes]);
      const targets = tf.sigmoid(draw('targets', [batch, classes], 3));
      expectLoss(
        binaryCrossEntropy(logits, targets),
        (x) => tf.mean(metrics.binaryCrossentropy(targets, tf.sigmoid(x))),
        logits,
      );
    });
  });

  // tfjs-layers keeps probabilities 1e-7 away from 0 and 1: beyond, its loss is 16 at most and its gradient is 0, and what is
  // most wrong is not learnt. tfjs-core's losses take logits, as ours do.
  test('large logits, against the losses of tfjs-core', () => {
    tf.tidy(() => {
      const logits = tf.mul(draw('logits', [batch, classes]), 100) as tf.Tensor2D;
      expectLoss(
        softmaxCrossEntropy(logits, labels()),
        (x) => tf.losses.softmaxCrossEntropy(isLabel(), x),
        logits,
      );
      expectLoss(
        binaryCrossEntropy(logits, isLabel() as tf.Tensor2D),
        (x) => tf.losses.sigmoidCrossEntropy(isLabel(), x),
        logits,
      );
    });
  });
});
