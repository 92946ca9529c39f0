/**
 * One epoch of every kind of training and decomposition that mmx has, on real digits, from one seed: what two engines
 * must agree on.
 */
import * as tf from '@tensorflow/tfjs-core';

const branch = (modality, hidden) => ({ modality, visible: 392, hidden });
const [wide, joint] = [500, 200];

const quiet = {
  checkpoint: { load: () => undefined, offer: () => undefined },
  progress: () => undefined,
};

/**
 * @param mmx exports of dist/training/*, dist/models/* and dist/config/schema.js
 * @param {{ left: Matrix, right: Matrix }} data
 * @returns {Promise<Record<string, Record<string, Float32Array | Float64Array>>>} parameters by model
 */
export async function trainEverything(mmx, data) {
  const config = configOf(mmx);
  const rbm = (name) => mmx.settledRbm(config.rbm[name]);
  const learnt = {};
  const train = async (name, rows, section, key = name) => {
    const { parameters } = await mmx.trainRbm(rows, section, key, 1, quiet);
    learnt[`rbm ${name}`] = parameters;
    return parameters;
  };
  const left = await train('left', data.left, rbm('left'));
  const right = await train('right', data.right, rbm('right'));
  await train('gaussian', data.left, { ...rbm('left'), visible: 'gaussian', sigma: 1, learning_rate: 0.001 });
  await train('gradient sparsity', data.left, {
    ...rbm('left'),
    sparsity: { target: 0.05, cost: 0.1, form: 'gradient' },
    cd_steps: 3,
  });
  const sources = [data.left, data.right];
  await train(
    'shallow bimodal',
    { sources, columns: 784, through: (inputs) => tf.concat(inputs, 1) },
    rbm('shallow'),
  );
  const shape = { visible: 392, hidden: wide, units: 'binary', sigma: 1 };
  const below = [left, right].map((parameters) => new mmx.Rbm(shape, parameters));
  const top = await train(
    'joint',
    {
      sources,
      columns: 2 * wide,
      through: (inputs) =>
        tf.concat(
          inputs.map((v, i) => below[i].posterior(v)),
          1,
        ),
    },
    rbm('joint'),
  );
  const posteriors = mmx.rbmExtractor(new Map([['left', below[0]]]), 'posterior')({ left: data.left });
  const others = mmx.rbmExtractor(new Map([['right', below[1]]]), 'posterior')({ right: data.right });
  for (const one of below) one.dispose();

  const branches = [branch('left', wide), branch('right', wide)];
  const first = { left: { ...left, sigma: 1 }, right: { ...right, sigma: 1 } };
  const fineTune = async (name, inputs, optimiser) => {
    const net = { inputs, outputs: branches, joint, loss: 'cross-entropy' };
    const start = mmx.unrollDbn(net, { first, joint: top, order: branches });
    const section = { ...config.autoencoder, optimiser };
    learnt[`autoencoder ${name}`] = (
      await mmx.trainAutoencoder(data, net, start, section, 1, quiet)
    ).parameters;
  };
  await fineTune('bimodal, Adam', branches, { name: 'adam', learning_rate: 1e-3 });
  await fineTune('left only, momentum', [branches[0]], {
    name: 'momentum',
    learning_rate: 0.01,
    momentum: 0.9,
  });
  const cca = mmx.fitCca(mmx.sourceOf(posteriors), mmx.sourceOf(others), { dimensions: 20, ridge: 0.01 });
  learnt.cca = { correlations: Float64Array.from(cca.correlations) };
  learnt.posteriors = { left: posteriors.data };
  return learnt;
}

function configOf(mmx) {
  const section = { epochs: 1, batch: 100, learning_rate: 0.05, visible: 'binary' };
  return mmx.experimentSchema.parse({
    corpus: 'mnist-halves',
    architecture: 'bimodal-dbn',
    setting: 'fusion',
    rbm: {
      left: { ...section, hidden: wide },
      right: { ...section, hidden: wide },
      joint: { ...section, hidden: joint },
      shallow: { ...section, hidden: joint },
    },
    autoencoder: { epochs: 1, batch: 100, loss: 'cross-entropy' },
  });
}

/** ‖a − b‖ / ‖b‖ */
export function relativeDistance(a, b) {
  let [difference, size] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  return Math.sqrt(difference / size);
}
