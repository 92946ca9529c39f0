import * as tf from '@tensorflow/tfjs-core';
import type { AutoencoderConfig, OptimiserConfig } from '../config/schema.js';
import type { Changing } from '../engine/changing.js';
import type { NoiseKey } from '../engine/noise.js';
import { bernoulli } from '../engine/operations.js';
import { replayable } from '../engine/replay.js';
import type { Matrix, RowSource } from '../matrix.js';
import { Autoencoder, type AutoencoderParameters, type AutoencoderShape } from '../models/autoencoder.js';
import { runTraining, type TrainingCurve, type TrainingHost } from './loop.js';
import { Minibatches } from './minibatches.js';
import { Optimiser, type OptimiserOptions } from './optimiser.js';

/**
 * Fine-tunes a deep autoencoder by gradient descent on its reconstructions (paper section 3.2). With two inputs
 * and `augmentation: thirds`, a third of each minibatch shows both modalities, a third only the first and a
 * third only the second; the targets are always both, clean. More inputs are shown all together and each alone likewise. `corruption` sets inputs to zero at random besides
 * (masking noise, Vincent et al. 2008), which the paper does not mention.
 *
 * @param data the examples of every modality the shape names, by modality
 * @throws MmxError `training/diverged`, `training/too-few-examples`
 */
export async function trainAutoencoder(
  data: Readonly<Record<string, Matrix | RowSource>>,
  shape: AutoencoderShape,
  initial: AutoencoderParameters,
  config: AutoencoderConfig,
  seed: number,
  host: TrainingHost,
): Promise<{ parameters: AutoencoderParameters; curve: TrainingCurve }> {
  const sources = [...shape.inputs, ...shape.outputs].map(({ modality }) => {
    const source = data[modality];
    if (!source) throw new Error(`deep autoencoder: no examples of ${modality}`);
    return source;
  });
  const inputCount = shape.inputs.length;
  const hide = inputCount >= 2 && config.augmentation === 'thirds' ? hiddenInTurn(inputCount) : undefined;
  const minibatches = new Minibatches(sources, config.batch, { seed, purpose: 'autoencoder' }, { hide });
  const model = new Autoencoder(shape, initial);
  const optimiser = new Optimiser(optimiserOptions(config.optimiser), model.parameters, config.weight_decay);
  const lossWeights = shape.outputs.map(({ modality }) => config.loss_weights[modality] ?? 1);
  const update = (start: Changing, step: Changing, observe: boolean): number | undefined =>
    tf.tidy(() => {
      const tensors = minibatches.take(start);
      return model.step(
        tensors
          .slice(0, inputCount)
          .map((input, i) =>
            corrupted(input, config.corruption, { seed, step, purpose: `autoencoder/corruption-${i}` }),
          ),
        tensors.slice(inputCount),
        (name, parameter, gradient) => optimiser.descend(name, parameter, gradient, step),
        observe,
        lossWeights,
      );
    });
  const unobserved = replayable(['start', 'step'], ({ start, step }) => {
    update(start, step, false);
  });
  try {
    const curve = await runTraining(
      {
        label: `${shape.inputs.map((branch) => branch.modality).join('+')} autoencoder`,
        epochs: config.epochs,
        stepsPerEpoch: minibatches.perEpoch,
        variables: { ...model.parameters, ...optimiser.variables },
        step(epoch, index, step, observe) {
          const start = minibatches.prepare(epoch, index);
          if (!observe) {
            unobserved.run({ start, step });
            return undefined;
          }
          const loss = update(start, step, true);
          return loss === undefined ? undefined : { loss };
        },
        shown: ['loss'],
        remedy: `a smaller autoencoder.optimiser.learning_rate (it is ${config.optimiser.learning_rate})`,
      },
      host,
    );
    const parameters = Object.fromEntries(
      Object.entries(model.parameters).map(([name, variable]) => [
        name,
        variable.dataSync().slice() as Float32Array,
      ]),
    );
    return { parameters, curve };
  } finally {
    unobserved.dispose();
    minibatches.dispose();
    optimiser.dispose();
    model.dispose();
  }
}

/** Each input kept with probability 1 − `share`, else zero. */
const corrupted = (input: tf.Tensor2D, share: number, key: NoiseKey): tf.Tensor2D =>
  share === 0 ? input : tf.mul(input, bernoulli(tf.fill(input.shape, 1 - share), key));

/** Position p of a shuffled minibatch shows all inputs, only the first, only the second …, in turn. Sources behind them are targets. */
const hiddenInTurn =
  (inputs: number) =>
  (source: number, position: number): boolean => {
    const only = position % (inputs + 1);
    return source < inputs && only !== 0 && source !== only - 1;
  };

function optimiserOptions(config: OptimiserConfig): OptimiserOptions {
  return config.name === 'adam'
    ? { name: 'adam', learningRate: config.learning_rate }
    : { name: 'momentum', learningRate: config.learning_rate, momentum: config.momentum };
}
