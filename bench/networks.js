import * as tf from '@tensorflow/tfjs-core';

const convolutions = { kind: 'cnn', filters: [32, 64], kernel: 3, pooling: 2, dense: 128 };

/** Networks as a config has them; the peers get the same description. */
const networks = [
  {
    name: 'two-branch-cnn',
    inputs: [
      { modality: 'sound', shape: [40, 13, 1] },
      { modality: 'picture', shape: [28, 28, 1] },
    ],
    classes: 10,
    network: { encoder: convolutions, fusion: { kind: 'concatenation' }, head: { hidden: [128] } },
  },
  {
    name: 'lstm',
    inputs: [{ modality: 'text', shape: [20] }],
    classes: 7,
    network: {
      encoder: { kind: 'lstm', hidden: 64, vocabulary: 10_000, embedding: 128 },
      fusion: { kind: 'concatenation' },
      head: { hidden: [] },
    },
  },
  {
    name: 'cross-attention',
    inputs: [
      { modality: 'sound', shape: [50, 64] },
      { modality: 'lips', shape: [50, 64] },
    ],
    classes: 10,
    network: {
      encoder: { kind: 'attention', width: 64, heads: 4, blocks: 1 },
      fusion: { kind: 'cross-attention', width: 64, heads: 4 },
      head: { hidden: [] },
    },
  },
];

export const networkCases = networks.map((network) => ({
  ...network,
  kind: 'network',
  batch: 32,
  rate: 0.001,
  peers: ['torch'],
}));

/**
 * A step of a supervised network as training runs it, on a minibatch that is already a tensor.
 *
 * @param mmx exports of dist/models/networks/fusion-network.js, dist/config/networks-schema.js, dist/training/optimiser.js and
 * dist/engine/replay.js
 * @returns {{ mmx: import('./cases.js').Contestant }}
 */
export function prepareNetwork(mmx, { inputs, classes, network: section, batch, rate }) {
  const config = mmx.network.parse(section);
  const model = new mmx.FusionNetwork(inputs, classes, config, { seed: 1, purpose: 'bench' });
  const optimiser = new mmx.Optimiser({ name: 'adam', learningRate: rate }, model.parameters, 0);
  const vocabulary = config.encoder.vocabulary;
  const rows = Object.fromEntries(
    inputs.map(({ modality, shape }, i) => {
      const width = shape.reduce((product, length) => product * length, 1);
      const drawn =
        vocabulary === undefined
          ? tf.randomNormal([batch, width], 0, 1, 'float32', i + 1)
          : tf.floor(tf.randomUniform([batch, width], 0, vocabulary, 'float32', i + 1));
      return [modality, drawn];
    }),
  );
  const labels = tf.floor(tf.randomUniform([batch], 0, classes, 'float32', 1));
  const update = mmx.replayable(['step'], ({ step }) => {
    const descend = (name, parameter, gradient) => optimiser.descend(name, parameter, gradient, step);
    model.step(rows, labels, descend, { key: { seed: 1, purpose: 'bench', step }, observe: false });
  });
  let step = 0;
  return {
    mmx: {
      step: () => update.run({ step: step++ }),
      sample: () => Object.values(model.parameters).at(-1).dataSync(),
      dispose() {
        update.dispose();
        tf.dispose([Object.values(rows), labels]);
        model.dispose();
        optimiser.dispose();
      },
    },
  };
}
