import * as tf from '@tensorflow/tfjs-core';

/**
 * A step of training as mmx does it, and the limit it cannot pass: the step's matrix products alone, by the same
 * engine. Both own tensors.
 *
 * @typedef {object} Contestant
 * @property {() => void} step
 * @property {() => ArrayLike<number>} sample some numbers of the last step, once the engine has computed them
 * @property {() => void} dispose
 */

/** Sizes of the paper's models, or near them; the peers get the same description. */
const rbms = [
  { batch: 100, visible: 1000, hidden: 1500 },
  { batch: 100, visible: 400, hidden: 1000 },
  { batch: 256, visible: 1500, hidden: 1500 },
];
const contrastiveDivergence = { momentum: 0.9, rate: 0.001, decay: 2e-4, target: 0.05, cost: 0.1 };
/** Spectrogram features and images: [visible, hidden] of each branch. */
const bimodal = {
  branches: [
    [1000, 1500],
    [384, 500],
  ],
  joint: 1000,
  batch: 100,
  rate: 0.001,
  momentum: 0.9,
};

export const cases = [
  ...rbms.map((size) => ({
    name: `cd1-${size.batch}x${size.visible}x${size.hidden}`,
    kind: 'cd',
    ...size,
    ...contrastiveDivergence,
    peers: ['torch', 'torch-inplace', 'sklearn'],
  })),
  ...['momentum', 'adam'].map((optimiser) => ({
    name: `autoencoder-${optimiser}`,
    kind: 'autoencoder',
    optimiser,
    ...bimodal,
    peers: ['torch'],
  })),
];

/** The paper's layers (section 3 of its text: 1536 for pictures, 1500 for sound, 4554 shared), for `--gpu`. */
const paperLayers = [
  [384, 1536],
  [1000, 1500],
  [3036, 4554],
];
const paperBimodal = {
  ...bimodal,
  branches: [
    [1000, 1500],
    [384, 1536],
  ],
  joint: 4554,
};
const gpuPeers = { cd: ['torch', 'torch-inplace', 'torch-graph'], autoencoder: ['torch', 'torch-graph'] };

/** The same steps on a GPU, and those of the paper's sizes. */
export const gpuCases = [
  ...cases.map((benchCase) => ({ ...benchCase, peers: gpuPeers[benchCase.kind] })),
  ...[100, 1000].flatMap((batch) => [
    ...paperLayers.map(([visible, hidden]) => ({
      name: `cd1-${batch}x${visible}x${hidden}`,
      kind: 'cd',
      ...{ batch, visible, hidden },
      ...contrastiveDivergence,
      peers: gpuPeers.cd,
    })),
    ...['momentum', 'adam'].map((optimiser) => ({
      name: `paper-autoencoder-${optimiser}-${batch}`,
      kind: 'autoencoder',
      optimiser,
      ...paperBimodal,
      batch,
      peers: gpuPeers.autoencoder,
    })),
  ]),
].filter(({ name }, i, all) => all.findIndex((other) => other.name === name) === i);

/**
 * What no implementation can do without: the operations of the step's products, and every parameter with its
 * velocity or moments read once and written once.
 */
export function leastWork(mmx, benchCase) {
  const products = benchCase.kind === 'cd' ? cdProducts(benchCase) : autoencoderProducts(mmx, benchCase);
  const flops = products.reduce((sum, { a, b, transposeA, transposeB }) => {
    const [m, k] = transposeA ? [a[1], a[0]] : a;
    return sum + 2 * m * k * (transposeB ? b[0] : b[1]);
  }, 0);
  const parameters =
    benchCase.kind === 'cd'
      ? benchCase.visible * benchCase.hidden + benchCase.visible + benchCase.hidden
      : Object.values(mmx.parameterShapes(autoencoderShape(benchCase))).reduce(
          (sum, shape) => sum + shape.reduce((product, length) => product * length, 1),
          0,
        );
  const arrays = benchCase.optimiser === 'adam' ? 3 : 2;
  return { flops, bytes: parameters * arrays * 2 * 4 };
}

const noise = (shape, sd = 1) => tf.randomNormal(shape, 0, sd, 'float32', 1);

/**
 * The contestants of a case that run in this process. The step is the product's own code, without observation.
 *
 * @param mmx exports of dist/models/{rbm,autoencoder}.js, dist/training/optimiser.js and dist/engine/replay.js
 * @returns {{ mmx: Contestant, limit: Contestant }}
 */
export function prepare(mmx, benchCase) {
  return benchCase.kind === 'cd'
    ? { mmx: cdStep(mmx, benchCase), limit: productsAlone(mmx, cdProducts(benchCase)) }
    : {
        mmx: autoencoderStep(mmx, benchCase),
        limit: productsAlone(mmx, autoencoderProducts(mmx, benchCase)),
      };
}

function cdStep(mmx, { batch, visible, hidden, momentum, rate, decay, target, cost }) {
  const shape = { visible, hidden, units: 'gaussian', sigma: 1 };
  const rbm = new mmx.Rbm(shape, mmx.initialRbmParameters(shape, 0.01, 1, 'bench'));
  const trainer = new mmx.ContrastiveDivergence(rbm);
  const minibatch = noise([batch, visible]);
  const hyper = {
    learningRate: rate,
    momentum,
    weightDecay: decay,
    cdSteps: 1,
    sparsity: { target, cost, form: 'bias' },
  };
  const update = mmx.replayable(['step'], ({ step }) => {
    trainer.step(minibatch, hyper, { seed: 1, purpose: 'bench', step }, false);
  });
  let step = 0;
  return {
    step: () => update.run({ step: step++ }),
    sample: () => rbm.hiddenBias.dataSync(),
    dispose() {
      update.dispose();
      minibatch.dispose();
      trainer.dispose();
      rbm.dispose();
    },
  };
}

function autoencoderStep(mmx, benchCase) {
  const { batch, optimiser: name, rate, momentum } = benchCase;
  const shape = autoencoderShape(benchCase);
  const initial = Object.fromEntries(
    Object.entries(mmx.parameterShapes(shape)).map(([parameter, [inputs, outputs]]) => [
      parameter,
      outputs === undefined ? new Float32Array(inputs) : noise([inputs, outputs], inputs ** -0.5).dataSync(),
    ]),
  );
  const model = new mmx.Autoencoder(shape, initial);
  const options = name === 'adam' ? { name, learningRate: rate } : { name, learningRate: rate, momentum };
  const optimiser = new mmx.Optimiser(options, model.parameters, 0);
  const minibatch = benchCase.branches.map(([visible]) => noise([batch, visible]));
  const update = mmx.replayable(['step'], ({ step }) => {
    const descend = (parameter, variable, gradient) => optimiser.descend(parameter, variable, gradient, step);
    model.step(minibatch, minibatch, descend, false);
  });
  let step = 0;
  return {
    step: () => update.run({ step: step++ }),
    sample: () => model.parameters['encoder.a.bias'].dataSync(),
    dispose() {
      update.dispose();
      tf.dispose(minibatch);
      model.dispose();
      optimiser.dispose();
    },
  };
}

function autoencoderShape({ branches, joint }) {
  const sides = branches.map(([visible, hidden], i) => ({ modality: 'ab'[i], visible, hidden }));
  return { inputs: sides, outputs: sides, joint, loss: 'squared-error' };
}

/**
 * Operands of `tf.matMul`, as shapes.
 *
 * @typedef {object} Product
 * @property {[number, number]} a
 * @property {[number, number]} b
 * @property {boolean} [transposeA]
 * @property {boolean} [transposeB]
 */

/** @returns {Product[]} */
function cdProducts({ batch, visible, hidden }) {
  const up = { a: [batch, visible], b: [visible, hidden] };
  const down = { a: [batch, hidden], b: [visible, hidden], transposeB: true };
  // Both phases' statistics in one product: [v0; v1]' [h0; -h1].
  const gradient = { a: [2 * batch, visible], b: [2 * batch, hidden], transposeA: true };
  return [up, down, up, gradient];
}

/** @returns {Product[]} */
function autoencoderProducts(mmx, benchCase) {
  const { batch } = benchCase;
  return Object.entries(mmx.parameterShapes(autoencoderShape(benchCase))).flatMap(
    ([name, [inputs, outputs]]) => {
      if (outputs === undefined) return [];
      const forward = { a: [batch, inputs], b: [inputs, outputs] };
      const weightGradient = { a: [batch, inputs], b: [batch, outputs], transposeA: true };
      const inputGradient = { a: [batch, outputs], b: [inputs, outputs], transposeB: true };
      return name.startsWith('encoder.')
        ? [forward, weightGradient]
        : [forward, inputGradient, weightGradient];
    },
  );
}

/**
 * Runs products and nothing else, on operands of their own.
 *
 * @param mmx exports of dist/engine/replay.js
 * @param {Product[]} products
 * @returns {Contestant}
 */
function productsAlone(mmx, products) {
  const operands = products.map(({ a, b }) => [noise(a), noise(b)]);
  const multiply = () => {
    products.forEach(({ transposeA = false, transposeB = false }, i) => {
      tf.matMul(...operands[i], transposeA, transposeB).dispose();
    });
  };
  const update = mmx.replayable([], multiply);
  return {
    step: () => update.run({}),
    // Nothing of the products is kept: reading something else waits for them all the same.
    sample: () => tf.tidy(() => tf.add(tf.slice(operands[0][0], [0, 0], [1, 1]), 1).dataSync()),
    dispose() {
      update.dispose();
      tf.dispose(operands);
    },
  };
}
