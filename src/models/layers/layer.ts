import * as tf from '@tensorflow/tfjs-core';
import type { NoiseKey } from '../../engine/noise.js';
import type { ApplyGradient } from '../autoencoder.js';

export type { ApplyGradient };

/** What a layer is told of the pass besides its input. */
export interface Pass {
  /** Whether dropout drops, and batch normalisation measures its minibatch. */
  readonly training: boolean;
  /** Names the noise of this pass; layers within a network extend its purpose by their names. */
  readonly key: NoiseKey;
  /** Of sequences, [batch, time]: 1 where a step is real, 0 where it pads. Every step is real when absent. */
  readonly mask?: tf.Tensor2D | undefined;
  /**
   * Whether the way back needs the gradient of the input; it does when absent. Where it does not, because nothing below
   * learns, layers whose gradient costs a product give zeros.
   */
  readonly inputDelta?: boolean | undefined;
}

/** What a layer computed, and the way back. */
export interface Forward<Input = tf.Tensor> {
  readonly output: tf.Tensor;
  /** Mask of the output's steps where it is not that of the pass: after a convolution over time, say. */
  readonly mask?: tf.Tensor2D | undefined;
  /**
   * Hands out the gradient of every parameter, once, and returns that of the input.
   * @param delta gradient of the loss at the output, of its shape
   */
  backward(delta: tf.Tensor, apply: ApplyGradient): Input;
}

/**
 * A building block of a supervised network; the first axis of its input and output is the minibatch.
 *
 * `forward`, `backward` and the update in between belong into one `tf.tidy` of the caller, which frees what the
 * layer kept for its way back. Neither reads a result back, so that a step can be recorded (`engine/replay.ts`).
 */
export interface Layer {
  /** What gradients are handed out for, by name. Matrices are called `weights`: the optimiser decays those alone. */
  readonly parameters: Readonly<Record<string, tf.Variable>>;
  /** What training changes besides: running statistics. Checkpoints need both. */
  readonly state: Readonly<Record<string, tf.Variable>>;
  /** Shape of the output for one of the input, both without the minibatch. @throws Error when it does not fit */
  outputShape(input: readonly number[]): readonly number[];
  forward(x: tf.Tensor, pass: Pass): Forward;
  dispose(): void;
}

/** What initial values are drawn with: the purpose names the layer, each parameter adds its own name. */
export type InitialKey = Omit<NoiseKey, 'step'>;

/** A layer of no parameters and no state. */
export abstract class PlainLayer implements Layer {
  readonly parameters: Readonly<Record<string, tf.Variable>> = {};
  readonly state: Readonly<Record<string, tf.Variable>> = {};
  abstract outputShape(input: readonly number[]): readonly number[];
  abstract forward(x: tf.Tensor, pass: Pass): Forward;
  dispose(): void {}
}

/** Variables of a layer within another: their names get a prefix. */
export function prefixed<T>(prefix: string, named: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [`${prefix}.${name}`, value]));
}

/** Hands the gradients of an inner layer out under its name. */
export const applyWithin =
  (prefix: string, apply: ApplyGradient): ApplyGradient =>
  (name, variable, gradient) =>
    apply(`${prefix}.${name}`, variable, gradient);

/** The key of an inner layer's noise. */
export const keyWithin = (key: NoiseKey, name: string): NoiseKey => ({
  ...key,
  purpose: `${key.purpose}/${name}`,
});

export function disposeVariables(...groups: readonly Readonly<Record<string, tf.Variable>>[]): void {
  for (const variable of groups.flatMap((group) => Object.values(group))) variable.dispose();
}

/** What stands for the gradient of x where a pass needs none. */
export const noDelta = (x: tf.Tensor): tf.Tensor => tf.fill(x.shape, 0);

/** The length of the last axis. @throws Error when it is not `expected`, or there are fewer axes than `rank` */
export function requireChannels(
  layer: string,
  shape: readonly number[],
  expected: number,
  rank = shape.length,
): void {
  if (shape.length !== rank || shape[shape.length - 1] !== expected) {
    const wanted = [...new Array<string>(Math.max(0, rank - 1)).fill('…'), String(expected)];
    throw new Error(
      `${layer}: an input of shape [${shape.join(', ')}] where [${wanted.join(', ')}] is expected`,
    );
  }
}

/** x with its leading axes made one, [rows, channels]. */
export function asRows(x: tf.Tensor): tf.Tensor2D {
  return tf.reshape(x, [-1, x.shape[x.rank - 1] ?? 0]) as tf.Tensor2D;
}

/** Padding steps of x [batch, time, channels] as zeros. */
export function realSteps<T extends tf.Tensor>(x: T, mask: tf.Tensor2D | undefined): T {
  return mask === undefined ? x : (tf.mul(x, tf.expandDims(mask, 2)) as T);
}
