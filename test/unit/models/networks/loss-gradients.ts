import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { ApplyGradient } from '../../../../src/models/layers/layer.js';
import { draw } from '../layers/gradients.js';

/**
 * The gradients that a step hands out against its loss: along the gradient of each parameter the loss grows by the squared
 * length of that gradient. Parameters move off their initial values first: where biases are zero, rectified units of empty
 * inputs have no slope.
 */
export function expectLossGradients(
  parameters: Readonly<Record<string, tf.Variable>>,
  step: (apply: ApplyGradient) => number | undefined,
): void {
  tf.tidy(() => {
    for (const [name, variable] of Object.entries(parameters)) {
      variable.assign(tf.add(variable, draw(name, variable.shape, 0.1)));
    }
    const found = new Map<string, Float32Array>();
    step((name, variable, gradient) => {
      expect(found.has(name), `${name} twice`).toBe(false);
      expect(variable).toBe(parameters[name]);
      found.set(name, gradient.dataSync().slice() as Float32Array);
    });
    expect([...found.keys()].sort()).toEqual(Object.keys(parameters).sort());
    for (const [name, gradient] of found) {
      const squared = gradient.reduce((sum, value) => sum + value * value, 0);
      if (squared < 1e-8) continue;
      const variable = parameters[name] as tf.Variable;
      const values = variable.dataSync().slice();
      const far = 3e-4 / Math.sqrt(squared);
      const lossAt = (by: number): number => {
        const moved = values.map((value, i) => value + by * (gradient[i] ?? 0));
        tf.tidy(() => variable.assign(tf.tensor(moved, variable.shape)));
        return step(() => undefined) ?? Number.NaN;
      };
      const slope = (lossAt(far) - lossAt(-far)) / (2 * far);
      tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
      expect(Math.abs(slope - squared), `${name}: ${slope} against ${squared}`).toBeLessThan(
        0.03 * squared + 1e-3 * Math.sqrt(squared),
      );
    }
  });
}
