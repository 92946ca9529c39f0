import type * as tf from '@tensorflow/tfjs-core';
import { input, number } from '../kernel-call.js';
import { kernelNames } from '../operations.js';
import type { WasmHeap } from './heap.js';
import type { Kernels } from './kernels.js';
import type { Multiply } from './product.js';

type Call = Parameters<tf.KernelFunc>[0];

/** Byte offsets of the rows of each step, in the order in which the steps are walked. */
interface Walk {
  readonly batch: number;
  readonly hidden: number;
  readonly time: number;
  /** Which step is walked i-th. */
  stepOf(i: number): number;
  /** Of matrices with a row a step and example, of so many columns: bytes of a step. */
  bytes(columns: number): number;
  /** Of states, which have one step more: where the state before, and the one after step t lies. */
  before(t: number): number;
  after(t: number): number;
  /** Where the column of step t lies in the mask, 0 without one, and its bytes from row to row. */
  real(t: number): number;
  readonly realStride: number;
}

/**
 * All steps of an LSTM as one kernel each way: per step a product and a pass over its gates, where single operations
 * would make dozens of tensors.
 */
export function recurrenceKernels(heap: WasmHeap, kernels: Kernels, multiply: Multiply): tf.KernelConfig[] {
  const walkOf = ({ inputs, attrs }: Call): Walk => {
    const [hidden = 0] = input(inputs, 'recurrent').shape;
    const time = number(attrs, 'time');
    const batch = (input(inputs, 'gates').shape[0] ?? 0) / time;
    const backwards = attrs?.backwards === true;
    const state = 4 * batch * hidden;
    const mask = inputs.mask === undefined ? 0 : heap.offset(inputs.mask);
    return {
      batch,
      hidden,
      time,
      stepOf: (i) => (backwards ? time - 1 - i : i),
      bytes: (columns) => 4 * batch * columns,
      before: (t) => (backwards ? t + 1 : t) * state,
      after: (t) => (backwards ? t : t + 1) * state,
      real: (t) => (mask === 0 ? 0 : mask + 4 * t),
      realStride: mask === 0 ? 0 : 4 * time,
    };
  };

  const forward = (call: Call): tf.TensorInfo[] => {
    const walk = walkOf(call);
    const { batch, hidden, time } = walk;
    const [sums, recurrent] = ['gates', 'recurrent'].map((name) => heap.offset(input(call.inputs, name))) as [
      number,
      number,
    ];
    const tensors = {
      gates: heap.output([time * batch, 4 * hidden]),
      squashed: heap.output([time * batch, hidden]),
      cells: heap.output([(time + 1) * batch, hidden]),
      states: heap.output([(time + 1) * batch, hidden]),
    };
    const [gates, squashed, cells, states] = Object.values(tensors).map((one) => heap.offset(one)) as [
      number,
      number,
      number,
      number,
    ];
    const first = walk.before(walk.stepOf(0));
    for (const start of [cells + first, states + first]) {
      heap.bytes.fill(0, start, start + walk.bytes(hidden));
    }
    for (let i = 0; i < time; i++) {
      const t = walk.stepOf(i);
      const [wide, narrow] = [t * walk.bytes(4 * hidden), t * walk.bytes(hidden)];
      multiply({
        ...{ transposeA: false, transposeB: false, m: batch, n: 4 * hidden, k: hidden, activation: 'linear' },
        a: states + walk.before(t),
        b: recurrent,
        out: gates + wide,
        bias: { offset: sums + wide, kind: 'full' },
      });
      kernels.cellForward(
        gates + wide,
        cells + walk.before(t),
        states + walk.before(t),
        walk.real(t),
        walk.realStride,
        cells + walk.after(t),
        squashed + narrow,
        states + walk.after(t),
        batch,
        hidden,
      );
    }
    return Object.values(tensors);
  };

  const backward = (call: Call): tf.TensorInfo => {
    const walk = walkOf(call);
    const { batch, hidden, time } = walk;
    const at = (name: string): number => heap.offset(input(call.inputs, name));
    const [gates, squashed, cells, recurrent] = [at('gates'), at('squashed'), at('cells'), at('recurrent')];
    const outer = call.inputs.stateDeltas === undefined ? 0 : at('stateDeltas');
    const out = heap.output([time * batch, 4 * hidden]);
    const scratch = heap.output([3 * batch, hidden]);
    const [sums, cellDelta, state] = [heap.offset(out), heap.offset(scratch), walk.bytes(hidden)];
    let [hiddenDelta, next] = [cellDelta + state, cellDelta + 2 * state];
    heap.bytes.fill(0, cellDelta, cellDelta + 2 * state);
    if (call.inputs.lastDelta !== undefined) {
      heap.bytes.copyWithin(hiddenDelta, at('lastDelta'), at('lastDelta') + state);
    }
    for (let i = time - 1; i >= 0; i--) {
      const t = walk.stepOf(i);
      const [wide, narrow] = [t * walk.bytes(4 * hidden), t * state];
      kernels.cellBackward(
        gates + wide,
        cells + walk.before(t),
        squashed + narrow,
        outer === 0 ? 0 : outer + narrow,
        walk.real(t),
        walk.realStride,
        hiddenDelta,
        cellDelta,
        sums + wide,
        batch,
        hidden,
      );
      if (i === 0) break;
      multiply({
        ...{ transposeA: false, transposeB: true, m: batch, n: hidden, k: 4 * hidden, activation: 'linear' },
        a: sums + wide,
        b: recurrent,
        out: next,
        bias: undefined,
      });
      if (walk.realStride === 0) [hiddenDelta, next] = [next, hiddenDelta];
      else kernels.keepPadding(next, hiddenDelta, walk.real(t), walk.realStride, batch, hidden);
    }
    heap.release(scratch);
    return out;
  };

  return [
    { kernelName: kernelNames.recurrence, backendName: 'wasm', kernelFunc: forward },
    { kernelName: kernelNames.recurrenceBackward, backendName: 'wasm', kernelFunc: backward },
  ];
}
