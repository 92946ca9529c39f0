import * as tf from '@tensorflow/tfjs-core';
import { affine, kernelNames, native } from '../../engine/operations.js';
import { type CellTrace, cellBackward, cellForward } from './lstm-cell.js';

export interface RecurrenceInput {
  /** What the gates get of the inputs and the bias, [time · batch, 4 hidden], step by step. */
  readonly sums: tf.Tensor2D;
  /** [hidden, 4 hidden] */
  readonly recurrent: tf.Tensor2D;
  readonly time: number;
  /** [batch, time]: 1 where a step is real; a padding step leaves the state as it was. */
  readonly mask: tf.Tensor2D | undefined;
  /** Walks from the last step to the first. */
  readonly backwards: boolean;
}

/** Deltas of what a recurrence gave: of the last state, of the state after each step [time · batch, hidden], or both. */
export interface StateDeltas {
  readonly last?: tf.Tensor2D;
  readonly states?: tf.Tensor2D;
}

/** The steps of an LSTM; rows of matrices are step by step, whatever the direction. */
export interface Recurrence {
  /** State after each step and before it, [time · batch, hidden]. */
  readonly states: tf.Tensor2D;
  readonly before: tf.Tensor2D;
  /** State after the step that was walked last, [batch, hidden]. */
  readonly last: tf.Tensor2D;
  /** Deltas of the sums, [time · batch, 4 hidden]. */
  backward(deltas: StateDeltas): tf.Tensor2D;
}

/** All steps of an LSTM ({@link cellForward}), from a state of zeros. */
export function recurrence(input: RecurrenceInput): Recurrence {
  return inOneKernel(input) ?? stepByStep(input);
}

const inputsOf = ({ recurrent, mask }: RecurrenceInput): tf.NamedTensorMap =>
  mask === undefined ? { recurrent } : { recurrent, mask };

function inOneKernel(input: RecurrenceInput): Recurrence | undefined {
  const { sums, time, backwards } = input;
  const made = native<tf.Tensor[]>(
    kernelNames.recurrence,
    { ...inputsOf(input), gates: sums },
    { time, backwards },
  );
  if (made === undefined) return undefined;
  const [gates, squashed, cells, all] = made as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  const [rows, hidden] = squashed.shape;
  const batch = rows / time;
  // One state more than there are steps: that of zeros lies at the end where the walk begins.
  const from = (row: number, count: number): tf.Tensor2D => tf.slice(all, [row, 0], [count, hidden]);
  return {
    states: from(backwards ? 0 : batch, rows),
    before: from(backwards ? batch : 0, rows),
    last: from(backwards ? 0 : rows, batch),
    backward: ({ last, states }) => {
      const deltas = {
        ...(last === undefined ? {} : { lastDelta: last }),
        ...(states === undefined ? {} : { stateDeltas: states }),
      };
      return native(
        kernelNames.recurrenceBackward,
        { ...inputsOf(input), gates, squashed, cells, ...deltas },
        { time, backwards },
      ) as tf.Tensor2D;
    },
  };
}

/** What a step leaves for the way back. */
interface Step {
  readonly time: number;
  readonly trace: CellTrace;
  /** [batch, 1]: 1 where the step is real. */
  readonly real: tf.Tensor2D | undefined;
}

function stepByStep({ sums, recurrent, time, mask, backwards }: RecurrenceInput): Recurrence {
  const [hidden, gates] = recurrent.shape;
  const batch = sums.shape[0] / time;
  const nothing = tf.fill([batch, hidden], 0) as tf.Tensor2D;
  const steps: Step[] = [];
  const before: tf.Tensor2D[] = [];
  const states: tf.Tensor2D[] = [];
  let state = { hidden: nothing, cell: nothing };
  for (const t of order(time, backwards)) {
    const real = mask === undefined ? undefined : (tf.slice(mask, [0, t], [batch, 1]) as tf.Tensor2D);
    const fromInput = tf.slice(sums, [t * batch, 0], [batch, gates]);
    const next = cellForward(affine(state.hidden, recurrent, fromInput), state.cell);
    steps.push({ time: t, trace: next.trace, real });
    before[t] = state.hidden;
    state = {
      hidden: chosen(real, next.hidden, state.hidden),
      cell: chosen(real, next.cell, state.cell),
    };
    states[t] = state.hidden;
  }
  return {
    states: tf.concat(states, 0),
    before: tf.concat(before, 0),
    last: state.hidden,
    backward: (deltas) =>
      tf.tidy(() => {
        let hiddenDelta = deltas.last ?? nothing;
        let cellDelta = nothing;
        const sumDeltas: tf.Tensor2D[] = [];
        for (const { time: t, trace, real } of steps.toReversed()) {
          const outer =
            deltas.states === undefined
              ? undefined
              : tf.slice(deltas.states, [t * batch, 0], [batch, hidden]);
          const arrived = outer === undefined ? hiddenDelta : (tf.add(hiddenDelta, outer) as tf.Tensor2D);
          // A padding step hands its deltas on as they are.
          const back = cellBackward(trace, times(real, arrived), times(real, cellDelta));
          sumDeltas[t] = back.sums;
          hiddenDelta = chosen(real, affine(back.sums, recurrent, undefined, 'linear', true), arrived);
          cellDelta = chosen(real, back.cell, cellDelta);
        }
        return tf.concat(sumDeltas, 0);
      }),
  };
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
