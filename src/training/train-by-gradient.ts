import * as tf from '@tensorflow/tfjs-core';
import type { GradientTrainingConfig, NetworkOptimiserConfig } from '../config/networks-schema.js';
import type { Changing } from '../engine/changing.js';
import type { NoiseKey } from '../engine/noise.js';
import { replayable } from '../engine/replay.js';
import type { Matrix, RowSource } from '../matrix.js';
import type { ApplyGradient } from '../models/layers/layer.js';
import { runTraining, type TrainingCurve, type TrainingHost, type TrainingTask } from './loop.js';
import { Minibatches } from './minibatches.js';
import { Optimiser, type OptimiserOptions } from './optimiser.js';

/** A model whose steps give gradients. */
export interface GradientModel {
  readonly parameters: Readonly<Record<string, tf.Variable>>;
  readonly state: Readonly<Record<string, tf.Variable>>;
  /** Factors of the learning rate by parameter; 1 where absent. */
  readonly speeds?: Readonly<Record<string, number>>;
  /**
   * Forward and backward pass on a minibatch, whose noise is a function of the key alone.
   *
   * @param tensors [batch, columns] of each source
   * @returns the loss when it is observed
   */
  step(
    tensors: readonly tf.Tensor2D[],
    apply: ApplyGradient,
    options: { readonly key: NoiseKey; readonly observe: boolean },
  ): number | undefined;
}

export interface GradientTraining
  extends Pick<TrainingTask, 'label' | 'shown' | 'measureEpoch' | 'isFinished'> {
  /** What keys its noise. */
  readonly purpose: string;
  /** Where its settings lie in a config: `models.contrastive`. */
  readonly path: string;
  /** With corresponding rows. */
  readonly sources: readonly (Matrix | RowSource)[];
  readonly config: GradientTrainingConfig;
  readonly seed: number;
  /** What checkpoints hold besides parameters, state and the optimiser's. */
  readonly variables?: Readonly<Record<string, tf.Variable>>;
}

/**
 * Trains a model by gradient descent on shuffled minibatches; its variables hold the result.
 *
 * @throws MmxError `training/diverged`, `training/too-few-examples`
 */
export async function trainByGradient(
  model: GradientModel,
  training: GradientTraining,
  host: TrainingHost,
): Promise<TrainingCurve> {
  const { purpose, path, sources, config, seed, variables, ...task } = training;
  const minibatches = new Minibatches(sources, config.batch, { seed, purpose });
  const optimiser = new Optimiser(
    optimiserOptions(config.optimiser),
    model.parameters,
    config.weight_decay,
    model.speeds,
  );
  const update = (start: Changing, step: Changing, observe: boolean): number | undefined =>
    tf.tidy(() =>
      model.step(
        minibatches.take(start),
        (name, parameter, gradient) => optimiser.descend(name, parameter, gradient, step),
        { key: { seed, purpose, step }, observe },
      ),
    );
  const unobserved = replayable(['start', 'step'], ({ start, step }) => {
    update(start, step, false);
  });
  try {
    return await runTraining(
      {
        ...task,
        epochs: config.epochs,
        stepsPerEpoch: minibatches.perEpoch,
        variables: { ...model.parameters, ...model.state, ...optimiser.variables, ...variables },
        step(epoch, index, step, observe) {
          const start = minibatches.prepare(epoch, index);
          if (!observe) {
            unobserved.run({ start, step });
            return undefined;
          }
          const loss = update(start, step, true);
          return loss === undefined ? undefined : { loss };
        },
        remedy: `a smaller ${path}.optimiser.learning_rate (it is ${config.optimiser.learning_rate})`,
      },
      host,
    );
  } finally {
    unobserved.dispose();
    minibatches.dispose();
    optimiser.dispose();
  }
}

function optimiserOptions(config: NetworkOptimiserConfig): OptimiserOptions {
  const { name, learning_rate: learningRate } = config;
  switch (name) {
    case 'sgd':
      return { name, learningRate, momentum: config.momentum };
    case 'adadelta':
      return { name, learningRate, rho: config.rho };
    default:
      return { name, learningRate };
  }
}
