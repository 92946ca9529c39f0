import * as tf from '@tensorflow/tfjs-core';
import { addRows } from '../../engine/rows.js';
import { gaussianVariable } from './initial.js';
import { disposeVariables, type Forward, type InitialKey, type Layer } from './layer.js';

export interface EmbeddingOptions {
  /** Tokens there are: 0 … vocabulary − 1. */
  readonly vocabulary: number;
  /** Numbers that stand for a token. */
  readonly width: number;
}

/**
 * Rows of a matrix in place of tokens: [batch, …] → [batch, …, width] (Bengio et al. 2003). Tokens are integers, of type
 * int32, or float32 as minibatches hold them. They must lie in the vocabulary: a device that cannot look gives NaN.
 */
export class Embedding implements Layer {
  readonly parameters: { readonly weights: tf.Variable };
  readonly state = {};
  readonly #options: EmbeddingOptions;

  /** Normal draws of standard deviation 1 / √width. */
  constructor(options: EmbeddingOptions, initial: InitialKey) {
    const { vocabulary, width } = options;
    this.#options = options;
    this.parameters = {
      weights: gaussianVariable(initial, 'weights', [vocabulary, width], 1 / Math.sqrt(width)),
    };
  }

  outputShape(input: readonly number[]): readonly number[] {
    return [...input, this.#options.width];
  }

  /** The delta of the input is zero everywhere: tokens have no gradient. */
  forward(x: tf.Tensor): Forward {
    const { vocabulary, width } = this.#options;
    const { weights } = this.parameters;
    const tokens = tf.tidy(() => tf.reshape(tf.cast(x, 'int32'), [x.size]) as tf.Tensor1D);
    const rows = tf.gather(weights, tokens);
    return {
      output: tf.reshape(rows, [...x.shape, width]),
      backward: (delta, apply) =>
        tf.tidy(() => {
          const rowDeltas = tf.reshape(delta, [x.size, width]) as tf.Tensor2D;
          apply('weights', weights, addRows(rowDeltas, tokens, vocabulary));
          return tf.fill(x.shape, 0);
        }),
    };
  }

  dispose(): void {
    disposeVariables(this.parameters);
  }
}
