import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { expect } from 'vitest';
import type { Layer, Pass } from '../../../../../src/models/layers/layer.js';
import { distance, draw, numbers, pass } from '../gradients.js';

/**
 * A layer of tfjs-layers, Keras's port to TensorFlow.js: written by others, and differentiated automatically. Its weights
 * have the order of ours and, but for their shapes, the layout.
 */
export type OracleLayer = layers.Layer;

export interface Comparison {
  /** What our layer is told of the pass. */
  readonly how?: Partial<Pass>;
  /** What the oracle is told of the pass: `training`, `mask`. */
  readonly oracleHow?: Record<string, unknown>;
  /** What is compared of the oracle's output, where the two have different conventions. */
  readonly readout?: (output: tf.Tensor) => tf.Tensor;
}

/** What a pass gave. Each parameter's gradient has its name with us. */
interface Findings {
  readonly shape: readonly number[];
  readonly output: number[];
  /** Gradient of the input; undefined of tokens, which have none. */
  readonly input: number[] | undefined;
  readonly gradients: ReadonlyMap<string, number[]>;
}

const namesOf = (ours: Pick<Layer, 'parameters' | 'state'>): string[] =>
  Object.keys({ ...ours.parameters, ...ours.state });

/** Random values for all that our layer has. State is positive, as variances are. */
export function randomise({ parameters, state }: Pick<Layer, 'parameters' | 'state'>): void {
  tf.tidy(() => {
    for (const [name, variable] of Object.entries({ ...parameters, ...state })) {
      const values = draw(`oracle/${name}`, variable.shape, 0.5);
      variable.assign(name in state ? tf.add(tf.abs(values), 0.2) : values);
    }
  });
}

/**
 * Gives the oracle the values of our layer.
 *
 * @param names of our parameters and state, in the order of the oracle's weights
 */
export function copyWeights(
  ours: Pick<Layer, 'parameters' | 'state'>,
  oracle: OracleLayer,
  names: readonly string[],
): void {
  expect([...names].sort()).toEqual(namesOf(ours).sort());
  expect(oracle.weights.length).toBe(names.length);
  tf.tidy(() => {
    const weights = names.map((name, i) => {
      const variable = (ours.parameters[name] ?? ours.state[name]) as tf.Variable;
      return tf.reshape(variable, oracle.weights[i]?.shape as number[]);
    });
    oracle.setWeights(weights);
  });
}

function ofOurs(ours: Layer, x: tf.Tensor, how: Pass): Findings {
  const forward = ours.forward(x, how);
  const gradients = new Map<string, number[]>();
  const input = forward.backward(draw('delta', forward.output.shape), (name, _, gradient) => {
    gradients.set(name, numbers(gradient));
  });
  return {
    shape: forward.output.shape,
    output: numbers(forward.output),
    input: x.dtype === 'int32' ? undefined : numbers(input),
    gradients,
  };
}

function ofOracle(
  oracle: OracleLayer,
  x: tf.Tensor,
  names: readonly string[],
  { oracleHow = {}, readout = (output) => output }: Comparison,
): Findings {
  // The gradients of all variables are taken, and tfjs takes none of tokens.
  const variable = x.dtype === 'int32' ? undefined : tf.variable(x, true, 'oracle-input');
  let seen: { readonly shape: readonly number[]; readonly output: number[] } | undefined;
  const { grads } = tf.variableGrads(() => {
    const output = readout(oracle.apply(variable ?? x, oracleHow) as tf.Tensor);
    seen = { shape: output.shape, output: numbers(output) };
    return tf.sum(tf.mul(output, draw('delta', output.shape))) as tf.Scalar;
  });
  if (seen === undefined) throw new Error('the oracle was not asked');
  const gradientOf = (name: string): number[] => {
    const gradient = grads[name];
    return gradient === undefined ? [] : numbers(gradient);
  };
  const gradients = oracle.weights.flatMap((weight, i) =>
    weight.trainable ? [[names[i] ?? '', gradientOf(weight.name)] as const] : [],
  );
  const input = variable && gradientOf(variable.name);
  variable?.dispose();
  return { ...seen, input, gradients: new Map(gradients) };
}

const largestOf = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/**
 * Equal to a part in 10⁵ of a scale: the sums are of 32 bits, and taken in different orders.
 *
 * @param scale the largest of the oracle's values when absent
 */
export function expectClose(
  label: string,
  ours: ArrayLike<number>,
  oracle: ArrayLike<number>,
  scale = largestOf(oracle),
): void {
  expect(ours.length, `${label}: how many numbers`).toBe(oracle.length);
  expect(scale, `${label}: the scale`).toBeGreaterThan(0);
  expect(distance(ours, oracle), label).toBeLessThan(1e-5 * scale);
}

/**
 * Output, gradients of all parameters and gradient of the input of our layer against those of the oracle, given the same
 * random weights and a random gradient from above.
 */
export function expectAgreement(
  ours: Layer,
  oracle: OracleLayer,
  x: tf.Tensor,
  comparison: Comparison = {},
): void {
  tf.tidy(() => {
    const names = namesOf(ours);
    oracle.apply(x);
    randomise(ours);
    copyWeights(ours, oracle, names);
    const found = ofOurs(ours, x, pass(comparison.how));
    const expected = ofOracle(oracle, x, names, comparison);
    expect(found.shape).toEqual(expected.shape);
    expectClose('output', found.output, expected.output);
    if (found.input !== undefined) {
      expectClose('gradient of the input', found.input, expected.input ?? []);
    }
    expect([...found.gradients.keys()].sort()).toEqual([...expected.gradients.keys()].sort());
    for (const [name, gradient] of found.gradients) {
      expectClose(`gradient of ${name}`, gradient, expected.gradients.get(name) ?? []);
    }
  });
}
