import * as tf from '@tensorflow/tfjs-core';
import { affine, columnSum } from '../../engine/operations.js';
import { glorotLimit, uniformVariable, variableOf } from './initial.js';
import {
  type ApplyGradient,
  disposeVariables,
  type Forward,
  type InitialKey,
  type Layer,
  noDelta,
  type Pass,
  realSteps,
  requireChannels,
} from './layer.js';
import { type CellTrace, cellBackward, cellForward } from './lstm-cell.js';

export interface LstmOptions {
  /** Channels of the input. */
  readonly inputs: number;
  readonly hidden: number;
  /** `last`: the state after the last real step, [batch, hidden]; `all`: of every step, [batch, time, hidden]. */
  readonly returns: 'last' | 'all';
  /** Walks from the last step to the first; its last state is then the one at the first step. Default false. */
  readonly backwards?: boolean;
}

/** What a step leaves for the way back. */
interface Step {
  readonly time: number;
  readonly trace: CellTrace;
  readonly hiddenBefore: tf.Tensor2D;
  /** [batch, 1]: 1 where the step is real. */
  readonly real: tf.Tensor2D | undefined;
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
    const recurrent = this.parameters['recurrent.weights'] as unknown as tf.Tensor2D;
    // Steps one below the other, so that a step is a stretch of rows; one product serves all of them.
    const rows = tf.tidy(() => tf.reshape(tf.transpose(x, [1, 0, 2]), [time * batch, inputs]) as tf.Tensor2D);
    const { 'input.weights': weights, bias } = this.parameters;
    const fromInput = affine(rows, weights as unknown as tf.Tensor2D, bias as unknown as tf.Tensor1D);
    const steps: Step[] = [];
    const states: tf.Tensor2D[] = [];
    let state = {
      hidden: tf.fill([batch, hidden], 0) as tf.Tensor2D,
      cell: tf.fill([batch, hidden], 0) as tf.Tensor2D,
    };
    for (const t of order(time, backwards)) {
      const real = mask === undefined ? undefined : (tf.slice(mask, [0, t], [batch, 1]) as tf.Tensor2D);
      const sums = tf.tidy(() =>
        affine(
          state.hidden,
          recurrent,
          tf.slice(fromInput, [t * batch, 0], [batch, 4 * hidden]) as tf.Tensor2D,
        ),
      );
      const next = cellForward(sums, state.cell);
      steps.push({ time: t, trace: next.trace, hiddenBefore: state.hidden, real });
      state = {
        hidden: chosen(real, next.hidden, state.hidden),
        cell: chosen(real, next.cell, state.cell),
      };
      states[t] = state.hidden;
    }
    const output = returns === 'last' ? state.hidden : realSteps(tf.stack(states, 1), mask);
    return {
      output,
      backward: (delta, apply) =>
        tf.tidy(() => {
          const below = this.#backward({ rows, steps, batch, time, mask, inputDelta }, delta, apply);
          return below ?? noDelta(x);
        }),
    };
  }

  dispose(): void {
    disposeVariables(this.parameters);
  }

  #backward(
    pass: {
      readonly rows: tf.Tensor2D;
      readonly steps: readonly Step[];
      readonly batch: number;
      readonly time: number;
      readonly mask: tf.Tensor2D | undefined;
      readonly inputDelta: boolean;
    },
    delta: tf.Tensor,
    apply: ApplyGradient,
  ): tf.Tensor | undefined {
    const { rows, steps, batch, time, mask, inputDelta } = pass;
    const { inputs, hidden, returns } = this.#options;
    const { 'input.weights': weights, 'recurrent.weights': recurrent, bias } = this.parameters;
    const outer = returns === 'all' ? tf.unstack(realSteps(delta, mask), 1) : undefined;
    const nothing = tf.fill([batch, hidden], 0) as tf.Tensor2D;
    let hiddenDelta = (returns === 'last' ? delta : nothing) as tf.Tensor2D;
    let cellDelta = nothing;
    const sumDeltas: tf.Tensor2D[] = [];
    for (const { time: t, trace, real } of steps.toReversed()) {
      const arrived =
        outer === undefined ? hiddenDelta : (tf.add(hiddenDelta, outer[t] as tf.Tensor) as tf.Tensor2D);
      // A padding step hands its deltas on as they are.
      const back = cellBackward(trace, times(real, arrived), times(real, cellDelta));
      sumDeltas[t] = back.sums;
      hiddenDelta = chosen(
        real,
        affine(back.sums, recurrent as unknown as tf.Tensor2D, undefined, 'linear', true),
        arrived,
      );
      cellDelta = chosen(real, back.cell, cellDelta);
    }
    const byTime = steps.toSorted((a, b) => a.time - b.time);
    const sums = tf.concat(sumDeltas, 0) as tf.Tensor2D;
    const before = tf.concat(
      byTime.map(({ hiddenBefore }) => hiddenBefore),
      0,
    ) as tf.Tensor2D;
    const below = inputDelta
      ? affine(sums, weights as unknown as tf.Tensor2D, undefined, 'linear', true)
      : undefined;
    apply('input.weights', weights, tf.matMul(rows, sums, true, false));
    apply('recurrent.weights', recurrent, tf.matMul(before, sums, true, false));
    apply('bias', bias, columnSum(sums));
    return below && tf.transpose(tf.reshape(below, [time, batch, inputs]), [1, 0, 2]);
  }
}

const order = (time: number, backwards: boolean): number[] =>
  Array.from({ length: time }, (_, i) => (backwards ? time - 1 - i : i));

const times = (real: tf.Tensor2D | undefined, x: tf.Tensor2D): tf.Tensor2D =>
  real === undefined ? x : (tf.mul(x, real) as tf.Tensor2D);

/** `next` in rows whose step is real, `kept` in the others, to the bit. */
function chosen(real: tf.Tensor2D | undefined, next: tf.Tensor2D, kept: tf.Tensor2D): tf.Tensor2D {
  if (real === undefined) return next;
  return tf.tidy(() => tf.add(tf.mul(next, real), tf.mul(kept, tf.sub(1, real))) as tf.Tensor2D);
}
