/**
 * Checks the engine `cuda` on the GPU of this machine:
 *
 * - one epoch of every model from the same seeds agrees with the CPU engines as well as those agree among themselves;
 * - the same training twice gives the same bits, and 10,000 updates leave no tensor and no device memory behind.
 *
 *   node bench/gpu/check.js [--examples N] [--steps N] [--engine NAME] [--out FILE]
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { relativeDistance, trainEverything } from './models.js';

const { values } = parseArgs({
  options: {
    examples: { type: 'string', default: '60000' },
    steps: { type: 'string', default: '10000' },
    engine: { type: 'string', default: 'cuda' },
    out: { type: 'string' },
  },
});
const [examples, steps] = [Number(values.examples), Number(values.steps)];

const modules = [
  'config/schema',
  'corpora/mnist-halves',
  'engine/operations',
  'engine/registry',
  'matrix',
  'models/cca',
  'models/feature-extractors',
  'models/rbm',
  'models/unroll',
  'training/train-autoencoder',
  'training/train-rbm',
];
const mmx = Object.assign(
  {},
  ...(await Promise.all(modules.map((module) => import(`../../dist/${module}.js`)))),
);
const data = mmx.mnistHalves.load({ train: examples, test: 1 }).train.inputs;

async function learnOn(name) {
  const engine = await mmx.useEngine(name);
  const start = performance.now();
  const learnt = await trainEverything(mmx, data);
  const seconds = Number(((performance.now() - start) / 1e3).toFixed(1));
  console.log(`${name}: ${seconds} s (${engine.description})`);
  return { description: engine.description, seconds, learnt };
}

/** Largest relative distance over a model's parameters. */
const distance = (a, b) => Math.max(...Object.keys(b).map((name) => relativeDistance(a[name], b[name])));

const [ort, wasm, gpu, again] = [
  await learnOn('ort'),
  await learnOn('wasm'),
  await learnOn(values.engine),
  await learnOn(values.engine),
];
const agreement = Object.keys(ort.learnt).map((model) => {
  const toCpu = distance(gpu.learnt[model], ort.learnt[model]);
  const amongCpus = distance(wasm.learnt[model], ort.learnt[model]);
  const isRepeated = Object.entries(gpu.learnt[model]).every(([name, array]) =>
    array.every((value, i) => Object.is(value, again.learnt[model][name][i])),
  );
  // A hidden state that flips on a rounding error sets two runs apart, on any two engines.
  const agrees = toCpu <= Math.max(2e-3, 3 * amongCpus);
  return { model, distance: toCpu, distanceAmongCpuEngines: amongCpus, sameBitsTwice: isRepeated, agrees };
});
console.table(agreement);

/** Updates of one RBM, and what is left of tensors and memory after them. */
async function leaks() {
  const { rbm } = mmx.experimentSchema.parse({
    corpus: 'mnist-halves',
    architecture: 'rbm',
    setting: 'classic-left',
    rbm: { left: { hidden: 500, batch: 100, visible: 'binary', epochs: 1, learning_rate: 0.05 } },
  });
  const host = { checkpoint: { load: () => undefined, offer: () => undefined }, progress: () => undefined };
  const perEpoch = Math.floor(examples / 100);
  const train = (epochs) => mmx.trainRbm(data.left, { ...mmx.settledRbm(rbm.left), epochs }, 'left', 1, host);
  const held = () => ({
    tensors: tf.memory().numTensors,
    data: tf.backend().numDataIds(),
    freeBytes: mmx.deviceRoom(),
  });
  await train(1);
  const before = held();
  const start = performance.now();
  await train(Math.ceil(steps / perEpoch));
  const updates = Math.ceil(steps / perEpoch) * perEpoch;
  const milliseconds = (performance.now() - start) / updates;
  return { updates, millisecondsAnUpdate: Number(milliseconds.toFixed(4)), before, after: held() };
}
const leak = await leaks();
const leaksNothing = JSON.stringify(leak.before) === JSON.stringify(leak.after);
console.log(
  `${leak.updates} updates, ${leak.millisecondsAnUpdate} ms each: ${leaksNothing ? 'nothing left behind' : 'LEAK'}`,
);
console.log(JSON.stringify(leak));

const report = {
  command: `node bench/gpu/check.js ${process.argv.slice(2).join(' ')}`.trim(),
  examples,
  engines: Object.fromEntries(
    Object.entries({ ort, wasm, [values.engine]: gpu }).map(([name, { description, seconds }]) => [
      name,
      { description, seconds },
    ]),
  ),
  agreement,
  leak,
};
if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(report, null, 2)}\n`);
const failed = agreement.filter(({ agrees, sameBitsTwice }) => !agrees || !sameBitsTwice);
for (const { model } of failed) console.error(`${model}: does not agree, or not twice the same`);
if (failed.length > 0 || !leaksNothing) process.exitCode = 1;
