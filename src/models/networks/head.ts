import * as tf from '@tensorflow/tfjs-core';
import type { HeadConfig } from '../../config/networks-schema.js';
import { affine } from '../../engine/operations.js';
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

  /**
   * What each part of an input adds to the logits, which are the sum of it: the part times its rows of the weights, and an equal
   * share of the bias. [batch, classes] each.
   *
   * @param parts [batch, width], which side by side are the input
   * @throws Error of a head with hidden layers, which mix the parts
   */
  contributions(parts: readonly tf.Tensor2D[]): readonly tf.Tensor2D[] {
    if (Object.keys(this.#hidden.parameters).length > 0) {
      throw new Error('head: its hidden layers mix what the parts of its input say');
    }
    const { weights, bias } = this.#classes.parameters as { weights: tf.Variable; bias: tf.Variable };
    return tf.tidy(() => {
      const widths = parts.map(({ shape }) => shape[1]);
      const rows = widths.length === 1 ? [weights] : tf.split(weights, widths, 0);
      const share = tf.mul(bias, 1 / parts.length) as tf.Tensor1D;
      return parts.map((part, i) => affine(part, rows[i] as tf.Tensor2D, share));
    });
  }

  dispose(): void {
    this.#hidden.dispose();
    this.#classes.dispose();
  }
}
