import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ChangingTable, mapChanging, plainNumber } from '../../../src/engine/changing.js';
import {
  adamUpdate,
  affine,
  bernoulli,
  columnSum,
  momentumUpdate,
  scaledDifference,
} from '../../../src/engine/operations.js';
import { replayable } from '../../../src/engine/replay.js';
import { describeEachEngine } from './each-engine.js';
import { Matrix } from './reference.js';

const [batch, visible, hidden] = [6, 5, 9];

const variable = (matrix: Matrix): tf.Variable => tf.tidy(() => tf.variable(matrix.tensor()));

/** Steps that use everything a recording must get right: noise, schedules, Adam, products, memory that is used again. */
function run(steps: number, isRecorded: boolean): Record<string, number[]> {
  const variables = {
    weights: variable(Matrix.gaussian(visible, hidden, 1)),
    velocity: variable(new Matrix(visible, hidden)),
    other: variable(Matrix.gaussian(visible, hidden, 2)),
    first: variable(new Matrix(visible, hidden)),
    second: variable(new Matrix(visible, hidden)),
  };
  const { weights, velocity, other, first, second } = variables;
  const x = Matrix.gaussian(batch, visible, 3).tensor();
  const row = tf.tidy(() => columnSum(x));
  const body = ({ step, rate }: { step: number; rate: number } | Record<'step' | 'rate', never>): void => {
    const shifted = tf.add(x, row) as tf.Tensor2D;
    const p = affine(shifted, weights as tf.Tensor2D, undefined, 'sigmoid');
    const states = bernoulli(p, { seed: 7, purpose: 'replay', step });
    const gradient = tf.matMul(x, scaledDifference(states, p, 0.5), true);
    momentumUpdate(weights, velocity, gradient, {
      momentum: mapChanging(rate, (value) => 1 - value),
      rate,
      scale: 0.1,
      decay: 0.01,
    });
    adamUpdate(other, first, second, gradient, { rate: 0.01, step: mapChanging(step, (index) => index + 1) });
  };
  const replay = replayable(['step', 'rate'], body as never);
  for (let step = 0; step < steps; step++) {
    const numbers = { step, rate: 0.5 / (1 + step) };
    if (isRecorded) replay.run(numbers as never);
    else tf.tidy(() => body(numbers));
  }
  const found = Object.fromEntries(
    Object.entries(variables).map(([name, tensor]) => [name, Array.from(tensor.dataSync())]),
  );
  replay.dispose();
  tf.dispose([x, row]);
  tf.disposeVariables();
  return found;
}

describeEachEngine('a replayed step', () => {
  test('gives the bits of the step run anew each time', () => {
    expect(run(300, true)).toEqual(run(300, false));
  });

  test('updates any number of parameters', () => {
    const parameters = Array.from({ length: 50 }, () => ({
      weights: variable(new Matrix(1, 3)),
      first: variable(new Matrix(1, 3)),
      second: variable(new Matrix(1, 3)),
      velocity: variable(new Matrix(1, 3)),
    }));
    const gradient = tf.fill([1, 3], 1);
    const replay = replayable(['step', 'rate'], ({ step, rate }) => {
      for (const { weights, first, second, velocity } of parameters) {
        const next = mapChanging(step, (index) => index + 1, 'plus 1');
        adamUpdate(weights, first, second, gradient, { rate: 0.01, step: next });
        momentumUpdate(weights, velocity, gradient, { momentum: 0.5, rate, scale: -1, decay: 0.1 });
      }
    });
    for (let step = 0; step < 3; step++) replay.run({ step, rate: 0.1 });
    const [first, ...rest] = parameters.map(({ weights }) => Array.from(weights.dataSync()));
    expect(first?.every((value) => value < 0)).toBe(true);
    for (const weights of rest) expect(weights).toEqual(first);
    replay.dispose();
    gradient.dispose();
  });

  test('draws the noise of its own step', () => {
    const [state, velocity] = [variable(new Matrix(1, 8)), variable(new Matrix(1, 8))];
    const half = tf.fill([1, 8], 0.5);
    const draw = replayable(['step'], ({ step }) => {
      const states = bernoulli(half, { seed: 1, purpose: 'draws', step });
      momentumUpdate(state, velocity, tf.sub(states, state), { momentum: 0, rate: 1 });
    });
    const large = 2 ** 40 + 3;
    for (const step of [0, 1, 2, 3, large]) {
      draw.run({ step });
      const expected = tf.tidy(() =>
        Array.from(bernoulli(half, { seed: 1, purpose: 'draws', step }).dataSync()),
      );
      expect(Array.from(state.dataSync())).toEqual(expected);
    }
    draw.dispose();
    half.dispose();
  });
});

describe('changing numbers', () => {
  test('are given, derived and derived again', () => {
    const table = new ChangingTable(4);
    const [step] = table.give(1);
    const next = mapChanging(step as never, (value) => value + 1);
    mapChanging(next, (value) => value ** 2);
    expect(Array.from(table.fill([4]))).toEqual([4, 5, 25, 0]);
    expect(Array.from(table.fill([9]))).toEqual([9, 10, 100, 0]);
    mapChanging(next, (value) => value);
    expect(() => mapChanging(next, (value) => value)).toThrow('more than 4 numbers');
  });

  test('of one name are one number', () => {
    const table = new ChangingTable(3);
    const [step, other] = table.give(2);
    const twice = (): unknown => mapChanging(step as never, (value) => 2 * value, 'twice');
    expect(twice()).toBe(twice());
    expect(() => mapChanging(other as never, (value) => 2 * value, 'twice')).toThrow('more than 3 numbers');
    expect(Array.from(table.fill([4, 1]))).toEqual([4, 1, 8]);
  });

  test('are refused where only a plain number will do', () => {
    const [step] = new ChangingTable(1).give(1);
    expect(plainNumber(3, 'gather')).toBe(3);
    expect(() => plainNumber(step as never, 'gather')).toThrow('gather: this engine cannot take');
  });
});

afterEach(() => {
  vi.unstubAllEnvs();
});
