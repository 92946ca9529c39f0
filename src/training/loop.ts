import { setImmediate as yieldToEvents } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { MmxError } from '../errors.js';
import type { Json } from '../json.js';

/** State of a training run that can be put on disk and taken back. */
export interface Snapshot {
  readonly tensors: Readonly<
    Record<
      string,
      {
        readonly shape: readonly number[];
        readonly data: Float32Array | Float64Array | Int32Array | Uint8Array;
      }
    >
  >;
  readonly json: Json;
}

/** Where a training run reports and from where it resumes. */
export interface TrainingHost {
  readonly checkpoint: { load(): Snapshot | undefined; offer(take: () => Snapshot): void };
  progress(progress: {
    readonly done: number;
    readonly total: number;
    readonly unit: string;
    readonly note: string;
    /** Epochs that have ended since the last report; at first, all that a checkpoint holds. */
    readonly epochs?: TrainingCurve;
  }): void;
}

/** Numbers measured on one minibatch. */
export type Observation = Readonly<Record<string, number>>;

/** One model being trained by minibatch steps. */
export interface TrainingTask {
  /** For messages: `rbm left`. */
  readonly label: string;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** Everything the steps change: parameters, velocities, moments. */
  readonly variables: Readonly<Record<string, tf.Variable>>;
  /** @param step global index of the update, from 0 */
  step(epoch: number, index: number, step: number, observe: boolean): Observation | undefined;
  /** Observations to show while training, in order. */
  readonly shown: readonly string[];
  /** What to try when training diverges: `a smaller rbm.left.learning_rate (now 0.5)`. */
  readonly remedy: string;
  /**
   * Measures what an epoch came to, after its last step. It may change variables of {@link variables}.
   *
   * @param curve the epochs before
   * @returns what the epoch's entry of the curve gets besides the means
   */
  measureEpoch?(curve: TrainingCurve): Observation;
  /** Whether training ends before its last epoch; asked between epochs. A function of the curve alone. */
  isFinished?(curve: TrainingCurve): boolean;
}

/** Means of an epoch's observations. */
export type TrainingCurve = readonly (Observation & { readonly epoch: number })[];

const OBSERVATIONS_PER_EPOCH = 20;
const MILLISECONDS_BETWEEN_YIELDS = 50;
/** A weight or a loss this far above its first value never comes back. */
const EXPLOSION = 1e4;

interface LoopState {
  step: number;
  curve: (Observation & { readonly epoch: number })[];
  sums: Record<string, number>;
  observed: number;
  first: Observation | null;
}

/**
 * Runs a task to its last epoch, or to where it is finished, from the host's checkpoint if there is one. Resumed or not, the same updates
 * happen in the same order on the same numbers.
 *
 * @throws MmxError `training/diverged` on a non-finite or exploding observation
 */
export async function runTraining(task: TrainingTask, host: TrainingHost): Promise<TrainingCurve> {
  const state = restore(task, host.checkpoint.load());
  const total = task.epochs * task.stepsPerEpoch;
  const observeEvery = Math.max(1, Math.floor(task.stepsPerEpoch / OBSERVATIONS_PER_EPOCH));
  let note = '';
  let told = 0;
  const report = (done: number): void => {
    const epochs = state.curve.slice(told);
    told = state.curve.length;
    host.progress({ done, total, unit: 'minibatches', note, ...(epochs.length === 0 ? {} : { epochs }) });
  };
  let yielded = performance.now();

  while (state.step < total && !isFinished(task, state)) {
    const epoch = Math.floor(state.step / task.stepsPerEpoch);
    const index = state.step % task.stepsPerEpoch;
    const observation = task.step(epoch, index, state.step, index % observeEvery === 0);
    if (observation) {
      state.first ??= observation;
      assertHealthy(task, observation, state.first, epoch, index);
      for (const [name, value] of Object.entries(observation))
        state.sums[name] = (state.sums[name] ?? 0) + value;
      state.observed++;
      note = describe(task, epoch, state);
    }
    state.step++;
    if (index === task.stepsPerEpoch - 1) closeEpoch(task, state, epoch);
    host.checkpoint.offer(() => snapshot(task, state));
    if (performance.now() - yielded > MILLISECONDS_BETWEEN_YIELDS) {
      report(state.step);
      await yieldToEvents();
      yielded = performance.now();
    }
  }
  report(total);
  return state.curve;
}

const isFinished = (task: TrainingTask, { step, curve }: LoopState): boolean =>
  step % task.stepsPerEpoch === 0 && (task.isFinished?.(curve) ?? false);

function closeEpoch(task: TrainingTask, state: LoopState, epoch: number): void {
  const means = Object.fromEntries(
    Object.entries(state.sums).map(([name, sum]) => [name, sum / state.observed]),
  );
  state.curve.push({ ...means, ...task.measureEpoch?.(state.curve), epoch: epoch + 1 });
  state.sums = {};
  state.observed = 0;
}

function describe(task: TrainingTask, epoch: number, state: LoopState): string {
  const mean = (name: string): string => ((state.sums[name] ?? 0) / state.observed).toPrecision(3);
  const values = task.shown.map((name) => `${inWords(name)} ${mean(name)}`);
  return [`epoch ${epoch + 1}/${task.epochs}`, ...values].join('  ');
}

/** `freeEnergy` → `free energy`. */
const inWords = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function assertHealthy(
  task: TrainingTask,
  observation: Observation,
  first: Observation,
  epoch: number,
  index: number,
): void {
  for (const [name, value] of Object.entries(observation)) {
    const limit = EXPLOSION * Math.max(1, Math.abs(first[name] ?? 1));
    if (Number.isFinite(value) && Math.abs(value) <= limit) continue;
    throw new MmxError(
      'training/diverged',
      `${task.label} diverged in epoch ${epoch + 1}, minibatch ${index + 1}: its ${inWords(name)} is ${value.toPrecision(3)}`,
      { hint: `try ${task.remedy}` },
    );
  }
}

function snapshot(task: TrainingTask, state: LoopState): Snapshot {
  const tensors = Object.fromEntries(
    Object.entries(task.variables).map(([name, variable]) => [
      name,
      { shape: variable.shape, data: variable.dataSync().slice() as Float32Array },
    ]),
  );
  return { tensors, json: state as unknown as Json };
}

function restore(task: TrainingTask, saved: Snapshot | undefined): LoopState {
  if (!saved) return { step: 0, curve: [], sums: {}, observed: 0, first: null };
  for (const [name, variable] of Object.entries(task.variables)) {
    const tensor = saved.tensors[name];
    if (!tensor) throw new Error(`checkpoint of ${task.label} lacks ${name}`);
    assign(variable, tensor.data as Float32Array);
  }
  return structuredClone(saved.json) as unknown as LoopState;
}

function assign(variable: tf.Variable, values: Float32Array): void {
  const tensor = tf.tensor(values, variable.shape);
  variable.assign(tensor);
  tensor.dispose();
}
