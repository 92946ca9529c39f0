import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { BidirectionalLstm } from '../../../../src/models/layers/bidirectional-lstm.js';
import type { Layer } from '../../../../src/models/layers/layer.js';
import { Lstm } from '../../../../src/models/layers/lstm.js';
import { describeEachEngine } from '../../engine/each-engine.js';
import { sigmoid } from '../../engine/reference.js';
import { distance, draw, expectLayerGradients, initial, numbers, pass } from './gradients.js';

const [batch, time, inputs, hidden] = [2, 4, 3, 2];

/** Hidden states of one sequence, step by step in plain numbers. */
function statesOf(layer: Layer, steps: readonly (readonly number[])[]): number[][] {
  const [weights = [], recurrent = [], bias = []] = Object.values(layer.parameters).map(numbers);
  let h = new Array<number>(hidden).fill(0);
  let c = new Array<number>(hidden).fill(0);
  return steps.map((x) => {
    const sum = (gate: number, unit: number): number => {
      const column = gate * hidden + unit;
      const from = (values: readonly number[], matrix: readonly number[]): number =>
        values.reduce((total, value, i) => total + value * (matrix[i * 4 * hidden + column] ?? 0), 0);
      return from(x, weights) + from(h, recurrent) + (bias[column] ?? 0);
    };
    const units = [...new Array<number>(hidden).keys()];
    const next = units.map(
      (u) => sigmoid(sum(1, u)) * (c[u] ?? 0) + sigmoid(sum(0, u)) * Math.tanh(sum(2, u)),
    );
    h = units.map((u) => sigmoid(sum(3, u)) * Math.tanh(next[u] ?? 0));
    c = next;
    return h;
  });
}

const sequences = (x: tf.Tensor): number[][][] => {
  const values = numbers(x);
  return Array.from({ length: batch }, (_, b) =>
    Array.from({ length: time }, (_, t) =>
      values.slice((b * time + t) * inputs, (b * time + t + 1) * inputs),
    ),
  );
};

const mask = (): tf.Tensor2D => tf.tensor2d([1, 1, 1, 1, 1, 1, 0, 0], [batch, time]);

/** Other values where the mask is 0. */
const withOtherPadding = (x: tf.Tensor): tf.Tensor =>
  tf.add(x, tf.mul(tf.expandDims(tf.sub(1, mask()), 2), 3));

describeEachEngine('lstm', () => {
  test('steps as written out', () => {
    const layer = new Lstm({ inputs, hidden, returns: 'all' }, initial);
    const last = new Lstm({ inputs, hidden, returns: 'last' }, initial);
    tf.tidy(() => {
      const x = draw('x', [batch, time, inputs]);
      const expected = sequences(x).map((steps) => statesOf(layer, steps));
      expect(distance(numbers(layer.forward(x, pass()).output), expected.flat(2))).toBeLessThan(1e-5);
      const final = expected.flatMap((states) => states[time - 1] ?? []);
      expect(distance(numbers(last.forward(x, pass()).output), final)).toBeLessThan(1e-5);
    });
    layer.dispose();
    last.dispose();
  });

  test('backwards steps as forwards over the sequence turned round', () => {
    const layer = new Lstm({ inputs, hidden, returns: 'all', backwards: true }, initial);
    tf.tidy(() => {
      const x = draw('x', [batch, time, inputs]);
      const expected = sequences(x).map((steps) => statesOf(layer, steps.toReversed()).toReversed());
      expect(distance(numbers(layer.forward(x, pass()).output), expected.flat(2))).toBeLessThan(1e-5);
    });
    layer.dispose();
  });

  test('a padded sequence gives what the sequence alone does', () => {
    for (const backwards of [false, true]) {
      const all = new Lstm({ inputs, hidden, returns: 'all', backwards }, initial);
      const last = new Lstm({ inputs, hidden, returns: 'last', backwards }, initial);
      tf.tidy(() => {
        const x = draw('x', [batch, time, inputs]);
        const short = tf.slice(x, [1, 0, 0], [1, 2, inputs]);
        const row = numbers(
          tf.slice(all.forward(x, pass({ mask: mask() })).output, [1, 0, 0], [1, time, hidden]),
        );
        expect(distance(row, [...numbers(all.forward(short, pass()).output), 0, 0, 0, 0])).toBeLessThan(1e-6);
        const state = numbers(tf.slice(last.forward(x, pass({ mask: mask() })).output, [1, 0], [1, hidden]));
        expect(distance(state, numbers(last.forward(short, pass()).output))).toBeLessThan(1e-6);
      });
      all.dispose();
      last.dispose();
    }
  });

  const layers: [string, () => Layer][] = [
    ['last state', () => new Lstm({ inputs, hidden, returns: 'last' }, initial)],
    ['all states', () => new Lstm({ inputs, hidden, returns: 'all' }, initial)],
    ['backwards', () => new Lstm({ inputs, hidden, returns: 'all', backwards: true }, initial)],
    ['both directions, last', () => new BidirectionalLstm({ inputs, hidden, returns: 'last' }, initial)],
    ['both directions, all', () => new BidirectionalLstm({ inputs, hidden, returns: 'all' }, initial)],
  ];

  test.each(layers)('%s: gradients, with and without a mask', (_, make) => {
    const layer = make();
    tf.tidy(() => {
      const x = draw('x', [batch, time, inputs]);
      expectLayerGradients(layer, x);
      expectLayerGradients(layer, x, pass({ mask: mask() }));
      // Padding between real steps: what lies before it is reached through it.
      expectLayerGradients(layer, x, pass({ mask: tf.tensor2d([1, 0, 1, 1, 1, 1, 0, 1], [batch, time]) }));
    });
    layer.dispose();
  });

  test.each(layers)('%s: padded steps reach neither value nor gradient', (_, make) => {
    const layer = make();
    tf.tidy(() => {
      const x = draw('x', [batch, time, inputs]);
      const run = (input: tf.Tensor): number[][] => {
        const forward = layer.forward(input, pass({ mask: mask() }));
        const gradients: number[][] = [];
        const delta = forward.backward(draw('delta', forward.output.shape), (__, ___, gradient) => {
          gradients.push(numbers(gradient));
        });
        const padded = numbers(tf.mul(delta, tf.expandDims(tf.sub(1, mask()), 2)));
        expect(padded.every((value) => value === 0)).toBe(true);
        return [numbers(forward.output), numbers(delta), ...gradients];
      };
      expect(run(withOtherPadding(x))).toEqual(run(x));
    });
    layer.dispose();
  });
});
