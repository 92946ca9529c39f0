import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { Forward } from '../../../../src/models/layers/layer.js';
import { AverageDecision } from '../../../../src/models/networks/decision.js';
import type { Encoded } from '../../../../src/models/networks/encoder.js';
import type { Fusion, FusionInput } from '../../../../src/models/networks/fusion.js';
import { fusionOf } from '../../../../src/models/networks/fusion-of.js';
import { Head } from '../../../../src/models/networks/head.js';
import { type Presence, whereAvailable } from '../../../../src/models/networks/presence.js';
import { describeOnCpu } from '../../engine/each-engine.js';
import { draw, expectGradients, initial, numbers, pass } from '../layers/gradients.js';
import { fusionConfig } from './configs.js';

const batch = 3;

/** The second example lacks b, the third lacks a. */
const columns = (): Presence => [
  tf.tensor2d([1, 1, 0], [batch, 1]),
  tf.tensor2d([1, 0, 1], [batch, 1]),
  undefined,
];

const vectors: readonly FusionInput[] = [
  { modality: 'a', shape: [3] },
  { modality: 'b', shape: [4] },
  { modality: 'c', shape: [2] },
];

const sequences: readonly FusionInput[] = [
  { modality: 'a', shape: [3, 4] },
  { modality: 'b', shape: [2, 3] },
  { modality: 'c', shape: [1, 5] },
];

function made(section: object, inputs: readonly FusionInput[]): Fusion {
  const config = fusionConfig(section);
  if (config.kind === 'average') throw new Error('an average is no fusion of representations');
  return fusionOf(config, inputs, initial);
}

const drawn = (inputs: readonly FusionInput[]): tf.Tensor[] =>
  inputs.map(({ modality, shape }) => draw(modality, [batch, ...shape]));

interface Fused {
  readonly parameters: Fusion['parameters'];
  forward(encoded: readonly Encoded[], presence: Presence): Forward<readonly tf.Tensor[]>;
}

/** Also of what comes before: representations are zero where a modality is lacking. */
function expectFusedGradients(
  { parameters, forward }: Fused,
  inputs: readonly tf.Tensor[],
  presence: Presence,
  masks: readonly (tf.Tensor2D | undefined)[] = [],
): void {
  expectGradients(
    {
      parameters,
      forward(xs) {
        const encoded = xs.map((x, i) => ({ output: whereAvailable(x, presence[i]), mask: masks[i] }));
        const fused = forward(encoded, presence);
        return {
          output: fused.output,
          backward: (delta, apply) =>
            fused.backward(delta, apply).map((below, i) => whereAvailable(below, presence[i])),
        };
      },
    },
    inputs,
    2,
  );
}

const sections = [
  { kind: 'early', layers: [5, 3] },
  { kind: 'concatenation' },
  { kind: 'gated', units: 5 },
  { kind: 'low-rank', units: 3, rank: 2 },
  { kind: 'cross-attention', width: 4, heads: 2 },
] as const;

describeOnCpu('fusions', () => {
  test.each(sections)('$kind: gradients, of one and of three modalities, lacking or not', (section) => {
    for (const count of [1, 3]) {
      tf.tidy(() => {
        const inputs = (section.kind === 'cross-attention' ? sequences : vectors).slice(0, count);
        const fusion = made(section, inputs);
        const fused = {
          parameters: fusion.parameters,
          forward: (encoded: readonly Encoded[], presence: Presence) =>
            fusion.forward(encoded, presence, pass()),
        };
        const xs = drawn(inputs);
        const everywhere = inputs.map(() => undefined);
        expectFusedGradients(fused, xs, everywhere);
        const { output } = fusion.forward(
          xs.map((x) => ({ output: x })),
          everywhere,
          pass(),
        );
        expect(output.shape).toEqual([batch, fusion.width]);
        if (count > 1) expectFusedGradients(fused, xs, columns());
        fusion.dispose();
      });
    }
  });

  test('cross-attention: gradients, and no trace of steps that pad', () => {
    tf.tidy(() => {
      const inputs = sequences.slice(0, 2);
      const fusion = made({ kind: 'cross-attention', width: 4, heads: 2 }, inputs);
      const xs = drawn(inputs);
      const masks = [tf.tensor2d([1, 1, 1, 1, 1, 0, 1, 0, 0], [batch, 3]), undefined];
      const forward = (encoded: readonly Encoded[], presence: Presence) =>
        fusion.forward(encoded, presence, pass());
      expectFusedGradients({ parameters: fusion.parameters, forward }, xs, columns().slice(0, 2), masks);
      const padding = tf.expandDims(tf.sub(1, masks[0] as tf.Tensor2D), 2);
      const output = (first: tf.Tensor): number[] =>
        numbers(
          forward([{ output: first, mask: masks[0] }, { output: xs[1] as tf.Tensor }], [undefined, undefined])
            .output,
        );
      const [before, after] = [output(xs[0] as tf.Tensor), output(tf.add(xs[0] as tf.Tensor, padding))];
      after.forEach((value, i) => {
        expect(value).toBeCloseTo(before[i] ?? Number.NaN, 5);
      });
      fusion.dispose();
    });
  });

  test('the average of decisions: gradients, and the mean over the modalities that are there', () => {
    tf.tidy(() => {
      const config = { hidden: [4], dropout: 0 };
      const heads = vectors.map(({ modality, shape: [inputs = 0] }) => {
        return [modality, new Head(config, inputs, 2, { ...initial, purpose: modality })] as const;
      });
      const average = new AverageDecision(heads);
      const xs = drawn(vectors);
      const forward = (encoded: readonly Encoded[], presence: Presence) =>
        average.forward(encoded, presence, pass());
      expectFusedGradients({ parameters: average.parameters, forward }, xs, columns());
      const encoded = xs.map((output) => ({ output }));
      const logits = heads.map(([, head], i) => numbers(head.forward(xs[i] as tf.Tensor, pass()).output));
      const found = numbers(forward(encoded, columns()).output);
      const has = columns().map((column) => (column === undefined ? [1, 1, 1] : numbers(column)));
      found.forEach((value, i) => {
        const example = Math.floor(i / 2);
        const there = logits.filter((_, m) => has[m]?.[example] === 1);
        const mean = there.reduce((sum, own) => sum + (own[i] ?? 0), 0) / there.length;
        expect(value).toBeCloseTo(mean, 5);
      });
      average.dispose();
    });
  });

  test('low-rank: every product of units and of their 1, by the full tensor', () => {
    tf.tidy(() => {
      const inputs = vectors.slice(0, 2);
      const fusion = made({ kind: 'low-rank', units: 3, rank: 2 }, inputs);
      const [a, b] = drawn(inputs).map((x) => x.arraySync() as number[][]);
      const found = fusion.forward(
        drawn(inputs).map((output) => ({ output })),
        [undefined, undefined],
        pass(),
      ).output;
      const values = (name: string): number[] => numbers(fusion.parameters[name] as tf.Variable);
      const factor = (modality: string, place: number, column: number): number => {
        const weights = values(`factors.${modality}.weights`);
        return [...weights, ...values(`factors.${modality}.bias`)][place * 6 + column] ?? Number.NaN;
      };
      const expected = (a ?? []).map((x, example) =>
        [0, 1, 2].map((unit) => {
          let sum = values('bias')[unit] ?? 0;
          [...x, 1].forEach((left, i) => {
            [...(b?.[example] ?? []), 1].forEach((right, j) => {
              for (const rank of [0, 1]) {
                const column = 2 * unit + rank;
                const weight = factor('a', i, column) * factor('b', j, column);
                sum += (values('ranks.weights')[rank] ?? 0) * weight * left * right;
              }
            });
          });
          return sum;
        }),
      );
      numbers(found).forEach((value, i) => {
        expect(value).toBeCloseTo(expected.flat()[i] ?? Number.NaN, 4);
      });
      fusion.dispose();
    });
  });

  test('gated: gates of the paper, and nothing of a modality that is lacking', () => {
    tf.tidy(() => {
      const inputs = vectors.slice(0, 2);
      const fusion = made({ kind: 'gated', units: 1 }, inputs);
      const zero = (name: string): void => {
        const variable = fusion.parameters[name] as tf.Variable;
        variable.assign(tf.zerosLike(variable));
      };
      zero('gates.weights');
      (fusion.parameters['gates.bias'] as tf.Variable).assign(tf.tensor1d([Math.log(3), -Math.log(3)]));
      zero('units.a.weights');
      zero('units.b.weights');
      (fusion.parameters['units.a.bias'] as tf.Variable).assign(tf.tensor1d([0.5]));
      (fusion.parameters['units.b.bias'] as tf.Variable).assign(tf.tensor1d([2]));
      const encoded = drawn(inputs).map((output) => ({ output }));
      const found = numbers(fusion.forward(encoded, columns().slice(0, 2), pass()).output);
      const [a, b] = [0.75 * Math.tanh(0.5), 0.25 * Math.tanh(2)];
      [a + b, a, b].forEach((value, i) => {
        expect(found[i]).toBeCloseTo(value, 5);
      });
      fusion.dispose();
    });
  });
});
