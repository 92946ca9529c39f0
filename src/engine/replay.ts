import * as tf from '@tensorflow/tfjs-core';
import type { Changing } from './changing.js';

/** A computation of fixed shape, run again and again with other numbers. */
export interface Replayable<Name extends string> {
  run(numbers: Readonly<Record<Name, number>>): void;
  dispose(): void;
}

/** What a replayable computation does: changes variables in place and returns nothing. */
export type ReplayBody<Name extends string> = (numbers: Readonly<Record<Name, Changing>>) => void;

/** An engine that records what a body does and replays it without running it. */
export type Recorder = <Name extends string>(
  names: readonly Name[],
  body: ReplayBody<Name>,
) => Replayable<Name>;

const recorders = new Map<string, Recorder>();

/** Lets a tfjs backend record; without one `replayable` runs the body every time. */
export function registerRecorder(backend: string, recorder: Recorder): void {
  recorders.set(backend, recorder);
}

/**
 * Makes `body` repeatable. Engines that can (CUDA) record its second run and replay the recording from then on, with
 * the same results to the bit: hundreds of microseconds of JavaScript and kernel launches become one launch.
 *
 * So that a recording stays true, the body must do the same work each time. What differs from run to run reaches it
 * through `numbers` alone; it may read variables and tensors made before and change variables in place, but reads no
 * result back and makes no tensor of values from the host that differ between runs.
 */
export function replayable<Name extends string>(
  names: readonly Name[],
  body: ReplayBody<Name>,
): Replayable<Name> {
  const recorder = recorders.get(tf.getBackend());
  if (recorder !== undefined) return recorder(names, body);
  return {
    run(numbers) {
      tf.tidy(() => body(numbers));
    },
    dispose() {},
  };
}
