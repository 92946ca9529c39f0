import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { Changing } from '../../../../src/engine/changing.js';
import { replayable } from '../../../../src/engine/replay.js';
import { FusionNetwork } from '../../../../src/models/networks/fusion-network.js';
import { type NetworkInput, widthOf } from '../../../../src/models/networks/input.js';
import { restoreValues, shapesOf, valuesOf } from '../../../../src/models/networks/values.js';
import { Optimiser } from '../../../../src/training/optimiser.js';
import { describeEachEngine, describeOnCpu } from '../../engine/each-engine.js';
import { draw, numbers } from '../layers/gradients.js';
import { networkConfig } from './configs.js';
import { expectLossGradients } from './loss-gradients.js';

const inputs: readonly NetworkInput[] = [
  { modality: 'picture', shape: [4, 3, 1] },
  { modality: 'sound', shape: [5, 2] },
  { modality: 'words', shape: [4], padded: true },
  { modality: 'pulse', shape: [3] },
];

const batch = 4;

const rowsOf = (names: readonly string[]): Record<string, tf.Tensor2D> =>
  Object.fromEntries(
    inputs
      .filter(({ modality }) => names.includes(modality))
      .map((input) => {
        const rows =
          input.modality === 'words'
            ? tf.tensor2d([1, 5, 2, 0, 3, 3, 0, 0, 4, 1, 2, 5, 2, 0, 0, 0], [batch, 4])
            : (draw(input.modality, [batch, widthOf(input)]) as tf.Tensor2D);
        return [input.modality, rows];
      }),
  );

const all = inputs.map(({ modality }) => modality);

/** Every kind of encoder, with all that can be switched on. */
const encoders = {
  encoder: { kind: 'dense', layers: [4], dropout: 0.2 },
  encoders: {
    picture: { kind: 'cnn', filters: [2], dense: 4, batch_normalisation: true, dropout: 0.1 },
    sound: { kind: 'cnn-1d', filters: [2], dense: 4 },
    words: { kind: 'attention', vocabulary: 6, width: 4, heads: 2 },
  },
  head: { hidden: [5], dropout: 0.3 },
};

const fusions = [
  { kind: 'early', layers: [5] },
  { kind: 'concatenation' },
  { kind: 'average' },
  { kind: 'gated', units: 4 },
  { kind: 'low-rank', units: 4, rank: 2 },
  { kind: 'cross-attention', width: 4, heads: 2 },
] as const;

const made = (section: object, seed = 1): FusionNetwork =>
  new FusionNetwork(inputs, 3, networkConfig(section), { seed, purpose: 'network' });

describeOnCpu('a fusion network', () => {
  // The others' are tested by themselves; these three see vectors, decisions and steps.
  const different = fusions.filter(({ kind }) =>
    ['concatenation', 'average', 'cross-attention'].includes(kind),
  );
  const balanced = { auxiliary_losses: { picture: 0.5, sound: 2 } };
  test.each([
    ...different.map((fusion) => ({ kind: fusion.kind, section: { fusion } })),
    ...different.map((fusion) => ({
      kind: `${fusion.kind} with auxiliary losses`,
      section: { fusion, ...balanced },
    })),
  ])('$kind: the gradients of a step are those of its loss', ({ section }) => {
    const network = made({ ...encoders, ...section, modality_dropout: 0.3 });
    tf.tidy(() => {
      const rows = rowsOf(all);
      const labels = tf.tensor1d([0, 2, 1, 2], 'int32');
      const options = {
        key: { seed: 1, purpose: 'step', step: 3 },
        classWeights: tf.tensor1d([1, 2, 0.5]),
        observe: true,
      };
      expectLossGradients(network.parameters, (apply) => network.step(rows, labels, apply, options));
    });
    network.dispose();
  });

  test.each(fusions)('$kind: what is lacking does not matter, and what is there does', (fusion) => {
    const network = made({ ...encoders, fusion });
    tf.tidy(() => {
      const rows = rowsOf(all);
      const two = ['picture', 'sound'];
      const [given, told] = [network.logits(rowsOf(two)), network.logits(rows, new Set(two))].map(numbers);
      expect(told).toEqual(given);
      expect(numbers(network.logits(rows))).not.toEqual(given);
      const other = { ...rowsOf(two), sound: tf.add(rowsOf(two).sound as tf.Tensor2D, 1) as tf.Tensor2D };
      expect(numbers(network.logits(other))).not.toEqual(given);
      for (const name of all)
        expect(numbers(network.logits(rowsOf([name]))).every(Number.isFinite)).toBe(true);
      expect(() => network.logits(rows, new Set())).toThrow('no rows of any modality');
      expect(() => network.logits(rowsOf(two), new Set(all))).toThrow('no rows of words');
    });
    network.dispose();
  });

  test.each(fusions)('$kind: the logits are a linear function of the representation', (fusion) => {
    const network = made({ ...encoders, fusion });
    tf.tidy(() => {
      const representation = network.representation(rowsOf(all));
      const [, units = 0] = representation.shape;
      expect(units).toBe(fusion.kind === 'average' ? 20 : 5);
      const heads = fusion.kind === 'average' ? all.map((name) => `head.${name}.classes`) : ['head.classes'];
      const pick = (part: string): tf.Tensor[] =>
        heads.map((head) => network.parameters[`${head}.${part}`] as tf.Tensor);
      const weights = tf.div(tf.concat(pick('weights'), 0), heads.length);
      const bias = tf.div(tf.addN(pick('bias')), heads.length);
      const expected = numbers(tf.add(tf.matMul(representation, weights as tf.Tensor2D), bias));
      numbers(network.logits(rowsOf(all))).forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5);
      });
    });
    network.dispose();
  });

  test('takes the numbers of another, and says which are missing', () => {
    const [network, other] = [made(encoders), made(encoders, 2)];
    tf.tidy(() => {
      const before = numbers(other.logits(rowsOf(all)));
      const values = valuesOf(network);
      expect(Object.keys(values)).toContain('encoder.picture.normal1.runningMean');
      expect(Object.fromEntries(Object.entries(values).map(([name, { length }]) => [name, length]))).toEqual(
        Object.fromEntries(
          Object.entries(shapesOf(network)).map(([name, shape]) => [name, tf.util.sizeFromShape([...shape])]),
        ),
      );
      restoreValues(other, values);
      expect(numbers(other.logits(rowsOf(all)))).toEqual(numbers(network.logits(rowsOf(all))));
      expect(before).not.toEqual(numbers(network.logits(rowsOf(all))));
      const { 'head.classes.bias': _, ...rest } = values;
      expect(() => restoreValues(other, rest)).toThrow('0 numbers of head.classes.bias where 3 are expected');
    });
    network.dispose();
    other.dispose();
  });

  test('refuses encoders of modalities that there are not', () => {
    expect(() => made({ encoders: { smell: { kind: 'dense' } } })).toThrow(
      'there is an encoder for smell, which is not a modality of the corpus',
    );
  });
});

const replayed: readonly { readonly title: string; readonly section: object }[] = [
  ...fusions.map((fusion) => ({ title: fusion.kind, section: { ...encoders, fusion } })),
  {
    title: 'modulated gradients',
    section: { ...encoders, fusion: { kind: 'average' }, gradient_modulation: { noise: true } },
  },
  {
    title: 'auxiliary losses',
    section: {
      ...encoders,
      fusion: { kind: 'cross-attention', width: 4, heads: 2 },
      auxiliary_losses: { sound: 1 },
    },
  },
];

describeEachEngine('a step of a fusion network', () => {
  test.each(replayed)('$title: is replayed with the bits of the step run anew each time', ({ section }) => {
    const trained = (isRecorded: boolean): Record<string, number[]> => {
      const network = made({ ...section, modality_dropout: 0.3 });
      const optimiser = new Optimiser({ name: 'adam', learningRate: 0.01 }, network.parameters, 0.001);
      const rows = rowsOf(all);
      const labels = tf.tensor1d([0, 2, 1, 2]);
      const body = (step: Changing): void => {
        network.step(rows, labels, (name, one, gradient) => optimiser.descend(name, one, gradient, step), {
          key: { seed: 1, purpose: 'step', step },
          observe: false,
        });
      };
      const replay = replayable(['step'], ({ step }) => body(step));
      for (let step = 0; step < 4; step++) {
        if (isRecorded) replay.run({ step });
        else tf.tidy(() => body(step));
      }
      const values = Object.entries(valuesOf(network)).map(([name, value]) => [name, [...value]]);
      replay.dispose();
      optimiser.dispose();
      network.dispose();
      tf.dispose([...Object.values(rows), labels]);
      return Object.fromEntries(values);
    };
    expect(trained(true)).toEqual(trained(false));
  });
});
