import * as tf from '@tensorflow/tfjs-core';
import { type Changing, mapChanging } from '../engine/changing.js';
import { adamUpdate, momentumUpdate } from '../engine/operations.js';
import { accumulate } from '../engine/rows.js';

export type OptimiserOptions =
  /** Kingma and Ba 2015; weight decay is added to the gradient. */
  | { readonly name: 'adam'; readonly learningRate: number }
  /** Adam whose weight decay shrinks the weights by rate · decay beside the step (Loshchilov and Hutter 2019). */
  | { readonly name: 'adamw'; readonly learningRate: number }
  | { readonly name: 'momentum'; readonly learningRate: number; readonly momentum: number }
  /** Without momentum (or with 0) it keeps no state; with one it is `momentum`. */
  | { readonly name: 'sgd'; readonly learningRate: number; readonly momentum?: number }
  /** Zeiler 2012: rho (default 0.95) and epsilon (default 1e-6) as there; a learning rate of 1 is the paper's. */
  | {
      readonly name: 'adadelta';
      readonly learningRate: number;
      readonly rho?: number;
      readonly epsilon?: number;
    };

/** Gradient descent on named parameters, with the state (velocities, moments, running means) that a checkpoint needs. */
export class Optimiser {
  readonly variables: Readonly<Record<string, tf.Variable>>;
  readonly #options: OptimiserOptions;
  readonly #weightDecay: number;
  readonly #speeds: Readonly<Record<string, number>>;

  /**
   * @param weightDecay L2 decay of the parameters whose names end with `.weights`
   * @param speeds factors of the learning rate by parameter; 1 where absent
   */
  constructor(
    options: OptimiserOptions,
    parameters: Readonly<Record<string, tf.Variable>>,
    weightDecay: number,
    speeds: Readonly<Record<string, number>> = {},
  ) {
    this.#options = options;
    this.#weightDecay = weightDecay;
    this.#speeds = speeds;
    this.variables = Object.fromEntries(
      Object.entries(parameters).flatMap(([name, parameter]) =>
        slotsOf(options).map((slot) => [
          `${slot}/${name}`,
          tf.tidy(() => tf.variable(tf.zerosLike(parameter))),
        ]),
      ),
    );
  }

  /** Moves one parameter against its gradient. @param step global index of the update, from 0 */
  descend(name: string, parameter: tf.Variable, gradient: tf.Tensor, step: Changing): void {
    const options = this.#options;
    const decay = name.endsWith('.weights') ? this.#weightDecay : 0;
    const rate = options.learningRate * (this.#speeds[name] ?? 1);
    switch (options.name) {
      case 'adam':
        this.#adam(name, parameter, withDecay(gradient, parameter, decay), rate, step);
        return;
      case 'adamw':
        if (decay !== 0) accumulate(parameter, parameter, -rate * decay);
        this.#adam(name, parameter, gradient, rate, step);
        return;
      case 'adadelta':
        this.#adadelta(name, parameter, withDecay(gradient, parameter, decay), {
          ...options,
          learningRate: rate,
        });
        return;
      default: {
        const { momentum = 0 } = options;
        if (slotsOf(options).length === 0)
          accumulate(parameter, withDecay(gradient, parameter, decay), -rate);
        else {
          const velocity = this.#slot('velocity', name);
          momentumUpdate(parameter, velocity, gradient, { momentum, rate, scale: -1, decay });
        }
      }
    }
  }

  dispose(): void {
    for (const variable of Object.values(this.variables)) variable.dispose();
  }

  #adam(name: string, parameter: tf.Variable, gradient: tf.Tensor, rate: number, step: Changing): void {
    adamUpdate(parameter, this.#slot('first', name), this.#slot('second', name), gradient, {
      rate,
      step: mapChanging(step, (index) => index + 1, 'plus 1'),
    });
  }

  /** Algorithm 1 of the paper; every update happens in place. */
  #adadelta(
    name: string,
    parameter: tf.Variable,
    gradient: tf.Tensor,
    options: OptimiserOptions & { name: 'adadelta' },
  ): void {
    const { learningRate, rho = 0.95, epsilon = 1e-6 } = options;
    const [squares, updates] = [this.#slot('squares', name), this.#slot('updates', name)];
    tf.tidy(() => {
      accumulate(squares, tf.sub(tf.square(gradient), squares), 1 - rho);
      const ratio = tf.div(tf.add(updates, epsilon), tf.add(squares, epsilon));
      const update = tf.mul(tf.sqrt(ratio), gradient);
      accumulate(updates, tf.sub(tf.square(update), updates), 1 - rho);
      accumulate(parameter, update, -learningRate);
    });
  }

  #slot(slot: string, name: string): tf.Variable {
    return this.variables[`${slot}/${name}`] as tf.Variable;
  }
}

function slotsOf(options: OptimiserOptions): readonly string[] {
  switch (options.name) {
    case 'adam':
    case 'adamw':
      return ['first', 'second'];
    case 'adadelta':
      return ['squares', 'updates'];
    case 'momentum':
      return ['velocity'];
    case 'sgd':
      return (options.momentum ?? 0) === 0 ? [] : ['velocity'];
  }
}

const withDecay = (gradient: tf.Tensor, parameter: tf.Variable, decay: number): tf.Tensor =>
  decay === 0 ? gradient : tf.add(gradient, tf.mul(parameter, decay));
