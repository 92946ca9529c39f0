import * as tf from '@tensorflow/tfjs-core';
import { type Changing, mapChanging } from '../engine/changing.js';
import { adamUpdate, momentumUpdate } from '../engine/operations.js';

export type OptimiserOptions =
  | { readonly name: 'adam'; readonly learningRate: number }
  | { readonly name: 'momentum'; readonly learningRate: number; readonly momentum: number };

/** Gradient descent on named parameters, with the state (velocities or moments) that a checkpoint needs. */
export class Optimiser {
  readonly variables: Readonly<Record<string, tf.Variable>>;
  readonly #options: OptimiserOptions;
  readonly #weightDecay: number;

  constructor(
    options: OptimiserOptions,
    parameters: Readonly<Record<string, tf.Variable>>,
    weightDecay: number,
  ) {
    this.#options = options;
    this.#weightDecay = weightDecay;
    const slots = options.name === 'adam' ? ['first', 'second'] : ['velocity'];
    this.variables = Object.fromEntries(
      Object.entries(parameters).flatMap(([name, parameter]) =>
        slots.map((slot) => [`${slot}/${name}`, tf.tidy(() => tf.variable(tf.zerosLike(parameter)))]),
      ),
    );
  }

  /** Moves one parameter against its gradient. @param step global index of the update, from 0 */
  descend(name: string, parameter: tf.Variable, gradient: tf.Tensor, step: Changing): void {
    const options = this.#options;
    const decay = name.endsWith('.weights') ? this.#weightDecay : 0;
    if (options.name === 'adam') {
      const decayed = decay === 0 ? gradient : tf.add(gradient, tf.mul(parameter, decay));
      adamUpdate(parameter, this.#slot('first', name), this.#slot('second', name), decayed, {
        rate: options.learningRate,
        step: mapChanging(step, (index) => index + 1),
      });
    } else {
      momentumUpdate(parameter, this.#slot('velocity', name), gradient, {
        momentum: options.momentum,
        rate: options.learningRate,
        scale: -1,
        decay,
      });
    }
  }

  dispose(): void {
    for (const variable of Object.values(this.variables)) variable.dispose();
  }

  #slot(slot: string, name: string): tf.Variable {
    return this.variables[`${slot}/${name}`] as tf.Variable;
  }
}
