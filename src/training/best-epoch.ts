import * as tf from '@tensorflow/tfjs-core';
import { type HasVariables, type Values, valuesOf } from '../models/networks/values.js';
import type { Observation, TrainingCurve } from './loop.js';

/** What validation adds to an epoch of a curve: the share of held-out examples that are classified correctly. */
const measure = 'validationAccuracy';

/** The first of the epochs with the best accuracy, from 1; 0 where there is none. */
export function bestEpochOf(curve: TrainingCurve): number {
  const accuracies = curve.map((epoch) => epoch[measure] ?? Number.NEGATIVE_INFINITY);
  return accuracies.indexOf(Math.max(...accuracies)) + 1;
}

/** Whether the last `patience` epochs were no better than one before. */
export const isPatienceOver = (curve: TrainingCurve, patience: number): boolean =>
  curve.length - bestEpochOf(curve) >= patience;

/**
 * The numbers of a network in its best epoch so far. They are variables, which a checkpoint of the training holds; which epoch
 * is the best follows from the curve.
 */
export class BestEpoch {
  readonly variables: Readonly<Record<string, tf.Variable>>;
  readonly #network: HasVariables;

  constructor(network: HasVariables) {
    this.#network = network;
    this.variables = Object.fromEntries(
      Object.entries({ ...network.parameters, ...network.state }).map(([name, variable]) => [
        `best/${name}`,
        tf.tidy(() => tf.variable(tf.zerosLike(variable))),
      ]),
    );
  }

  /** Keeps the numbers of an epoch that is better than all before. @param curve of those */
  measured(accuracy: number, curve: TrainingCurve): Observation {
    const before = curve.map((epoch) => epoch[measure] ?? Number.NEGATIVE_INFINITY);
    if (accuracy > Math.max(Number.NEGATIVE_INFINITY, ...before)) this.#keep();
    return { [measure]: accuracy };
  }

  values(): Values {
    return valuesOf({
      parameters: Object.fromEntries(
        Object.entries(this.variables).map(([name, variable]) => [name.slice('best/'.length), variable]),
      ),
      state: {},
    });
  }

  dispose(): void {
    for (const variable of Object.values(this.variables)) variable.dispose();
  }

  #keep(): void {
    for (const [name, variable] of Object.entries({ ...this.#network.parameters, ...this.#network.state })) {
      // A product, since a clone would share memory that updates overwrite.
      tf.tidy(() => this.variables[`best/${name}`]?.assign(tf.mul(variable, 1)));
    }
  }
}
