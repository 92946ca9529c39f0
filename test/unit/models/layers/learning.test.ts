import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { Changing } from '../../../../src/engine/changing.js';
import { gaussians, uniforms } from '../../../../src/engine/noise.js';
import { replayable } from '../../../../src/engine/replay.js';
import { SelfAttention } from '../../../../src/models/layers/attention-block.js';
import { BatchNormalisation } from '../../../../src/models/layers/batch-normalisation.js';
import { BidirectionalLstm } from '../../../../src/models/layers/bidirectional-lstm.js';
import { Conv1d, Conv2d } from '../../../../src/models/layers/convolution.js';
import { Dense } from '../../../../src/models/layers/dense.js';
import { Dropout } from '../../../../src/models/layers/dropout.js';
import { Embedding } from '../../../../src/models/layers/embedding.js';
import { Flatten } from '../../../../src/models/layers/flatten.js';
import type { Layer } from '../../../../src/models/layers/layer.js';
import { binaryCrossEntropy, infoNce, softmaxCrossEntropy } from '../../../../src/models/layers/losses.js';
import { MaxPool1d, MaxPool2d } from '../../../../src/models/layers/max-pooling.js';
import { Sequential } from '../../../../src/models/layers/sequential.js';
import { MaxOverTime } from '../../../../src/models/layers/time-pooling.js';
import { Optimiser, type OptimiserOptions } from '../../../../src/training/optimiser.js';
import { describeEachEngine } from '../../engine/each-engine.js';
import { numbers } from './gradients.js';

const named = (purpose: string) => ({ seed: 6, purpose });

/** One step: forwards, the loss, backwards, the update. Returns the loss, unread. */
function update(
  network: Layer,
  optimiser: Optimiser,
  x: tf.Tensor,
  lossOf: (output: tf.Tensor) => { loss: tf.Scalar; delta: tf.Tensor },
  step: Changing,
  mask?: tf.Tensor2D,
): tf.Scalar {
  const forward = network.forward(x, { training: true, key: { seed: 1, purpose: 'learning', step }, mask });
  const { loss, delta } = lossOf(forward.output);
  forward.backward(delta, (name, parameter, gradient) => optimiser.descend(name, parameter, gradient, step));
  return loss;
}

describeEachEngine('networks of layers', () => {
  test.each<OptimiserOptions>([
    { name: 'adam', learningRate: 0.05 },
    { name: 'sgd', learningRate: 0.5, momentum: 0.9 },
  ])('learn XOR by $name', (options) => {
    const network = new Sequential([
      ['hidden', new Dense({ inputs: 2, units: 8, activation: 'tanh' }, named('hidden'))],
      ['output', new Dense({ inputs: 8, units: 1 }, named('output'))],
    ]);
    const optimiser = new Optimiser(options, network.parameters, 0);
    tf.tidy(() => {
      const x = tf.tensor2d([0, 0, 0, 1, 1, 0, 1, 1], [4, 2]);
      const targets = tf.tensor2d([0, 1, 1, 0], [4, 1]);
      for (let step = 0; step < 150; step++) {
        tf.tidy(() => {
          update(network, optimiser, x, (output) => binaryCrossEntropy(output, targets), step);
        });
      }
      const pass = { training: false, key: { seed: 1, purpose: 'learning', step: 0 } };
      const found = numbers(tf.sigmoid(network.forward(x, pass).output));
      expect(found.map(Math.round)).toEqual([0, 1, 1, 0]);
      expect(found.every((p) => Math.abs(p - 0.5) > 0.4)).toBe(true);
    });
  });

  test('a small convolutional network tells pictures of lines that lie from lines that stand', () => {
    const side = 6;
    const pictures = (purpose: string, count: number): { x: tf.Tensor4D; labels: number[] } => {
      const noise = gaussians({ seed: 2, purpose, step: 0 }, count * side * side, 0.3);
      const places = uniforms({ seed: 2, purpose: `${purpose}/place`, step: 0 }, count);
      const labels = Array.from({ length: count }, (_, i) => i % 2);
      const values = noise.map((value, i) => {
        const picture = Math.floor(i / side ** 2);
        const across = labels[picture] === 0 ? Math.floor(i / side) % side : i % side;
        return value + (across === Math.floor((places[picture] ?? 0) * side) ? 1 : 0);
      });
      return { x: tf.tensor4d(values, [count, side, side, 1]), labels };
    };
    const network = new Sequential([
      [
        'conv',
        new Conv2d(
          { kernel: [3, 3], channels: 1, filters: 4, padding: 'same', activation: 'relu' },
          named('conv'),
        ),
      ],
      ['normal', new BatchNormalisation({ channels: 4, momentum: 0.8 })],
      ['pool', new MaxPool2d({ size: [side, side] })],
      ['flat', new Flatten()],
      ['classes', new Dense({ inputs: 4, units: 2 }, named('classes'))],
    ]);
    expect(network.outputShape([side, side, 1])).toEqual([2]);
    const optimiser = new Optimiser({ name: 'adam', learningRate: 0.05 }, network.parameters, 0);
    tf.tidy(() => {
      const { x, labels } = pictures('training', 24);
      const classes = tf.tensor1d(labels, 'int32');
      for (let step = 0; step < 30; step++) {
        tf.tidy(() => {
          const lossOf = (output: tf.Tensor) => softmaxCrossEntropy(output as tf.Tensor2D, classes);
          update(network, optimiser, x, lossOf, step);
        });
      }
      const test = pictures('test', 40);
      const pass = { training: false, key: { seed: 1, purpose: 'learning', step: 0 } };
      const answers = numbers(tf.argMax(network.forward(test.x, pass).output, 1));
      const right = answers.filter((answer, i) => answer === test.labels[i]).length;
      expect(right).toBeGreaterThanOrEqual(36);
    });
    network.dispose();
  });

  test('a step of every layer is replayed with the bits of the step run anew each time', () => {
    expect(trained(true)).toEqual(trained(false));
  });
});

/** What twelve steps of a network of everything leave in its variables, recorded where the engine can. */
function trained(isRecorded: boolean): Record<string, number[]> {
  const network = new Sequential([
    ['tokens', new Embedding({ vocabulary: 7, width: 4 }, named('tokens'))],
    [
      'conv',
      new Conv1d({ kernel: 3, channels: 4, filters: 4, padding: 'same', activation: 'tanh' }, named('conv')),
    ],
    ['pool', new MaxPool1d({ size: 2, stride: 1, padding: 'same' })],
    ['drop', new Dropout(0.2)],
    ['normal', new BatchNormalisation({ channels: 4 })],
    ['attention', new SelfAttention({ width: 4, heads: 2 }, named('attention'))],
    ['lstm', new BidirectionalLstm({ inputs: 4, hidden: 3, returns: 'all' }, named('lstm'))],
    ['max', new MaxOverTime()],
    ['classes', new Dense({ inputs: 6, units: 3 }, named('classes'))],
  ]);
  const optimisers: Record<string, Optimiser> = {
    adadelta: new Optimiser({ name: 'adadelta', learningRate: 1 }, network.parameters, 0.01),
    adamw: new Optimiser({ name: 'adamw', learningRate: 0.01 }, network.parameters, 0.01),
    sgd: new Optimiser({ name: 'sgd', learningRate: 0.01 }, network.parameters, 0.01),
  };
  const x = tf.tensor2d([0, 3, 2, 6, 1, 0, 5, 5, 4, 0, 0, 0], [3, 4]);
  const mask = tf.tensor2d([1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 0, 0], [3, 4]);
  const labels = tf.tensor1d([2, 0, 1], 'int32');
  const weights = tf.tensor1d([1, 2, 1]);
  const partner = tf.tensor2d(gaussians({ seed: 1, purpose: 'partner', step: 0 }, 9), [3, 3]);
  const bodies = Object.values(optimisers).map((optimiser) => (step: Changing) => {
    const lossOf = (output: tf.Tensor) => {
      const logits = output as tf.Tensor2D;
      const classified = softmaxCrossEntropy(logits, labels, weights);
      const matched = infoNce(logits, partner, 0.5);
      return { loss: classified.loss, delta: tf.add(classified.delta, matched.delta.a) };
    };
    update(network, optimiser, x, lossOf, step, mask);
  });
  for (const body of bodies) {
    const replay = replayable(['step'], ({ step }) => body(step));
    for (let step = 0; step < 4; step++) {
      if (isRecorded) replay.run({ step });
      else tf.tidy(() => body(step));
    }
    replay.dispose();
  }
  const variables = {
    ...network.parameters,
    ...network.state,
    ...optimisers.adadelta?.variables,
  };
  const found = Object.fromEntries(
    Object.entries(variables).map(([name, variable]) => [name, numbers(variable)]),
  );
  network.dispose();
  for (const optimiser of Object.values(optimisers)) optimiser.dispose();
  tf.dispose([x, mask, labels, weights, partner]);
  return found;
}
