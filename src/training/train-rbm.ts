import * as tf from '@tensorflow/tfjs-core';
import type { SettledRbmConfig } from '../config/schema.js';
import type { Changing } from '../engine/changing.js';
import { replayable } from '../engine/replay.js';
import type { Matrix, RowSource } from '../matrix.js';
import {
  ContrastiveDivergence,
  initialRbmParameters,
  Rbm,
  type RbmObservation,
  type RbmParameters,
  type RbmShape,
} from '../models/rbm.js';
import { runTraining, type TrainingCurve, type TrainingHost } from './loop.js';
import { Minibatches } from './minibatches.js';
import { scheduleAt } from './schedule.js';

/** What the layers below make of the examples, computed a minibatch at a time instead of being stored. */
export interface LayersBelow {
  readonly sources: readonly (Matrix | RowSource)[];
  /** Columns of what `through` returns: the visible units. */
  readonly columns: number;
  /** [batch, columns] from one [batch, columns of the source] a source; runs inside a tidy. */
  through(inputs: tf.Tensor2D[]): tf.Tensor2D;
}

/**
 * Trains a sparse RBM by contrastive divergence.
 *
 * @param data examples × visible, or the layers below that make them
 * @param name which RBM of the experiment: a modality, `joint` or `shallow`; keys the noise, names the messages
 * @throws MmxError `training/diverged`, `training/too-few-examples`
 */
export async function trainRbm(
  data: Matrix | RowSource | LayersBelow,
  config: SettledRbmConfig,
  name: string,
  seed: number,
  host: TrainingHost,
): Promise<{ shape: RbmShape; parameters: RbmParameters; curve: TrainingCurve }> {
  const below = 'through' in data ? data : { sources: [data], columns: data.columns, through: onlyOne };
  const purpose = `rbm/${name}`;
  const shape = {
    visible: below.columns,
    hidden: config.hidden,
    units: config.visible,
    sigma: sigmaOf(config),
  };
  const minibatches = new Minibatches(below.sources, config.batch, { seed, purpose });
  const activation = config.sparse_start ? config.sparsity.target : 0.5;
  const rbm = new Rbm(shape, initialRbmParameters(shape, config.init_sd, seed, purpose, activation));
  const trainer = new ContrastiveDivergence(rbm);
  const update = ({ start, step, ...scheduled }: CdNumbers, observe: boolean): RbmObservation | undefined =>
    tf.tidy(() => {
      const v0 = below.through(minibatches.take(start));
      const hyper = {
        ...scheduled,
        weightDecay: config.weight_decay,
        cdSteps: config.cd_steps,
        sparsity: config.sparsity,
      };
      return trainer.step(v0, hyper, { seed, purpose, step }, observe);
    });
  const unobserved = replayable(['start', 'step', 'learningRate', 'momentum'], (numbers) => {
    update(numbers, false);
  });
  const schedule = {
    learningRate: config.learning_rate,
    learningRateDecay: config.learning_rate_decay,
    momentum: {
      initial: config.momentum.initial,
      final: config.momentum.final,
      switchEpoch: config.momentum.switch_epoch,
    },
  };
  try {
    const curve = await runTraining(
      {
        label: `rbm ${name}`,
        epochs: config.epochs,
        stepsPerEpoch: minibatches.perEpoch,
        variables: {
          weights: rbm.weights,
          visibleBias: rbm.visibleBias,
          hiddenBias: rbm.hiddenBias,
          weightsVelocity: trainer.velocity.weights,
          visibleBiasVelocity: trainer.velocity.visibleBias,
          hiddenBiasVelocity: trainer.velocity.hiddenBias,
        },
        step(epoch, index, step, observe) {
          const numbers = { start: minibatches.prepare(epoch, index), step, ...scheduleAt(schedule, epoch) };
          if (observe) return update(numbers, true);
          unobserved.run(numbers);
          return undefined;
        },
        shown: ['reconstruction', 'freeEnergy', 'activation', 'sparseness'],
        remedy: remedyFor(name, config),
      },
      host,
    );
    return { shape, parameters: rbm.parameters(), curve };
  } finally {
    unobserved.dispose();
    minibatches.dispose();
    trainer.dispose();
    rbm.dispose();
  }
}

/** What changes from update to update. */
interface CdNumbers {
  /** Of the minibatch. */
  readonly start: Changing;
  readonly step: Changing;
  readonly learningRate: Changing;
  readonly momentum: Changing;
}

function remedyFor(name: string, { visible, sparse_start, learning_rate }: SettledRbmConfig): string {
  const slower = `a smaller rbm.${name}.learning_rate (it is ${learning_rate})`;
  return visible === 'gaussian' && !sparse_start ? `rbm.${name}.sparse_start: true, or ${slower}` : slower;
}

function onlyOne([inputs]: tf.Tensor2D[]): tf.Tensor2D {
  if (!inputs) throw new Error('an RBM trains on at least one source');
  return inputs;
}

/** The noise level of the visible units as the energy uses it: binary units have none. */
function sigmaOf(config: SettledRbmConfig): number {
  return config.visible === 'binary' ? 1 : config.sigma;
}
