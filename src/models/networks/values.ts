import * as tf from '@tensorflow/tfjs-core';

/** Numbers of variables, by name. */
export type Values = Readonly<Record<string, Float32Array>>;

/** A network as values go: its parameters, and its state, which inference needs as well. */
export interface HasVariables {
  readonly parameters: Readonly<Record<string, tf.Variable>>;
  readonly state: Readonly<Record<string, tf.Variable>>;
}

const variablesOf = ({ parameters, state }: HasVariables): Readonly<Record<string, tf.Variable>> => ({
  ...parameters,
  ...state,
});

/** Shapes of all that {@link valuesOf} gives, by name. */
export const shapesOf = (network: HasVariables): Readonly<Record<string, readonly number[]>> =>
  Object.fromEntries(Object.entries(variablesOf(network)).map(([name, { shape }]) => [name, shape]));

/** Copies of the numbers of all parameters and of the state. */
export const valuesOf = (network: HasVariables): Values =>
  Object.fromEntries(
    Object.entries(variablesOf(network)).map(([name, variable]) => [
      name,
      variable.dataSync().slice() as Float32Array,
    ]),
  );

/** Gives parameters and state the numbers that {@link valuesOf} gave. @throws Error where some are missing, or too many or few */
export function restoreValues(network: HasVariables, values: Values): void {
  for (const [name, variable] of Object.entries(variablesOf(network))) {
    const numbers = Object.hasOwn(values, name) ? values[name] : undefined;
    if (numbers?.length !== variable.size) {
      throw new Error(
        `network: ${numbers?.length ?? 0} numbers of ${name} where ${variable.size} are expected`,
      );
    }
    tf.tidy(() => variable.assign(tf.tensor(numbers, variable.shape)));
  }
}
