import type { RbmConfig } from '../config/schema.js';
import type { Matrix } from '../matrix.js';
import {
  ContrastiveDivergence,
  initialRbmParameters,
  Rbm,
  type RbmParameters,
  type RbmShape,
} from '../models/rbm.js';
import { runTraining, type TrainingCurve, type TrainingHost } from './loop.js';
import { Minibatches } from './minibatches.js';
import { scheduleAt } from './schedule.js';

/**
 * Trains a sparse RBM by contrastive divergence.
 *
 * @param data examples × visible
 * @param name which RBM of the experiment: a modality, `joint` or `shallow`; keys the noise, names the messages
 * @throws MmxError `training/diverged`, `training/too-few-examples`
 */
export async function trainRbm(
  data: Matrix,
  config: RbmConfig,
  name: string,
  seed: number,
  host: TrainingHost,
): Promise<{ shape: RbmShape; parameters: RbmParameters; curve: TrainingCurve }> {
  const purpose = `rbm/${name}`;
  const shape = {
    visible: data.columns,
    hidden: config.hidden,
    units: config.visible,
    sigma: sigmaOf(config),
  };
  const minibatches = new Minibatches([data], config.batch, { seed, purpose });
  const rbm = new Rbm(shape, initialRbmParameters(shape, config.init_sd, seed, purpose));
  const trainer = new ContrastiveDivergence(rbm);
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
          const [v0] = minibatches.at(epoch, index);
          if (!v0) throw new Error('an RBM trains on one matrix');
          const hyper = {
            ...scheduleAt(schedule, epoch),
            weightDecay: config.weight_decay,
            cdSteps: config.cd_steps,
            sparsity: config.sparsity,
          };
          const observation = trainer.step(v0, hyper, { seed, purpose, step }, observe);
          v0.dispose();
          return observation;
        },
        shown: ['reconstruction', 'freeEnergy', 'activation', 'sparseness'],
        remedy: `a smaller rbm.${name}.learning_rate (it is ${config.learning_rate})`,
      },
      host,
    );
    return { shape, parameters: rbm.parameters(), curve };
  } finally {
    trainer.dispose();
    rbm.dispose();
  }
}

/** The noise level of the visible units as the energy uses it: binary units have none. */
function sigmaOf(config: RbmConfig): number {
  return config.visible === 'binary' ? 1 : config.sigma;
}
