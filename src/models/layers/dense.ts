import * as tf from '@tensorflow/tfjs-core';
import type { LayerActivation } from './activations.js';
import {
  asRows,
  type Forward,
  type InitialKey,
  type Layer,
  noDelta,
  type Pass,
  requireChannels,
} from './layer.js';
import { Projection } from './projection.js';

export interface DenseOptions {
  readonly inputs: number;
  readonly units: number;
  /** Default `linear`. */
  readonly activation?: LayerActivation;
}

/** activation(x weights + bias), of the last axis: [batch, …, inputs] → [batch, …, units]. */
export class Dense implements Layer {
  readonly parameters: Layer['parameters'];
  readonly state = {};
  readonly #projection: Projection;
  readonly #options: DenseOptions;

  constructor(options: DenseOptions, initial: InitialKey) {
    this.#options = options;
    this.#projection = new Projection({ activation: 'linear', ...options }, initial);
    this.parameters = this.#projection.parameters;
  }

  outputShape(input: readonly number[]): readonly number[] {
    requireChannels('dense', input, this.#options.inputs);
    return [...input.slice(0, -1), this.#options.units];
  }

  forward(x: tf.Tensor, { inputDelta }: Pick<Pass, 'inputDelta'> = {}): Forward {
    const shape = [x.shape[0] ?? 0, ...this.outputShape(x.shape.slice(1))];
    const rows = asRows(x);
    const y = this.#projection.forward(rows);
    return {
      output: tf.reshape(y, shape),
      backward: (delta, apply) =>
        tf.tidy(() => {
          const below = this.#projection.backward(rows, y, asRows(delta), apply, inputDelta);
          return below === undefined ? noDelta(x) : tf.reshape(below, x.shape);
        }),
    };
  }

  dispose(): void {
    this.#projection.dispose();
  }
}
