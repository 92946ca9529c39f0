import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { FusionNetwork } from '../../../../../src/models/networks/fusion-network.js';
import { Optimiser, type OptimiserOptions } from '../../../../../src/training/optimiser.js';
import { describeOnCpu } from '../../../engine/each-engine.js';
import { networkConfig } from '../../networks/configs.js';
import { distance, draw, numbers } from '../gradients.js';
import { copyWeights, expectClose, randomise } from './oracle.js';

const batch = 6;
const classes = 3;
const picture = [6, 5, 2] as const;
const sound = [7, 3] as const;
const learningRate = 0.05;
const steps = 3;

/** Two branches of convolutions, one with batch normalisation, under a dense layer: as `network` sections have it. */
const ours = (): FusionNetwork =>
  new FusionNetwork(
    [
      { modality: 'picture', shape: picture },
      { modality: 'sound', shape: sound },
    ],
    classes,
    networkConfig({
      encoders: {
        picture: { kind: 'cnn', filters: [3, 4], dense: 5, batch_normalisation: true },
        sound: { kind: 'cnn-1d', filters: [4], dense: 5 },
      },
      fusion: { kind: 'concatenation' },
      head: { hidden: [6] },
    }),
    { seed: 2, purpose: 'oracle' },
  );

/** The same of layers of tfjs-layers. Those that have weights are called as with us. */
function oracleOf(): LayersModel {
  const relu = { activation: 'relu' } as const;
  const apply = (layer: layers.Layer, x: SymbolicTensor): SymbolicTensor => layer.apply(x) as SymbolicTensor;
  const seen = input({ shape: [...picture] });
  const heard = input({ shape: [...sound] });
  let left = seen;
  [3, 4].forEach((filters, i) => {
    const name = (layer: string): string => `encoder.picture.${layer}${i + 1}`;
    const convolution = { kernelSize: 3, filters, padding: 'same', name: name('conv'), ...relu } as const;
    left = apply(layers.conv2d(convolution), left);
    left = apply(layers.batchNormalization({ name: name('normal') }), left);
    left = apply(layers.maxPooling2d({ poolSize: 2 }), left);
  });
  left = apply(layers.flatten(), left);
  left = apply(layers.dense({ units: 5, name: 'encoder.picture.dense1', ...relu }), left);
  const convolution = { kernelSize: 3, filters: 4, padding: 'same', name: 'encoder.sound.conv1' } as const;
  let right = apply(layers.conv1d({ ...convolution, ...relu }), heard);
  right = apply(layers.maxPooling1d({ poolSize: 2, padding: 'same' }), right);
  right = apply(layers.globalMaxPooling1d(), right);
  right = apply(layers.dense({ units: 5, name: 'encoder.sound.dense1', ...relu }), right);
  let both = layers.concatenate().apply([left, right]) as SymbolicTensor;
  both = apply(layers.dense({ units: 6, name: 'head.dense1', ...relu }), both);
  both = apply(layers.dense({ units: classes, name: 'head.classes', activation: 'softmax' }), both);
  return model({ inputs: [seen, heard], outputs: both });
}

/** What weights of the oracle are called with us. */
const ourNames: Readonly<Record<string, string>> = {
  kernel: 'weights',
  bias: 'bias',
  gamma: 'scale',
  beta: 'shift',
  moving_mean: 'runningMean',
  moving_variance: 'runningVariance',
};

const namesOf = (oracle: LayersModel): string[] =>
  oracle.weights.map(({ originalName }) => {
    const [layer = '', weight = ''] = originalName.split('/');
    return `${layer}.${ourNames[weight]}`;
  });

/** A minibatch of its own for each step: rows as we take them, and the same as the oracle does. */
function minibatch(step: number) {
  const pictures = draw(`pictures ${step}`, [batch, ...picture]);
  const sounds = draw(`sounds ${step}`, [batch, ...sound]);
  const labels = tf.tensor1d([0, 2, 1, 1, 0, 2], 'int32');
  return {
    rows: {
      picture: tf.reshape(pictures, [batch, -1]) as tf.Tensor2D,
      sound: tf.reshape(sounds, [batch, -1]) as tf.Tensor2D,
    },
    labels,
    inputs: [pictures, sounds],
    isLabel: tf.oneHot(labels, classes),
  };
}

const optimisers: readonly { readonly options: OptimiserOptions; readonly oracle: () => tf.Optimizer }[] = [
  { options: { name: 'sgd', learningRate }, oracle: () => tf.train.sgd(learningRate) },
  // The epsilon of the paper (Kingma and Ba 2015) and of ours; that of tfjs is 1e-7 if not told.
  { options: { name: 'adam', learningRate }, oracle: () => tf.train.adam(learningRate, 0.9, 0.999, 1e-8) },
];

describeOnCpu('a network of two branches against tfjs-layers', () => {
  test('inference', () => {
    tf.tidy(() => {
      const [network, oracle] = [ours(), oracleOf()];
      randomise(network);
      copyWeights(network, oracle, namesOf(oracle));
      const { rows, inputs } = minibatch(0);
      const expected = oracle.predict(inputs) as tf.Tensor;
      expectClose('probabilities', numbers(tf.softmax(network.logits(rows))), numbers(expected));
      network.dispose();
    });
  });

  test.each(optimisers)('steps of $options.name', async ({ options, oracle: made }) => {
    const [network, oracle] = [ours(), oracleOf()];
    const names = namesOf(oracle);
    // Initial values, whose rectified units are now on, now off. The bias of one that is always on changes nothing under batch
    // normalisation: its gradient is rounding, which Adam scales up to whole steps.
    copyWeights(network, oracle, names);
    const optimizer = made();
    oracle.compile({ optimizer, loss: 'categoricalCrossentropy' });
    const optimiser = new Optimiser(options, network.parameters, 0);
    const before = names.map((name) => network.parameters[name]?.dataSync().slice());
    for (let step = 0; step < steps; step++) {
      const { rows, labels, inputs, isLabel } = minibatch(step);
      const loss = network.step(
        rows,
        labels,
        (name, parameter, gradient) => optimiser.descend(name, parameter, gradient, step),
        { key: { seed: 1, purpose: 'oracle', step }, observe: true },
      );
      const expected = await oracle.trainOnBatch(inputs, isLabel);
      expectClose(`loss of step ${step}`, [loss ?? Number.NaN], [expected].flat());
      tf.dispose([rows, labels, inputs, isLabel]);
    }
    const weights = oracle.getWeights();
    names.forEach((name, i) => {
      const expected = numbers(weights[i] as tf.Tensor);
      const variable = network.parameters[name] ?? network.state[name];
      // The variance has another bias: simple-layers.test.ts.
      if (name.endsWith('.runningVariance')) return;
      // Against 1 and not the values: the powers that tfjs's Adam keeps in 32 bits make its steps a part in 10⁵ off.
      expectClose(name, numbers(variable as tf.Variable), expected, 1);
      const start = before[i];
      if (start !== undefined) expect(distance(start, expected), `${name} moved`).toBeGreaterThan(1e-4);
    });
    optimizer.dispose();
    network.dispose();
  });
});
