import * as tf from '@tensorflow/tfjs-core';
import { applyWithin, type Forward, type InitialKey, type Layer, type Pass, prefixed } from './layer.js';
import { Lstm, type LstmOptions } from './lstm.js';

/**
 * Two LSTMs (Schuster and Paliwal 1997), one from the first step to the last, one from the last to the first, side by side:
 * [batch, 2 hidden] or [batch, time, 2 hidden].
 */
export class BidirectionalLstm implements Layer {
  readonly parameters: Layer['parameters'];
  readonly state = {};
  readonly #forwards: Lstm;
  readonly #backwards: Lstm;
  readonly #hidden: number;

  constructor(options: Omit<LstmOptions, 'backwards'>, { seed, purpose }: InitialKey) {
    this.#forwards = new Lstm(options, { seed, purpose: `${purpose}/forwards` });
    this.#backwards = new Lstm({ ...options, backwards: true }, { seed, purpose: `${purpose}/backwards` });
    this.#hidden = options.hidden;
    this.parameters = {
      ...prefixed('forwards', this.#forwards.parameters),
      ...prefixed('backwards', this.#backwards.parameters),
    };
  }

  outputShape(input: readonly number[]): readonly number[] {
    return [...this.#forwards.outputShape(input).slice(0, -1), 2 * this.#hidden];
  }

  forward(x: tf.Tensor, pass: Pass): Forward {
    const there = this.#forwards.forward(x, pass);
    const back = this.#backwards.forward(x, pass);
    const axis = there.output.rank - 1;
    return {
      output: tf.concat([there.output, back.output], axis),
      backward: (delta, apply) =>
        tf.tidy(() => {
          const [first, second] = tf.split(delta, 2, axis) as [tf.Tensor, tf.Tensor];
          return tf.add(
            there.backward(first, applyWithin('forwards', apply)),
            back.backward(second, applyWithin('backwards', apply)),
          );
        }),
    };
  }

  dispose(): void {
    this.#forwards.dispose();
    this.#backwards.dispose();
  }
}
