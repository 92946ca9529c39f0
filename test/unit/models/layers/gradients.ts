import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { gaussians } from '../../../../src/engine/noise.js';
import type { Forward, Layer, Pass } from '../../../../src/models/layers/layer.js';

export const draw = (purpose: string, shape: readonly number[], sd = 1): tf.Tensor => {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(gaussians({ seed: 5, purpose, step: 0 }, size, sd), [...shape]);
};

export const pass = (options: Partial<Pass> = {}): Pass => ({
  training: true,
  key: { seed: 3, purpose: 'test', step: 0 },
  ...options,
});

export const initial = { seed: 4, purpose: 'test' };

/** The values; a zero has no sign. */
export const numbers = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync(), (value) => value + 0);

/** What a differentiable function of several tensors gives, and its way back to all of them. */
interface Differentiable {
  readonly parameters: Readonly<Record<string, tf.Variable>>;
  forward(inputs: readonly tf.Tensor[]): Forward<readonly tf.Tensor[]>;
}

/** Small against the distance of most values from the kinks of `relu` and `max`; float32 still resolves it. */
const step = 1e-3;
/** Of each parameter and each input, that many entries and a few. */
const usualEntries = 7;

/**
 * The gradients of Σ weight · output, at entries spread over every parameter and every input, against central finite
 * differences. The weights are random, so an error in any output shows.
 */
export function expectGradients(
  { parameters, forward }: Differentiable,
  inputs: readonly tf.Tensor[],
  entries = usualEntries,
): void {
  tf.tidy(() => {
    const first = forward(inputs);
    const weights = draw('output weights', first.output.shape);
    const weightValues = weights.dataSync();
    const found = new Map<string, ArrayLike<number>>();
    const deltas = first.backward(weights, (name, variable, gradient) => {
      expect(found.has(name), `${name} twice`).toBe(false);
      expect(variable, name).toBe(parameters[name]);
      expect(gradient.shape, name).toEqual(variable.shape);
      found.set(name, gradient.dataSync().slice());
    });
    expect([...found.keys()].sort()).toEqual(Object.keys(parameters).sort());
    const lossOf = (at: readonly tf.Tensor[]): number =>
      tf.tidy(() =>
        numbers(forward(at).output).reduce((sum, value, i) => sum + value * (weightValues[i] ?? 0), 0),
      );
    const compare = (
      label: string,
      values: Float32Array,
      gradient: ArrayLike<number>,
      loss: (moved: Float32Array) => number,
    ) => {
      for (let i = 0; i < values.length; i += Math.max(1, Math.floor(values.length / entries))) {
        const lossAt = (by: number): number => loss(values.with(i, (values[i] ?? 0) + by) as Float32Array);
        const slope = (lossAt(step) - lossAt(-step)) / (2 * step);
        const error = Math.abs((gradient[i] ?? Number.NaN) - slope);
        expect(error, `${label}[${i}]: ${gradient[i]} against ${slope}`).toBeLessThan(
          3e-3 + 0.01 * Math.abs(slope),
        );
      }
    };
    for (const [name, gradient] of found) {
      const variable = parameters[name] as tf.Variable;
      const values = variable.dataSync().slice() as Float32Array;
      const set = (moved: Float32Array): void =>
        tf.tidy(() => variable.assign(tf.tensor(moved, variable.shape)));
      compare(name, values, gradient, (moved) => {
        set(moved);
        return lossOf(inputs);
      });
      set(values);
    }
    inputs.forEach((input, which) => {
      const delta = deltas[which] as tf.Tensor;
      expect(delta.shape).toEqual(input.shape);
      if (input.dtype !== 'float32') return;
      compare(`input ${which}`, input.dataSync().slice() as Float32Array, delta.dataSync(), (moved) =>
        tf.tidy(() =>
          lossOf(inputs.map((other, i) => (i === which ? tf.tensor(moved, input.shape) : other))),
        ),
      );
    });
  });
}

/** {@link expectGradients} of a layer. */
export function expectLayerGradients(layer: Layer, x: tf.Tensor, how: Pass = pass()): void {
  expectGradients(
    {
      parameters: layer.parameters,
      forward([input]) {
        const forward = layer.forward(input as tf.Tensor, how);
        return {
          output: forward.output,
          backward: (delta, apply) => [forward.backward(delta, apply)],
        };
      },
    },
    [x],
  );
  expect(layer.outputShape(x.shape.slice(1))).toEqual(
    tf.tidy(() => layer.forward(x, how).output.shape.slice(1)),
  );
}

/** Largest difference of two lists of equal length. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0);
}
