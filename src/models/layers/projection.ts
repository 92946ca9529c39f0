import * as tf from '@tensorflow/tfjs-core';
import { affine, columnSum } from '../../engine/operations.js';
import { activate, type LayerActivation, throughActivation } from './activations.js';
import { constantVariable, glorotLimit, heLimit, uniformVariable } from './initial.js';
import { type ApplyGradient, disposeVariables, type InitialKey } from './layer.js';

/** Rows through a matrix of weights, a bias and an activation: what dense, convolutional and attention layers share. */
export class Projection {
  readonly parameters: { readonly weights: tf.Variable; readonly bias: tf.Variable };
  readonly #activation: LayerActivation;

  /**
   * Weights [inputs, units] of Glorot's range (He's for `relu`), biases of zero.
   *
   * @param options.followedBy the activation that the range is for, where another layer applies it
   */
  constructor(
    options: {
      readonly inputs: number;
      readonly units: number;
      readonly activation: LayerActivation;
      readonly followedBy?: LayerActivation | undefined;
    },
    initial: InitialKey,
  ) {
    const { inputs, units, activation, followedBy = activation } = options;
    const limit = followedBy === 'relu' ? heLimit(inputs) : glorotLimit(inputs, units);
    this.parameters = {
      weights: uniformVariable(initial, 'weights', [inputs, units], limit),
      bias: constantVariable([units], 0),
    };
    this.#activation = activation;
  }

  /** activation(x weights + bias), [rows, units], of x [rows, inputs]. */
  forward(x: tf.Tensor2D): tf.Tensor2D {
    const { weights, bias } = this.parameters as unknown as { weights: tf.Tensor2D; bias: tf.Tensor1D };
    if (this.#activation === 'linear' || this.#activation === 'sigmoid') {
      return affine(x, weights, bias, this.#activation);
    }
    return tf.tidy(() => activate(affine(x, weights, bias), this.#activation));
  }

  /**
   * Gradients for what x gave y; returns that of x, undefined where it is not needed. The input's comes first: `apply` may
   * change the weights.
   */
  backward(
    x: tf.Tensor2D,
    y: tf.Tensor2D,
    delta: tf.Tensor2D,
    apply: ApplyGradient,
    inputDelta: false,
  ): undefined;
  backward(x: tf.Tensor2D, y: tf.Tensor2D, delta: tf.Tensor2D, apply: ApplyGradient): tf.Tensor2D;
  backward(
    x: tf.Tensor2D,
    y: tf.Tensor2D,
    delta: tf.Tensor2D,
    apply: ApplyGradient,
    inputDelta?: boolean,
  ): tf.Tensor2D | undefined;
  backward(
    x: tf.Tensor2D,
    y: tf.Tensor2D,
    delta: tf.Tensor2D,
    apply: ApplyGradient,
    inputDelta = true,
  ): tf.Tensor2D | undefined {
    const { weights, bias } = this.parameters;
    return tf.tidy(() => {
      const inner = throughActivation(delta, y, this.#activation);
      const below = inputDelta
        ? affine(inner, weights as unknown as tf.Tensor2D, undefined, 'linear', true)
        : undefined;
      apply('weights', weights, tf.matMul(x, inner, true, false));
      apply('bias', bias, columnSum(inner));
      return below;
    });
  }

  dispose(): void {
    disposeVariables(this.parameters);
  }
}
