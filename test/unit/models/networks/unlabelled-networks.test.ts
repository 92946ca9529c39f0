import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { Changing } from '../../../../src/engine/changing.js';
import { replayable } from '../../../../src/engine/replay.js';
import { ContrastiveNetwork } from '../../../../src/models/networks/contrastive-network.js';
import type { NetworkInput } from '../../../../src/models/networks/input.js';
import { StackedAutoencoder } from '../../../../src/models/networks/stacked-autoencoder.js';
import { shapesOf, valuesOf } from '../../../../src/models/networks/values.js';
import { Optimiser } from '../../../../src/training/optimiser.js';
import { describeEachEngine, describeOnCpu } from '../../engine/each-engine.js';
import { draw, numbers } from '../layers/gradients.js';
import { contrastiveConfig, stackedConfig } from './configs.js';
import { expectLossGradients } from './loss-gradients.js';

const inputs: readonly NetworkInput[] = [
  { modality: 'a', shape: [4, 2] },
  { modality: 'b', shape: [6] },
  { modality: 'c', shape: [5] },
];

const rowsOf = (names: readonly string[]): Record<string, tf.Tensor2D> =>
  Object.fromEntries(
    inputs
      .filter(({ modality }) => names.includes(modality))
      .map(({ modality, shape }) => [
        modality,
        tf.tidy(() => tf.sigmoid(draw(modality, [4, tf.util.sizeFromShape([...shape])])) as tf.Tensor2D),
      ]),
  );

const all = ['a', 'b', 'c'];
const key = { seed: 1, purpose: 'step', step: 2 };
const initial = { seed: 1, purpose: 'network' };

const contrastive = (): ContrastiveNetwork =>
  new ContrastiveNetwork(
    inputs,
    contrastiveConfig({
      encoder: { kind: 'dense', layers: [5] },
      encoders: { a: { kind: 'lstm', hidden: 3 } },
      projection: { hidden: [5], dimensions: 4 },
      temperature: 0.5,
    }),
    initial,
  );

const stacked = (section: object, modalities = inputs): StackedAutoencoder =>
  new StackedAutoencoder(modalities, stackedConfig(section), initial);

const few = { shares: [0.8, 0.6, 0.4], modality_dropout: 0.3 };

describeOnCpu('a contrastive network', () => {
  test('the gradients of a step are those of its loss, over all pairs', () => {
    const network = contrastive();
    tf.tidy(() => {
      const rows = rowsOf(all);
      expectLossGradients(network.parameters, (apply) => network.step(rows, apply, { key, observe: true }));
    });
    network.dispose();
  });

  test('represents by the mean direction of the projections that are there', () => {
    const network = contrastive();
    tf.tidy(() => {
      const [a, c, both] = [['a'], ['c'], ['a', 'c']].map((names) =>
        numbers(network.representation(rowsOf(names))),
      );
      for (const one of [a, c]) {
        for (let row = 0; row < 4; row++) {
          expect(Math.hypot(...(one?.slice(4 * row, 4 * row + 4) ?? []))).toBeCloseTo(1, 5);
        }
      }
      both?.forEach((value, i) => {
        expect(value).toBeCloseTo(((a?.[i] ?? 0) + (c?.[i] ?? 0)) / 2, 5);
      });
      expect(numbers(network.representation(rowsOf(all), new Set(['a', 'c'])))).toEqual(both);
    });
    network.dispose();
    expect(() => new ContrastiveNetwork(inputs.slice(1, 2), contrastiveConfig({}), initial)).toThrow(
      'nothing to compare a single modality to',
    );
  });
});

describeOnCpu('a stacked autoencoder', () => {
  test.each([[few], [{ shares: [0.5] }]])('%j: the gradients of a step are those of its loss', (section) => {
    const network = stacked(section);
    tf.tidy(() => {
      const rows = rowsOf(all);
      expectLossGradients(network.parameters, (apply) => network.step(rows, apply, { key, observe: true }));
    });
    network.dispose();
  });

  test('has the layers of the shares: those of one modality, and one that all share', () => {
    const one = stacked({}, [{ modality: 'a', shape: [28, 14, 1] }]);
    const sizes = (network: StackedAutoencoder): Record<string, readonly number[]> =>
      Object.fromEntries(Object.entries(shapesOf(network)).filter(([name]) => name.endsWith('.weights')));
    expect(sizes(one)).toEqual({
      'encoder.a.dense1.weights': [392, 118],
      'encoder.a.dense2.weights': [118, 35],
      'shared.weights': [35, 11],
      'decoder.a.dense1.weights': [11, 35],
      'decoder.a.dense2.weights': [35, 118],
      'decoder.a.output.weights': [118, 392],
    });
    one.dispose();
    const two = stacked({ shares: [0.5, 0.25] }, [
      { modality: 'a', shape: [8] },
      { modality: 'b', shape: [4] },
    ]);
    expect(sizes(two)).toEqual({
      'encoder.a.dense1.weights': [8, 4],
      'encoder.b.dense1.weights': [4, 2],
      'shared.weights': [6, 3],
      'decoder.a.dense1.weights': [3, 4],
      'decoder.a.output.weights': [4, 8],
      'decoder.b.dense1.weights': [3, 2],
      'decoder.b.output.weights': [2, 4],
    });
    two.dispose();
  });

  test('represents and reconstructs from what is there', () => {
    const network = stacked(few);
    tf.tidy(() => {
      const given = network.representation(rowsOf(['b']));
      expect(given.shape).toEqual([4, network.units]);
      expect(numbers(network.representation(rowsOf(all), new Set(['b'])))).toEqual(numbers(given));
      const found = network.reconstruct(rowsOf(['b']));
      expect(Object.entries(found).map(([name, { shape }]) => [name, shape])).toEqual([
        ['a', [4, 8]],
        ['b', [4, 6]],
        ['c', [4, 5]],
      ]);
    });
    network.dispose();
  });
});

describeEachEngine('a step without labels', () => {
  test.each([
    ['contrastive', contrastive],
    ['stacked autoencoder', () => stacked(few)],
  ] as const)('%s: is replayed with the bits of the step run anew each time', (_, make) => {
    const trained = (isRecorded: boolean): Record<string, number[]> => {
      const network = make();
      const optimiser = new Optimiser({ name: 'adadelta', learningRate: 1 }, network.parameters, 0);
      const rows = rowsOf(all);
      const body = (step: Changing): void => {
        const descend = (name: string, one: tf.Variable, gradient: tf.Tensor): void =>
          optimiser.descend(name, one, gradient, step);
        network.step(rows, descend, { key: { ...key, step }, observe: false });
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
      tf.dispose(Object.values(rows));
      return Object.fromEntries(values);
    };
    expect(trained(true)).toEqual(trained(false));
  });
});
