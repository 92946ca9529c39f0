import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { gaussians } from '../../../src/engine/noise.js';
import { Optimiser, type OptimiserOptions } from '../../../src/training/optimiser.js';
import { describeEachEngine } from '../engine/each-engine.js';

const size = 5;
const decay = 0.1;
const gradientOf = (step: number): number[] =>
  Array.from(gaussians({ seed: 1, purpose: 'test/gradient', step }, size));
const initial = Array.from(gaussians({ seed: 1, purpose: 'test/weights', step: 0 }, size));

/** An update of one weight, written out; `state` is what the optimiser remembers of it. */
type Update = (weight: number, gradient: number, state: number[], step: number) => number;

const cases: { title: string; options: OptimiserOptions; slots: string[]; update: Update }[] = [
  {
    title: 'sgd',
    options: { name: 'sgd', learningRate: 0.2 },
    slots: [],
    update: (w, g) => w - 0.2 * (g + decay * w),
  },
  {
    title: 'sgd with momentum',
    options: { name: 'sgd', learningRate: 0.2, momentum: 0.7 },
    slots: ['velocity'],
    update(w, g, state) {
      state[0] = 0.7 * (state[0] ?? 0) - 0.2 * (g + decay * w);
      return w + state[0];
    },
  },
  {
    title: 'momentum',
    options: { name: 'momentum', learningRate: 0.2, momentum: 0.7 },
    slots: ['velocity'],
    update(w, g, state) {
      state[0] = 0.7 * (state[0] ?? 0) - 0.2 * (g + decay * w);
      return w + state[0];
    },
  },
  ...([true, false] as const).map((isDecoupled) => ({
    title: isDecoupled ? 'adamw' : 'adam',
    options: { name: isDecoupled ? 'adamw' : 'adam', learningRate: 0.05 } as const,
    slots: ['first', 'second'],
    update(w: number, g: number, state: number[], step: number): number {
      const gradient = isDecoupled ? g : g + decay * w;
      const shrunk = isDecoupled ? w - 0.05 * decay * w : w;
      state[0] = 0.9 * (state[0] ?? 0) + 0.1 * gradient;
      state[1] = 0.999 * (state[1] ?? 0) + 0.001 * gradient ** 2;
      const first = state[0] / (1 - 0.9 ** (step + 1));
      const second = state[1] / (1 - 0.999 ** (step + 1));
      return shrunk - (0.05 * first) / (Math.sqrt(second) + 1e-8);
    },
  })),
  {
    title: 'adadelta',
    options: { name: 'adadelta', learningRate: 0.8, rho: 0.9, epsilon: 1e-4 },
    slots: ['squares', 'updates'],
    update(w, g, state) {
      const gradient = g + decay * w;
      state[0] = 0.9 * (state[0] ?? 0) + 0.1 * gradient ** 2;
      const update = (Math.sqrt((state[1] ?? 0) + 1e-4) / Math.sqrt(state[0] + 1e-4)) * gradient;
      state[1] = 0.9 * (state[1] ?? 0) + 0.1 * update ** 2;
      return w - 0.8 * update;
    },
  },
];

const values = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());

function descend(optimiser: Optimiser, parameter: tf.Variable, from: number, to: number): void {
  for (let step = from; step < to; step++) {
    tf.tidy(() => optimiser.descend('layer.weights', parameter, tf.tensor1d(gradientOf(step)), step));
  }
}

describeEachEngine('optimisers', () => {
  test.each(cases)('$title as written out', ({ options, slots, update }) => {
    const parameter = tf.tidy(() => tf.variable(tf.tensor1d(initial)));
    const optimiser = new Optimiser(options, { 'layer.weights': parameter }, decay);
    expect(Object.keys(optimiser.variables)).toEqual(slots.map((slot) => `${slot}/layer.weights`));
    descend(optimiser, parameter, 0, 6);
    const expected = initial.map((weight, i) => {
      const state: number[] = [];
      let w = weight;
      for (let step = 0; step < 6; step++) w = update(w, gradientOf(step)[i] ?? Number.NaN, state, step);
      return w;
    });
    values(parameter).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5);
    });
  });

  test.each(cases)('$title goes on from its variables to the bit', ({ options }) => {
    const make = (weights: readonly number[]) => {
      const parameter = tf.tidy(() => tf.variable(tf.tensor1d([...weights])));
      return { parameter, optimiser: new Optimiser(options, { 'layer.weights': parameter }, decay) };
    };
    const whole = make(initial);
    descend(whole.optimiser, whole.parameter, 0, 3);
    const resumed = make(values(whole.parameter));
    for (const [name, variable] of Object.entries(resumed.optimiser.variables)) {
      const saved = whole.optimiser.variables[name] as tf.Variable;
      tf.tidy(() => variable.assign(tf.tensor1d(values(saved))));
    }
    descend(whole.optimiser, whole.parameter, 3, 6);
    descend(resumed.optimiser, resumed.parameter, 3, 6);
    expect(values(resumed.parameter)).toEqual(values(whole.parameter));
  });

  test.each(cases)('$title at a speed is $title at that part of the learning rate', ({ options }) => {
    const speed = 0.25;
    const moved = (given: OptimiserOptions, speeds: Readonly<Record<string, number>>): number[] => {
      const parameter = tf.tidy(() => tf.variable(tf.tensor1d(initial)));
      const optimiser = new Optimiser(given, { 'layer.weights': parameter }, decay, speeds);
      descend(optimiser, parameter, 0, 3);
      return values(parameter);
    };
    const slow = moved({ ...options, learningRate: options.learningRate * speed }, {});
    expect(moved(options, { 'layer.weights': speed })).toEqual(slow);
    expect(moved(options, { 'layer.bias': speed })).toEqual(moved(options, {}));
    expect(slow).not.toEqual(moved(options, {}));
    expect(moved(options, { 'layer.weights': 0 })).toEqual(Array.from(Float32Array.from(initial)));
  });

  test.each(cases)('$title decays no bias', ({ options, update }) => {
    const parameter = tf.tidy(() => tf.variable(tf.tensor1d(initial)));
    const optimiser = new Optimiser(options, { 'layer.bias': parameter }, decay);
    tf.tidy(() =>
      optimiser.descend('layer.bias', parameter, tf.tensor1d(new Array<number>(size).fill(0)), 0),
    );
    expect(values(parameter)).toEqual(Array.from(Float32Array.from(initial)));
    expect(update(1, 0, [], 0)).toBeLessThan(1);
  });
});
