import { z } from 'zod';
import {
  belowOne,
  byModality,
  flag,
  integerUpTo,
  nonNegative,
  nonNegativeInteger,
  openUnit,
  positive,
  positiveInteger,
} from './numbers.js';

/** What is learnt, and how it is trained: the sections `rbm`, `autoencoder` and `cca` of an experiment. */

/** Units of a layer, and examples of a minibatch. */
const mostUnits = 100_000;
const mostExamples = 1_000_000;
/** Sections of a mapping by modality: two modalities have six RBMs. */
const mostSections = 20;

const momentum = z
  .strictObject({
    initial: belowOne().default(0.5).describe('Momentum in the first epochs'),
    final: belowOne().default(0.9).describe('Momentum afterwards'),
    switch_epoch: nonNegativeInteger()
      .default(5)
      .describe('Number of epochs trained with the initial momentum'),
  })
  .describe('Momentum schedule');

const sparsity = z
  .strictObject({
    target: z
      .union([openUnit(), z.array(openUnit()).min(2, 'must name at least two values')], {
        error: 'must be a number between 0 and 1, or a list of them',
      })
      .default(0.05)
      .describe(
        'rho, the target mean activation of every hidden unit. If a list is given, the RBM of a modality uses the value ' +
          'whose features classify the training part best in cross-validation',
      ),
    cost: nonNegative().default(3).describe('lambda, the weight of the penalty; 0 turns it off'),
    form: z
      .enum(['gradient', 'bias'])
      .default('bias')
      .describe('`gradient`: the exact gradient of the penalty; `bias`: an update of the hidden biases only'),
  })
  .describe('Penalty lambda * sum_j (rho - mean activation of hidden unit j)^2');

export const rbm = z
  .strictObject({
    hidden: integerUpTo(mostUnits).default(500).describe('Number of hidden units'),
    visible: z
      .enum(['binary', 'gaussian'])
      .default('binary')
      .describe(
        'Type of the visible units: `binary` for inputs in [0, 1] and for posteriors, `gaussian` for whitened inputs',
      ),
    sigma: positive()
      .default(1)
      .describe(
        'Standard deviation of gaussian visible units. The gradient contains the factor 1 / sigma^2, which published ' +
          'learning rates often include already',
      ),
    epochs: positiveInteger().default(8).describe('Number of passes over the unlabelled examples'),
    batch: integerUpTo(mostExamples).default(100).describe('Examples per minibatch'),
    learning_rate: positive().default(0.05).describe('Step size in the first epoch'),
    learning_rate_decay: nonNegative()
      .default(0)
      .describe('d: the learning rate in epoch t (counted from 0) is divided by 1 + d t'),
    momentum: momentum.prefault({}),
    weight_decay: nonNegative().default(2e-4).describe('L2 penalty on the weights'),
    cd_steps: positiveInteger().default(1).describe('Number of Gibbs steps, k in CD-k'),
    init_sd: nonNegative().default(0.01).describe('Standard deviation of the initial weights'),
    sparse_start: flag()
      .default(false)
      .describe('Whether hidden units start with the mean activation `sparsity.target` instead of 0.5'),
    sparsity: sparsity.prefault({}),
  })
  .describe('A sparse restricted Boltzmann machine and how it is trained');

const optimiser = z
  .strictObject({
    name: z.enum(['adam', 'momentum']).default('adam').describe('Update rule'),
    learning_rate: positive().default(1e-3).describe('Step size'),
    momentum: belowOne().default(0.9).describe('Momentum coefficient; used with `name: momentum` only'),
  })
  .describe('Update rule of fine-tuning');

export const autoencoder = z
  .strictObject({
    epochs: positiveInteger().default(10).describe('Number of passes over the unlabelled examples'),
    batch: integerUpTo(mostExamples).default(100).describe('Examples per minibatch'),
    loss: z
      .enum(['squared-error', 'cross-entropy'])
      .default('squared-error')
      .describe(
        '`squared-error` with linear outputs, or `cross-entropy` with sigmoid outputs for inputs in [0, 1]',
      ),
    optimiser: optimiser.prefault({}),
    weight_decay: nonNegative().default(0).describe('L2 penalty on the weights'),
    augmentation: z
      .enum(['thirds', 'none'])
      .default('thirds')
      .describe(
        'Bimodal model: `thirds` uses a third of the examples with each modality alone and a third with both; `none` always uses both',
      ),
    corruption: belowOne()
      .default(0)
      .describe(
        'Fraction of the inputs that is set to zero, drawn anew in each update (masking noise); the targets are unchanged',
      ),
    loss_weights: byModality(positive())
      .default({})
      .describe('Factors of the reconstruction loss by modality; 1 where absent'),
    reconstruct: z
      .enum(['both', 'input'])
      .default('both')
      .describe(
        '`both`: both modalities are reconstructed; `input` (control): only the one that is the input',
      ),
    fine_tune: flag()
      .default(true)
      .describe('Whether the weights are fine-tuned; false keeps the initial weights'),
    initialise: z
      .enum(['dbn', 'random'])
      .default('dbn')
      .describe('Initial weights: `dbn` unrolls the bimodal DBN; `random` (control) draws them at random'),
  })
  .describe('Training of the deep autoencoders');

export const cca = z
  .strictObject({
    dimensions: integerUpTo(mostUnits).default(50).describe('Number of pairs of canonical variates kept'),
    ridge: nonNegative()
      .default(1e-4)
      .describe('Added to the diagonal of both covariance matrices, relative to their mean feature variance'),
    weighting: nonNegative()
      .default(0)
      .describe('Each variate is multiplied by this power of its canonical correlation'),
  })
  .describe('Canonical correlation analysis');

export const rbmSections = z
  .record(
    z.string().regex(/^[a-z][a-z0-9_]*$/, 'is not a valid name: use lower-case letters, digits and _'),
    rbm,
  )
  .refine(
    (sections) => Object.keys(sections).length <= mostSections,
    `must have at most ${mostSections} RBMs`,
  )
  .describe(
    'One section per modality, named after it; `<modality>_above` for its second layer (stacked-rbm-cca), `joint` for the top layer of the DBN, `shallow` for the shallow bimodal RBM',
  );

export type RbmConfig = z.output<typeof rbm>;
/** An RBM whose sparsity target is settled: what training takes. */
export type SettledRbmConfig = Omit<RbmConfig, 'sparsity'> & {
  readonly sparsity: Omit<RbmConfig['sparsity'], 'target'> & { readonly target: number };
};
export type AutoencoderConfig = z.output<typeof autoencoder>;
export type OptimiserConfig = z.output<typeof optimiser>;
export type CcaConfig = z.output<typeof cca>;

/** @param target one of the targets of the config's list. @throws Error when it is a list and none is given */
export function settledRbm(config: RbmConfig, target = config.sparsity.target): SettledRbmConfig {
  if (typeof target !== 'number') throw new Error('the sparsity target of this RBM is still a list');
  return { ...config, sparsity: { ...config.sparsity, target } };
}
