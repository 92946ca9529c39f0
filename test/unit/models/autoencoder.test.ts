import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { gaussians, uniforms } from '../../../src/engine/noise.js';
import { Autoencoder, type AutoencoderShape, parameterShapes } from '../../../src/models/autoencoder.js';
import { dbnExtractor, shallowBimodalExtractor } from '../../../src/models/feature-extractors.js';
import { Rbm } from '../../../src/models/rbm.js';
import { randomAutoencoder, unrollDbn, unrollShallow } from '../../../src/models/unroll.js';

import { describeEachEngine } from '../engine/each-engine.js';

const audio = { modality: 'audio', visible: 6, hidden: 4 };
const video = { modality: 'video', visible: 5, hidden: 3 };
const draw = (purpose: string, n: number, sd = 0.7): Float32Array =>
  gaussians({ seed: 1, purpose, step: 0 }, n, sd);
const batch = 7;
const inputOf = (visible: number, name: string): tf.Tensor2D =>
  tf.tensor2d(uniforms({ seed: 2, purpose: name, step: 0 }, batch * visible), [batch, visible]);

const cases: (AutoencoderShape & { title: string })[] = [
  {
    title: 'bimodal, cross-entropy',
    inputs: [audio, video],
    outputs: [audio, video],
    joint: 3,
    loss: 'cross-entropy',
  },
  {
    title: 'bimodal, squared error',
    inputs: [audio, video],
    outputs: [audio, video],
    joint: 3,
    loss: 'squared-error',
  },
  { title: 'video in, both out', inputs: [video], outputs: [audio, video], joint: 3, loss: 'squared-error' },
  { title: 'video in, video out', inputs: [video], outputs: [video], joint: 3, loss: 'cross-entropy' },
  {
    title: 'shallow, video in, both out, squared error',
    depth: 'shallow',
    inputs: [video],
    outputs: [audio, video],
    joint: 3,
    loss: 'squared-error',
  },
  {
    title: 'shallow, both in, audio out, cross-entropy',
    depth: 'shallow',
    inputs: [audio, video],
    outputs: [audio],
    joint: 4,
    loss: 'cross-entropy',
  },
];

describeEachEngine('models', () => {
  describe.each(cases)('autoencoder: $title', (shape) => {
    it.each([
      { of: 'its loss', weights: [] },
      { of: 'its loss weighted by modality', weights: [0.3, 2.5] },
    ])('has gradients that agree with finite differences of $of', ({ weights }) => {
      const model = new Autoencoder(shape, randomAutoencoder(shape, 3));
      const inputs = shape.inputs.map(({ visible, modality }) => inputOf(visible, modality));
      const targets = shape.outputs.map(({ visible, modality }) => inputOf(visible, modality));
      const gradients = new Map<string, Float32Array>();
      model.step(
        inputs,
        targets,
        (name, _, gradient) => gradients.set(name, gradient.dataSync().slice() as Float32Array),
        false,
        weights,
      );
      expect([...gradients.keys()].sort()).toEqual(Object.keys(parameterShapes(shape)).sort());
      for (const [name, gradient] of gradients) {
        const variable = model.parameters[name] as tf.Variable;
        const values = variable.dataSync().slice() as Float32Array;
        const step = 5e-3;
        for (let i = 0; i < values.length; i += Math.max(1, Math.floor(values.length / 6))) {
          const lossAt = (by: number): number => {
            const moved = values.slice();
            moved[i] = (moved[i] ?? 0) + by;
            tf.tidy(() => variable.assign(tf.tensor(moved, variable.shape)));
            return model.loss(inputs, targets, weights);
          };
          const slope = (lossAt(step) - lossAt(-step)) / (2 * step);
          tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
          expect(Math.abs((gradient[i] ?? 0) - slope), `${name}[${i}]`).toBeLessThan(
            2e-3 + 0.01 * Math.abs(slope),
          );
        }
      }
      tf.dispose([...inputs, ...targets]);
      model.dispose();
    });

    it('leaks no tensor', () => {
      const before = tf.memory().numTensors;
      const model = new Autoencoder(shape, randomAutoencoder(shape, 3));
      const inputs = shape.inputs.map(({ visible, modality }) => inputOf(visible, modality));
      const targets = shape.outputs.map(({ visible, modality }) => inputOf(visible, modality));
      expect(model.step(inputs, targets, () => undefined, true)).toBeGreaterThan(0);
      tf.dispose([...inputs, ...targets, ...model.reconstruct(inputs), model.encode(inputs)]);
      model.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  describe('unrolling', () => {
    const rbmOf = (visible: number, hidden: number, name: string, sigma: number): Rbm =>
      new Rbm(
        { visible, hidden, units: sigma === 1 ? 'binary' : 'gaussian', sigma },
        {
          weights: draw(`${name}/w`, visible * hidden),
          visibleBias: draw(`${name}/c`, visible),
          hiddenBias: draw(`${name}/b`, hidden),
        },
      );

    it.each([1, 0.6])('encodes as the DBN does and decodes by its downward pass (sigma %f)', (sigma) =>
      tf.tidy(() => {
        const first = new Map([
          ['audio', rbmOf(6, 4, 'audio', sigma)],
          ['video', rbmOf(5, 3, 'video', sigma)],
        ]);
        const joint = rbmOf(7, 3, 'joint', 1);
        const shape: AutoencoderShape = {
          inputs: [audio, video],
          outputs: [audio, video],
          joint: 3,
          loss: sigma === 1 ? 'cross-entropy' : 'squared-error',
        };
        const dbn = {
          first: Object.fromEntries([...first].map(([name, rbm]) => [name, { ...rbm.parameters(), sigma }])),
          joint: joint.parameters(),
          order: [audio, video],
        };
        const model = new Autoencoder(shape, unrollDbn(shape, dbn));
        const inputs = [inputOf(6, 'audio'), inputOf(5, 'video')];
        const present = Object.fromEntries(
          [audio, video].map(({ modality, visible }, i) => [
            modality,
            { rows: batch, columns: visible, data: inputs[i]?.dataSync() as Float32Array },
          ]),
        );
        const expected = dbnExtractor(first, joint, 'posterior', 'zero')(present);
        const encoded = model.encode(inputs);
        expect(distance(encoded.dataSync(), expected.data)).toBeLessThan(1e-5);

        const down = tf.tidy(() => {
          const units = joint.reconstruction(encoded);
          const [a, v] = tf.split(units, [4, 3], 1) as [tf.Tensor2D, tf.Tensor2D];
          return [first.get('audio')?.reconstruction(a), first.get('video')?.reconstruction(v)].map(
            (tensor) => tensor?.dataSync().slice() as Float32Array,
          );
        });
        model.reconstruct(inputs).forEach((output, i) => {
          expect(distance(output.dataSync(), down[i] ?? [])).toBeLessThan(1e-5);
        });

        const alone: AutoencoderShape = { ...shape, inputs: [video] };
        const single = new Autoencoder(alone, unrollDbn(alone, dbn));
        const withoutAudio = tf.tidy(() => {
          const hidden = first.get('video')?.posterior(inputs[1] as tf.Tensor2D) as tf.Tensor2D;
          return joint.posterior(tf.concat([tf.zeros([batch, 4]), hidden], 1) as tf.Tensor2D);
        });
        expect(
          distance(single.encode([inputs[1] as tf.Tensor2D]).dataSync(), withoutAudio.dataSync()),
        ).toBeLessThan(1e-5);
      }),
    );

    it.each([1, 0.6])('encodes as the shallow RBM does with a modality absent (sigma %f)', (sigma) =>
      tf.tidy(() => {
        const rbm = rbmOf(11, 4, 'shallow', sigma);
        const order = [audio, video];
        const both: AutoencoderShape = {
          depth: 'shallow',
          inputs: order,
          outputs: order,
          joint: 4,
          loss: sigma === 1 ? 'cross-entropy' : 'squared-error',
        };
        const inputs = [inputOf(6, 'audio'), inputOf(5, 'video')] as const;
        const extract = shallowBimodalExtractor(rbm, order, 'posterior');
        const unrolled = { rbm: rbm.parameters(), sigma, order };
        for (const shown of [[audio], [video], order]) {
          const shape = { ...both, inputs: shown };
          const model = new Autoencoder(shape, unrollShallow(shape, unrolled));
          const visible = shown.map((branch) => inputs[order.indexOf(branch)] as tf.Tensor2D);
          const present = Object.fromEntries(
            shown.map(({ modality, visible: columns }, i) => [
              modality,
              { rows: batch, columns, data: visible[i]?.dataSync() as Float32Array },
            ]),
          );
          const encoded = model.encode(visible);
          expect(distance(encoded.dataSync(), extract(present).data)).toBeLessThan(1e-5);
          const down = tf.split(rbm.reconstruction(encoded), [6, 5], 1);
          model.reconstruct(visible).forEach((output, i) => {
            expect(distance(output.dataSync(), down[i]?.dataSync() ?? [])).toBeLessThan(1e-5);
          });
        }
      }),
    );
  });
});

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))),
    a.length === b.length ? 0 : 1,
  );
