import * as tf from '@tensorflow/tfjs-core';
import { type Forward, PlainLayer, requireChannels } from './layer.js';

/**
 * Adds to each step what tells its place (Vaswani et al. 2017, section 3.5): sines and cosines of the step's index, of
 * wavelengths from 2π to 20000π steps. [batch, time, width] → the same.
 */
export class PositionalEncoding extends PlainLayer {
  readonly #time: number;
  readonly #width: number;
  /** [1, time, width]; made here, since a recorded step takes no values of the host. */
  readonly #places: tf.Tensor;

  constructor(time: number, width: number) {
    super();
    this.#time = time;
    this.#width = width;
    const values = Float32Array.from({ length: time * width }, (_, i) => {
      const [step, channel] = [Math.floor(i / width), i % width];
      const angle = step / 10_000 ** ((channel - (channel % 2)) / width);
      return channel % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    });
    this.#places = tf.keep(tf.tensor(values, [1, time, width]));
  }

  override outputShape(input: readonly number[]): readonly number[] {
    requireChannels('positional encoding', input, this.#width, 2);
    if (input[0] !== this.#time) {
      throw new Error(`positional encoding: ${input[0]} steps where ${this.#time} are expected`);
    }
    return input;
  }

  override forward(x: tf.Tensor): Forward {
    this.outputShape(x.shape.slice(1));
    return { output: tf.add(x, this.#places), backward: (delta) => delta };
  }

  override dispose(): void {
    this.#places.dispose();
  }
}
