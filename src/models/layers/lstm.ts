import * as tf from '@tensorflow/tfjs-core';
import { affine, columnSum } from '../../engine/operations.js';
import { glorotLimit, uniformVariable, variableOf } from './initial.js';
import {
  disposeVariables,
  type Forward,
  type InitialKey,
  type Layer,
  noDelta,
  type Pass,
  realSteps,
  requireChannels,
} from './layer.js';
import { recurrence } from './recurrence.js';

export interface LstmOptions {
  /** Channels of the input. */
  readonly inputs: number;
  readonly hidden: number;
  /** `last`: the state after the last real step, [batch, hidden]; `all`: of every step, [batch, time, hidden]. */
  readonly returns: 'last' | 'all';
  /** Walks from the last step to the first; its last state is then the one at the first step. Default false. */
  readonly backwards?: boolean;
}

/**
 * Long short-term memory over sequences [batch, time, inputs] (Hochreiter and Schmidhuber 1997; forget gates: Gers et al.
 * 2000). A padding step leaves the state as it was, so sequences may end at different steps, and gives zeros
 * where every step's state is returned. The sums of the gates lie side by side: input, forget, candidate, output.
 */
export class Lstm implements Layer {
  readonly parameters: {
    readonly 'input.weights': tf.Variable;
    readonly 'recurrent.weights': tf.Variable;
    readonly bias: tf.Variable;
  };
  readonly state = {};
  readonly #options: LstmOptions;

  /** Weights of Glorot's range; biases 0, but 1 for the forget gate (Jozefowicz et al. 2015). */
  constructor(options: LstmOptions, initial: InitialKey) {
    const { inputs, hidden } = options;
    this.#options = options;
    const weights = (name: string, from: number): tf.Variable =>
      uniformVariable(initial, name, [from, 4 * hidden], glorotLimit(from, hidden));
    const bias = new Float32Array(4 * hidden).fill(1, hidden, 2 * hidden);
    this.parameters = {
      'input.weights': weights('input.weights', inputs),
      'recurrent.weights': weights('recurrent.weights', hidden),
      bias: variableOf(bias, [4 * hidden]),
    };
  }

  outputShape(input: readonly number[]): readonly number[] {
    const { inputs, hidden, returns } = this.#options;
    requireChannels('lstm', input, inputs, 2);
    return returns === 'last' ? [hidden] : [input[0] ?? 0, hidden];
  }

  forward(x: tf.Tensor, { mask, inputDelta = true }: Pass): Forward {
    this.outputShape(x.shape.slice(1));
    const [batch = 0, time = 0] = x.shape;
    const { inputs, hidden, returns, backwards = false } = this.#options;
    const { 'input.weights': weights, 'recurrent.weights': recurrent, bias } = this.parameters;
    // Steps one below the other, so that a step is a stretch of rows; one product serves all of them.
    const rows = tf.tidy(() => tf.reshape(tf.transpose(x, [1, 0, 2]), [time * batch, inputs]) as tf.Tensor2D);
    const walked = recurrence({
      sums: affine(rows, weights as unknown as tf.Tensor2D, bias as unknown as tf.Tensor1D),
      recurrent: recurrent as unknown as tf.Tensor2D,
      time,
      mask,
      backwards,
    });
    const output =
      returns === 'last'
        ? walked.last
        : realSteps(turned(tf.reshape(walked.states, [time, batch, hidden])), mask);
    return {
      output,
      backward: (delta, apply) =>
        tf.tidy(() => {
          const sums = walked.backward(
            returns === 'last'
              ? { last: delta as tf.Tensor2D }
              : { states: tf.reshape(turned(realSteps(delta, mask)), [time * batch, hidden]) as tf.Tensor2D },
          );
          const below = inputDelta
            ? affine(sums, weights as unknown as tf.Tensor2D, undefined, 'linear', true)
            : undefined;
          apply('input.weights', weights, tf.matMul(rows, sums, true, false));
          apply('recurrent.weights', recurrent, tf.matMul(walked.before, sums, true, false));
          apply('bias', bias, columnSum(sums));
          return below === undefined ? noDelta(x) : turned(tf.reshape(below, [time, batch, inputs]));
        }),
    };
  }

  dispose(): void {
    disposeVariables(this.parameters);
  }
}

/** [batch, time, channels] as [time, batch, channels], and the reverse. */
const turned = (x: tf.Tensor): tf.Tensor => tf.transpose(x, [1, 0, 2]);
