import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { FusionNetwork } from '../../../../src/models/networks/fusion-network.js';
import { modulationCoefficients } from '../../../../src/models/networks/gradient-modulation.js';
import type { NetworkInput } from '../../../../src/models/networks/input.js';
import { describeEachEngine, describeOnCpu } from '../../engine/each-engine.js';
import { draw, numbers } from '../layers/gradients.js';
import { networkConfig } from './configs.js';

/** Logits of three classes whose softmax gives class 0 the probability p, and the others the rest evenly. */
const rowOf = (p: number): number[] => [Math.log((2 * p) / (1 - p)), 0, 0];

const logitsOf = (...probabilities: number[]): tf.Tensor2D =>
  tf.tensor2d(probabilities.map(rowOf), [probabilities.length, 3]);

describeEachEngine('the coefficients of gradient modulation', () => {
  const labels = [0, 0];
  const coefficients = (
    contributions: readonly tf.Tensor2D[],
    alpha: number,
    presence: readonly (readonly number[] | undefined)[] = [],
  ): number[] => {
    const columns = contributions.map((_, i) => {
      const column = presence[i];
      return column && tf.tensor2d([...column], [column.length, 1]);
    });
    const found = modulationCoefficients(contributions, tf.tensor1d(labels), columns, alpha);
    return found.flatMap(numbers);
  };
  const expectClose = (found: readonly number[], expected: readonly number[]): void => {
    expect(found).toHaveLength(expected.length);
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5);
  };

  test('by hand: scores of 0.7 and 0.35, a ratio of 2, and 1 − tanh(0.5 · 2)', () => {
    tf.tidy(() => {
      const [ahead, behind] = [logitsOf(0.8, 0.6), logitsOf(0.5, 0.2)];
      expectClose(coefficients([ahead, behind], 0.5), [0.2384058, 1]);
      expectClose(coefficients([behind, ahead], 0.5), [1, 0.2384058]);
      expectClose(coefficients([behind, behind], 0.5), [1, 1]);
    });
  });

  test('a single modality keeps its gradients, and one of three is compared with the mean of the others', () => {
    tf.tidy(() => {
      expectClose(coefficients([logitsOf(0.9, 0.9)], 0.5), [1]);
      // Ratios of 0.9 by 0.3, 0.4 by 0.55 and 0.2 by 0.65.
      const three = [logitsOf(0.9, 0.9), logitsOf(0.4, 0.4), logitsOf(0.2, 0.2)];
      expectClose(coefficients(three, 0.1), [1 - Math.tanh(0.3), 1, 1]);
    });
  });

  test('scores are of the examples that have the modality, and one that none has is not compared with', () => {
    tf.tidy(() => {
      const contributions = [logitsOf(0.8, 0.2), logitsOf(0.4, 0.4)];
      expectClose(coefficients(contributions, 0.5, [[1, 0], undefined]), [1 - Math.tanh(1), 1]);
      expectClose(coefficients(contributions, 0.5, [undefined, [0, 0]]), [1, 1]);
      expectClose(coefficients(contributions, 0.5, [[0, 0], undefined]), [1, 1]);
    });
  });

  test('a modality that is hopelessly behind leaves the other almost nothing, and no NaN', () => {
    tf.tidy(() => {
      const lost = tf.tensor2d([-200, 200, 0, -200, 200, 0], [2, 3]);
      expectClose(coefficients([logitsOf(0.9, 0.9), lost], 0.1), [0, 1]);
    });
  });
});

const inputs: readonly NetworkInput[] = [
  { modality: 'a', shape: [3] },
  { modality: 'b', shape: [4] },
];
const batch = 40;

describeOnCpu('a step with modulated gradients', () => {
  const labels = (): tf.Tensor1D => tf.tensor1d(Array.from({ length: batch }, (_, i) => i % 3));
  const rows = (): Record<string, tf.Tensor2D> => ({
    a: tf.mul(draw('a', [batch, 3]), 3),
    b: draw('b', [batch, 4]) as tf.Tensor2D,
  });
  /** A network off its initial values, where biases are zero. */
  const made = (section: object): FusionNetwork => {
    const config = networkConfig({ encoder: { kind: 'dense', layers: [64] }, ...section });
    const network = new FusionNetwork(inputs, 3, config, { seed: 1, purpose: 'network' });
    for (const [name, variable] of Object.entries(network.parameters)) {
      tf.tidy(() => variable.assign(tf.add(variable, draw(name, variable.shape, 0.3))));
    }
    return network;
  };
  /** Gradients that a step hands out. */
  const gradients = (section: object, step = 0): Record<string, number[]> => {
    const network = made(section);
    const found: Record<string, number[]> = {};
    tf.tidy(() => {
      network.step(
        rows(),
        labels(),
        (name, _, gradient) => {
          found[name] = numbers(gradient);
        },
        { key: { seed: 1, purpose: 'step', step }, observe: false },
      );
    });
    network.dispose();
    return found;
  };
  /** The coefficients, from the logits of each modality alone, which have the whole bias and are not halved. */
  const expectedCoefficients = (section: object, alpha: number): readonly number[] => {
    const network = made(section);
    const isAverage = networkConfig(section).fusion.kind === 'average';
    const bias = isAverage ? [0, 0, 0] : numbers(network.parameters['head.classes.bias'] as tf.Tensor);
    const scores = tf.tidy(() =>
      inputs.map(({ modality }) => {
        const alone = numbers(network.logits({ [modality]: rows()[modality] as tf.Tensor2D }));
        return Array.from({ length: batch }, (_, i) => {
          const powers = alone
            .slice(3 * i, 3 * i + 3)
            .map((value, k) => Math.exp(isAverage ? value / 2 : value - (bias[k] ?? 0) / 2));
          return (powers[i % 3] ?? 0) / powers.reduce((sum, value) => sum + value, 0);
        }).reduce((sum, p) => sum + p, 0);
      }),
    );
    network.dispose();
    const [first = 0, second = 0] = scores;
    return [first / second, second / first].map((ratio) => (ratio > 1 ? 1 - Math.tanh(alpha * ratio) : 1));
  };

  test.each([
    [{ fusion: { kind: 'concatenation' } }],
    [{ fusion: { kind: 'average' } }],
    [{ fusion: { kind: 'average' }, head: { hidden: [6] } }],
  ])('%j: each encoder has the coefficient of its modality, and heads have none', (section) => {
    const alpha = 0.4;
    const plain = gradients(section);
    const found = gradients({ ...section, gradient_modulation: { alpha } });
    const [a = 0, b = 0] = expectedCoefficients(section, alpha);
    expect([a, b].filter((coefficient) => coefficient < 1)).toHaveLength(1);
    expect(Object.keys(found).sort()).toEqual(Object.keys(plain).sort());
    for (const [name, gradient] of Object.entries(found)) {
      const coefficient = name.startsWith('encoder.a.') ? a : name.startsWith('encoder.b.') ? b : 1;
      for (const [i, value] of gradient.entries()) {
        expect(value, name).toBeCloseTo(coefficient * (plain[name]?.[i] ?? 0), 6);
      }
    }
  });

  test('noise is as large as the spread of each gradient, is of all encoders, and is a function of the key', () => {
    const alpha = 0.4;
    const plain = gradients({});
    const scaled = gradients({ gradient_modulation: { alpha } });
    const noisy = gradients({ gradient_modulation: { alpha, noise: true } });
    const spread = (values: readonly number[]): number => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    };
    for (const name of ['encoder.a.dense1.weights', 'encoder.b.dense1.weights']) {
      const added = (noisy[name] ?? []).map((value, i) => value - (scaled[name]?.[i] ?? 0));
      const size = spread(plain[name] ?? []);
      expect(spread(added) / size, name).toBeGreaterThan(0.8);
      expect(spread(added) / size, name).toBeLessThan(1.2);
      expect(Math.abs(added.reduce((sum, value) => sum + value, 0) / added.length)).toBeLessThan(0.25 * size);
    }
    expect(noisy['head.classes.weights']).toEqual(plain['head.classes.weights']);
    expect(gradients({ gradient_modulation: { alpha, noise: true } })).toEqual(noisy);
    expect(gradients({ gradient_modulation: { alpha, noise: true } }, 1)).not.toEqual(noisy);
  });

  test('no decision tells the modalities apart where fusion or head mix them', () => {
    for (const section of [{ head: { hidden: [4] } }, { fusion: { kind: 'gated' } }]) {
      expect(() => made({ ...section, gradient_modulation: {} })).toThrow(
        'gradient_modulation: gradient modulation compares what each modality alone adds to the logits, but',
      );
    }
  });
});
