import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { softmaxCrossEntropy } from '../../../../src/models/layers/losses.js';
import { FusionNetwork } from '../../../../src/models/networks/fusion-network.js';
import type { NetworkInput } from '../../../../src/models/networks/input.js';
import { describeOnCpu } from '../../engine/each-engine.js';
import { draw, numbers } from '../layers/gradients.js';
import { networkConfig } from './configs.js';

const inputs: readonly NetworkInput[] = [
  { modality: 'a', shape: [3] },
  { modality: 'b', shape: [4] },
];
const batch = 6;
const key = { seed: 1, purpose: 'step', step: 0 };

const made = (section: object): FusionNetwork =>
  new FusionNetwork(inputs, 3, networkConfig({ encoder: { kind: 'dense', layers: [5] }, ...section }), {
    seed: 1,
    purpose: 'network',
  });
const rows = (): Record<string, tf.Tensor2D> => ({
  a: draw('a', [batch, 3]) as tf.Tensor2D,
  b: draw('b', [batch, 4]) as tf.Tensor2D,
});
const labels = (): tf.Tensor1D => tf.tensor1d([0, 1, 2, 0, 1, 2]);

/** The loss of a step, and the gradients it hands out by name. */
function stepOf(network: FusionNetwork): { loss: number; gradients: Record<string, number[]> } {
  const gradients: Record<string, number[]> = {};
  const loss = tf.tidy(() =>
    network.step(
      rows(),
      labels(),
      (name, _, gradient) => {
        gradients[name] = numbers(gradient);
      },
      { key, observe: true },
    ),
  );
  return { loss: loss ?? Number.NaN, gradients };
}

describeOnCpu('auxiliary losses', () => {
  test('add the weighted loss of a linear head on the representation of a modality alone', () => {
    const [plain, network] = [made({}), made({ auxiliary_losses: { b: 0.7 } })];
    const own = Object.keys(network.parameters).filter((name) => !(name in plain.parameters));
    expect(own).toEqual(['auxiliary.b.classes.weights', 'auxiliary.b.classes.bias']);
    const { loss, gradients } = stepOf(network);
    const expected = tf.tidy(() => {
      const of = (name: string): tf.Tensor2D => network.parameters[name] as unknown as tf.Tensor2D;
      const encoded = tf.relu(
        tf.add(
          tf.matMul(rows().b as tf.Tensor2D, of('encoder.b.dense1.weights')),
          of('encoder.b.dense1.bias'),
        ),
      ) as tf.Tensor2D;
      const logits = tf.matMul(encoded, of('auxiliary.b.classes.weights')) as tf.Tensor2D;
      return numbers(softmaxCrossEntropy(logits, labels()).loss)[0] ?? Number.NaN;
    });
    const without = stepOf(plain);
    expect(loss).toBeCloseTo(without.loss + 0.7 * expected, 5);
    const differs = (name: string): boolean => String(gradients[name]) !== String(without.gradients[name]);
    expect(Object.keys(without.gradients).filter(differs).sort()).toEqual([
      'encoder.b.dense1.bias',
      'encoder.b.dense1.weights',
    ]);
    plain.dispose();
    network.dispose();
  });

  test.each(['concatenation', 'average', 'gated', 'low-rank', 'cross-attention'])(
    'have heads beside the decision by %s, which are not used in testing',
    (kind) => {
      const network = made({ fusion: { kind }, head: { hidden: [4] }, auxiliary_losses: { a: 1, b: 0 } });
      tf.tidy(() => {
        const before = [network.logits(rows()), network.representation(rows())].map(numbers);
        const own = Object.entries(network.parameters).filter(([name]) => name.startsWith('auxiliary.'));
        expect(own.map(([name]) => name)).toEqual(
          ['dense1.weights', 'dense1.bias', 'classes.weights', 'classes.bias'].map(
            (name) => `auxiliary.a.${name}`,
          ),
        );
        for (const [, variable] of own) variable.assign(tf.add(variable, 1));
        expect([network.logits(rows()), network.representation(rows())].map(numbers)).toEqual(before);
      });
      network.dispose();
    },
  );

  test('of weight 0 are none, and a learning speed is that of the head, too', () => {
    const network = made({ auxiliary_losses: { a: 0, b: 1 }, learning_speed: { b: 0.2 } });
    expect(Object.keys(network.speeds).filter((name) => name.startsWith('auxiliary.'))).toEqual([
      'auxiliary.b.classes.weights',
      'auxiliary.b.classes.bias',
    ]);
    network.dispose();
    const [none, plain] = [made({ auxiliary_losses: { a: 0 } }), made({})];
    expect(stepOf(none)).toEqual(stepOf(plain));
    none.dispose();
    plain.dispose();
  });
});
