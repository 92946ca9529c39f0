import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { Conv1d, Conv2d } from '../../../../src/models/layers/convolution.js';
import { Dense } from '../../../../src/models/layers/dense.js';
import { Flatten } from '../../../../src/models/layers/flatten.js';
import type { Layer, Pass } from '../../../../src/models/layers/layer.js';
import { Lstm } from '../../../../src/models/layers/lstm.js';
import { Sequential } from '../../../../src/models/layers/sequential.js';
import { describeOnCpu } from '../../engine/each-engine.js';
import { draw, initial, numbers, pass } from './gradients.js';

const layers: readonly [string, () => Layer, readonly number[]][] = [
  ['dense', () => new Dense({ inputs: 5, units: 4, activation: 'relu' }, initial), [3, 5]],
  ['conv1d', () => new Conv1d({ kernel: 3, channels: 2, filters: 4, padding: 'same' }, initial), [3, 6, 2]],
  [
    'conv2d',
    () => new Conv2d({ kernel: [3, 3], channels: 1, filters: 2, padding: 'same' }, initial),
    [2, 5, 4, 1],
  ],
  ['lstm', () => new Lstm({ inputs: 3, hidden: 2, returns: 'all' }, initial), [2, 4, 3]],
  [
    'flatten, dense, dense',
    () =>
      new Sequential([
        ['flat', new Flatten()],
        ['first', new Dense({ inputs: 6, units: 4, activation: 'tanh' }, initial)],
        ['second', new Dense({ inputs: 4, units: 3 }, initial)],
      ]),
    [4, 2, 3],
  ],
];

/** The gradients of a layer for a random delta: of the input, and of each parameter. */
function gradients(layer: Layer, shape: readonly number[], how: Pass) {
  return tf.tidy(() => {
    const { output, backward } = layer.forward(draw('x', shape), how);
    const found: Record<string, number[]> = {};
    const delta = backward(draw('delta', output.shape), (name, _, gradient) => {
      found[name] = numbers(gradient);
    });
    expect(delta.shape).toEqual(shape);
    return { input: numbers(delta), parameters: found };
  });
}

describeOnCpu('a pass that needs no gradient of the input', () => {
  describe.each(layers)('%s', (_, make, shape) => {
    test('gives zeros for it, and the same bits for all parameters', () => {
      const layer = make();
      const whole = gradients(layer, shape, pass());
      const part = gradients(layer, shape, pass({ inputDelta: false }));
      expect(whole.input.some((value) => value !== 0)).toBe(true);
      expect(part.input.every((value) => value === 0)).toBe(true);
      expect(part.parameters).toEqual(whole.parameters);
      layer.dispose();
    });
  });
});
