import type * as tf from '@tensorflow/tfjs-core';
import type { HeadConfig } from '../../config/networks-schema.js';
import { Dense } from '../layers/dense.js';
import {
  applyWithin,
  type Forward,
  type InitialKey,
  type Layer,
  type Pass,
  prefixed,
} from '../layers/layer.js';
import { Sequential } from '../layers/sequential.js';
import { initialWithin, rectifiedLayers } from './named-layers.js';

export interface HeadForward extends Forward {
  /** What the last layer sees, [batch, units]. */
  readonly representation: tf.Tensor2D;
}

/** A classifier: rectified layers, then a linear one to the logits [batch, classes]. */
export class Head {
  readonly parameters: Layer['parameters'];
  readonly state: Layer['state'];
  readonly #hidden: Sequential;
  readonly #classes: Dense;

  /** @param inputs numbers of the fused representation */
  constructor({ hidden, dropout }: HeadConfig, inputs: number, classes: number, initial: InitialKey) {
    this.#hidden = new Sequential(rectifiedLayers(inputs, hidden, dropout, initial));
    const [below = 0] = this.#hidden.outputShape([inputs]);
    this.#classes = new Dense({ inputs: below, units: classes }, initialWithin(initial, 'classes'));
    this.parameters = { ...this.#hidden.parameters, ...prefixed('classes', this.#classes.parameters) };
    this.state = this.#hidden.state;
  }

  forward(x: tf.Tensor, pass: Pass): HeadForward {
    const hidden = this.#hidden.forward(x, pass);
    const logits = this.#classes.forward(hidden.output);
    return {
      output: logits.output,
      representation: hidden.output as tf.Tensor2D,
      backward: (delta, apply) =>
        hidden.backward(logits.backward(delta, applyWithin('classes', apply)), apply),
    };
  }

  dispose(): void {
    this.#hidden.dispose();
    this.#classes.dispose();
  }
}
