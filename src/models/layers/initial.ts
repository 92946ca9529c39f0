import * as tf from '@tensorflow/tfjs-core';
import { gaussians, uniforms } from '../../engine/noise.js';
import type { InitialKey } from './layer.js';

/** A variable of keyed uniform draws in [-limit, limit). */
export function uniformVariable(
  { seed, purpose }: InitialKey,
  name: string,
  shape: readonly number[],
  limit: number,
): tf.Variable {
  const draws = uniforms({ seed, purpose: `${purpose}/${name}`, step: 0 }, tf.util.sizeFromShape([...shape]));
  return variableOf(
    draws.map((u) => (2 * u - 1) * limit),
    shape,
  );
}

/** Limit of uniform draws for sigmoid, tanh and linear units: sqrt(6 / (in + out)) (Glorot and Bengio 2010). */
export const glorotLimit = (inputs: number, outputs: number): number => Math.sqrt(6 / (inputs + outputs));

/** Limit of uniform draws for rectified units: sqrt(6 / in) (He et al. 2015). */
export const heLimit = (inputs: number): number => Math.sqrt(6 / inputs);

/** A variable of keyed normal draws. @param sd standard deviation */
export function gaussianVariable(
  { seed, purpose }: InitialKey,
  name: string,
  shape: readonly number[],
  sd: number,
): tf.Variable {
  const size = tf.util.sizeFromShape([...shape]);
  return variableOf(gaussians({ seed, purpose: `${purpose}/${name}`, step: 0 }, size, sd), shape);
}

/** A variable of one value everywhere. */
export const constantVariable = (shape: readonly number[], value: number): tf.Variable =>
  variableOf(new Float32Array(tf.util.sizeFromShape([...shape])).fill(value), shape);

export const variableOf = (values: Float32Array, shape: readonly number[]): tf.Variable =>
  tf.tidy(() => tf.variable(tf.tensor(values, [...shape])));
