import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { Attention } from '../../../../src/models/layers/attention.js';
import { CrossAttention, SelfAttention } from '../../../../src/models/layers/attention-block.js';
import { MaxOverTime, MeanOverTime } from '../../../../src/models/layers/time-pooling.js';
import { describeEachEngine } from '../../engine/each-engine.js';
import {
  distance,
  draw,
  expectGradients,
  expectLayerGradients,
  initial,
  numbers,
  pass,
} from './gradients.js';

const mask = (): tf.Tensor2D => tf.tensor2d([1, 1, 1, 1, 0, 0], [2, 3]);

const withOtherPadding = (x: tf.Tensor): tf.Tensor =>
  tf.add(x, tf.mul(tf.expandDims(tf.sub(1, mask()), 2), 3));

/** One head in plain loops. */
function attended(layer: Attention, x: number[][], memory: number[][], real: readonly number[]): number[][] {
  const project = (role: string, rows: number[][]): number[][] => {
    const weights = numbers(layer.parameters[`${role}.weights`] as tf.Variable);
    const bias = numbers(layer.parameters[`${role}.bias`] as tf.Variable);
    return rows.map((row) =>
      bias.map((b, u) => row.reduce((sum, value, i) => sum + value * (weights[i * bias.length + u] ?? 0), b)),
    );
  };
  const dot = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
  const [queries, keys, values] = [project('query', x), project('key', memory), project('value', memory)];
  const gathered = queries.map((query) => {
    const powers = keys.map((key, s) => (real[s] ?? 0) * Math.exp(dot(query, key) / Math.sqrt(query.length)));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return query.map((_, u) =>
      values.reduce((sum, value, s) => sum + ((powers[s] ?? 0) / total) * (value[u] ?? 0), 0),
    );
  });
  return project('output', gathered);
}

const rowsOf = (x: tf.Tensor, width: number): number[][] => {
  const values = numbers(x);
  return Array.from({ length: values.length / width }, (_, i) => values.slice(i * width, (i + 1) * width));
};

describeEachEngine('attention', () => {
  test('one head as in a loop', () => {
    const layer = new Attention({ width: 4, memoryWidth: 3, heads: 1 }, initial);
    tf.tidy(() => {
      layer.parameters['key.bias']?.assign(draw('bias', [4]));
      const x = draw('x', [1, 2, 4]);
      const memory = draw('memory', [1, 3, 3]);
      for (const real of [
        [1, 1, 1],
        [1, 0, 1],
      ]) {
        const expected = attended(layer, rowsOf(x, 4), rowsOf(memory, 3), real);
        const found = layer.forward(x, memory, tf.tensor2d(real, [1, 3])).output;
        expect(distance(numbers(found), expected.flat())).toBeLessThan(1e-5);
      }
    });
    layer.dispose();
  });

  test('each head attends on its own', () => {
    const layer = new Attention({ width: 4, heads: 2 }, initial);
    tf.tidy(() => {
      const identity = tf.tensor2d([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], [4, 4]);
      layer.parameters['output.weights']?.assign(identity);
      const x = draw('x', [2, 3, 4]);
      const before = rowsOf(layer.forward(x, x).output, 4);
      // Another query for the second head alone.
      layer.parameters['query.bias']?.assign(tf.tensor1d([0, 0, 2, -1]));
      const after = rowsOf(layer.forward(x, x).output, 4);
      const half = (rows: number[][], from: number): number[] =>
        rows.flatMap((row) => row.slice(from, from + 2));
      expect(distance(half(before, 0), half(after, 0))).toBeLessThan(1e-6);
      expect(distance(half(before, 2), half(after, 2))).toBeGreaterThan(1e-3);
    });
    layer.dispose();
    expect(() => new Attention({ width: 4, heads: 3 }, initial)).toThrow('3 heads do not share 4 channels');
  });

  test('of another sequence: gradients of both', () => {
    const layer = new CrossAttention({ width: 4, memoryWidth: 3, heads: 2 }, initial);
    tf.tidy(() => {
      const memoryMask = mask();
      expectGradients(
        {
          parameters: layer.parameters,
          forward: ([x, memory]) => layer.forward(x as tf.Tensor, memory as tf.Tensor, memoryMask),
        },
        [draw('x', [2, 2, 4]), draw('memory', [2, 3, 3])],
      );
    });
    layer.dispose();
  });

  test('of itself: gradients, with and without a mask', () => {
    const layer = new SelfAttention({ width: 4, heads: 2 }, initial);
    tf.tidy(() => {
      const x = draw('x', [2, 3, 4]);
      expectLayerGradients(layer, x);
      expectLayerGradients(layer, x, pass({ mask: mask() }));
    });
    expect(() => layer.outputShape([3, 5])).toThrow('[3, 5] where [time, 4]');
    layer.dispose();
  });

  test('padded steps reach neither value nor gradient', () => {
    const layer = new SelfAttention({ width: 4, heads: 2 }, initial);
    const pooling = new MeanOverTime();
    tf.tidy(() => {
      const x = draw('x', [2, 3, 4]);
      const run = (input: tf.Tensor): number[] => {
        const how = pass({ mask: mask() });
        const inner = layer.forward(input, how);
        const outer = pooling.forward(inner.output, how);
        const gradients: number[] = [];
        const below = outer.backward(draw('delta', [2, 4]), () => undefined);
        const delta = inner.backward(below, (_, __, gradient) => {
          gradients.push(...numbers(gradient));
        });
        return [...numbers(outer.output), ...numbers(delta), ...gradients];
      };
      const found = run(x);
      expect(distance(run(withOtherPadding(x)), found)).toBeLessThan(1e-6);
    });
    layer.dispose();
  });

  test('a memory that is all padding gives numbers', () => {
    const layer = new CrossAttention({ width: 4, heads: 2 }, initial);
    tf.tidy(() => {
      const nothing = tf.fill([1, 3], 0) as tf.Tensor2D;
      const output = numbers(layer.forward(draw('x', [1, 2, 4]), draw('memory', [1, 3, 4]), nothing).output);
      expect(output.every(Number.isFinite)).toBe(true);
    });
    layer.dispose();
  });
});

describeEachEngine('pooling over time', () => {
  test('the mean and the largest of real steps', () => {
    tf.tidy(() => {
      const x = tf.tensor3d([-1, -2, -3, 9, 4, 9, 1, -5, 3, -4, 8, -3], [2, 3, 2]);
      const how = pass({ mask: tf.tensor2d([1, 1, 0, 0, 0, 0], [2, 3]) });
      expect(numbers(new MeanOverTime().forward(x, how).output)).toEqual([-2, 3.5, 0, 0]);
      const pooling = new MaxOverTime();
      expect(numbers(pooling.forward(x, how).output)).toEqual([-1, 9, 0, 0]);
      expect(numbers(pooling.forward(x, pass()).output)).toEqual([4, 9, 8, -3]);
      pooling.dispose();
    });
  });

  describe.each([
    ['mean', () => new MeanOverTime()],
    ['max', () => new MaxOverTime()],
  ] as const)('%s', (_, make) => {
    test('gradients, with and without a mask; padding has none', () => {
      const layer = make();
      tf.tidy(() => {
        const x = draw('x', [2, 3, 4]);
        expectLayerGradients(layer, x);
        expectLayerGradients(layer, x, pass({ mask: mask() }));
        const forward = layer.forward(withOtherPadding(x), pass({ mask: mask() }));
        expect(numbers(forward.output)).toEqual(numbers(layer.forward(x, pass({ mask: mask() })).output));
        const delta = forward.backward(draw('delta', [2, 4]), () => undefined);
        const padded = numbers(tf.mul(delta, tf.expandDims(tf.sub(1, mask()), 2)));
        expect(padded.every((value) => value === 0)).toBe(true);
      });
      expect(() => layer.outputShape([3])).toThrow('[3] where [time, channels]');
      layer.dispose();
    });
  });
});
