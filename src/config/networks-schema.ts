import { z } from 'zod';
import { modalityBalance } from './modality-balance-schema.js';
import {
  belowOne,
  byModality,
  flag,
  integerUpTo,
  nonNegative,
  openUnit,
  positive,
  positiveInteger,
} from './numbers.js';

/**
 * Networks that gradients train as a whole: the sections `network` (supervised), `contrastive` and `stacked_autoencoder`
 * (both without labels) of an experiment.
 */

const mostUnits = 100_000;
const mostExamples = 1_000_000;
const mostTokens = 1_000_000;
/** Layers above each other, and attention blocks. */
const mostLayers = 20;
/** Places of a filter or a pooling along an axis. */
const mostPlaces = 1000;

const units = () => integerUpTo(mostUnits);

const layers = (least: number) =>
  z
    .array(units(), 'must be a list of whole numbers')
    .min(least, 'must name at least one layer')
    .max(mostLayers, `must name at most ${mostLayers} layers`);

const dropout = () => belowOne().default(0).describe('Fraction of the units that each update leaves out');

const vocabulary = integerUpTo(mostTokens)
  .optional()
  .describe(
    'Number of distinct tokens, where the input is a sequence of tokens; taken from the corpus when absent',
  );

const embedding = units()
  .default(64)
  .describe('Dimensions of the embedding of a token; used with `vocabulary` only');

const convolution = {
  filters: layers(1)
    .default([32, 64])
    .describe('Number of filters of each convolution, from the input upwards'),
  kernel: integerUpTo(mostPlaces).default(3).describe('Size of a filter along each axis'),
  pooling: integerUpTo(mostPlaces)
    .default(2)
    .describe('Size of the max pooling along each axis, after each convolution; 1 turns it off'),
  batch_normalisation: flag().default(false).describe('Whether batch normalisation follows each convolution'),
  dense: units().default(128).describe('Number of units of the dense layer above'),
  dropout: dropout(),
};

/** The sentence of a map that is one of several kinds, told apart by one of its keys. */
const oneOf = (key: string, names: readonly string[]) => ({
  error: ({ code }: { readonly code?: string }): string =>
    code === 'invalid_type'
      ? `must be a map with a \`${key}\``
      : `must be ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`,
});

const heads = () =>
  positiveInteger().default(4).describe('Number of heads of each attention; must divide `width`');

const width = () => units().default(64).describe('Dimensions of the representation of a step');

/** Of a map with both: what attention demands. */
const sharedEvenly = ({ width, heads }: { readonly width: number; readonly heads: number }): boolean =>
  width % heads === 0;

const unevenHeads = { path: ['heads'], error: 'must divide `width`' };

export const encoder = z
  .discriminatedUnion(
    'kind',
    [
      z
        .strictObject({
          kind: z.literal('dense'),
          layers: layers(1)
            .default([128])
            .describe('Number of units of each rectified layer, from the input upwards'),
          dropout: dropout(),
        })
        .describe('Dense layers on all values of the input'),
      z
        .strictObject({ kind: z.literal('cnn'), ...convolution })
        .describe('Convolutions over the rows and columns of a picture, followed by a dense layer'),
      z
        .strictObject({
          kind: z.literal('cnn-1d'),
          ...convolution,
          vocabulary,
          embedding: units()
            .optional()
            .describe('Dimensions of the embedding of a token, 64 when absent; used with `vocabulary` only'),
        })
        .describe(
          'Convolutions over the steps of a sequence, followed by the maximum over time and a dense layer',
        ),
      z
        .strictObject({
          kind: z.literal('lstm'),
          hidden: units().default(64).describe('Number of units of the state, per direction'),
          bidirectional: flag()
            .default(false)
            .describe('Whether a second LSTM runs from the last step to the first'),
          vocabulary,
          embedding,
          dropout: dropout(),
        })
        .describe('Long short-term memory over the steps of a sequence'),
      z
        .strictObject({
          kind: z.literal('attention'),
          width: width(),
          heads: heads(),
          blocks: integerUpTo(mostLayers).default(1).describe('Number of attention blocks'),
          vocabulary,
          dropout: dropout(),
        })
        .refine(sharedEvenly, unevenHeads)
        .describe('Self-attention over the steps of a sequence, followed by their mean'),
    ],
    oneOf('kind', ['dense', 'cnn', 'cnn-1d', 'lstm', 'attention']),
  )
  .describe('Encoder of one modality');

const encoders = {
  encoder: encoder
    .prefault({ kind: 'dense' })
    .describe('Encoder of all modalities that `encoders` does not name'),
  encoders: byModality(encoder).default({}).describe('Encoders by modality'),
};

export const fusion = z
  .discriminatedUnion(
    'kind',
    [
      z
        .strictObject({
          kind: z.literal('early'),
          layers: layers(1)
            .default([128])
            .describe('Number of units of each rectified layer, from the input upwards'),
          dropout: dropout(),
        })
        .describe('Concatenated inputs under one dense encoder; the encoders of the modalities are not used'),
      z.strictObject({ kind: z.literal('concatenation') }).describe('Concatenated representations'),
      z
        .strictObject({ kind: z.literal('average') })
        .describe('One head per modality; their logits are averaged'),
      z
        .strictObject({
          kind: z.literal('gated'),
          units: units().default(128).describe('Number of units per modality that the gates weight'),
        })
        .describe('Gated multimodal units (Arevalo et al. 2017)'),
      z
        .strictObject({
          kind: z.literal('low-rank'),
          units: units().default(64).describe('Number of units of the fused representation'),
          rank: integerUpTo(1000).default(4).describe('Rank: number of factors per modality'),
        })
        .describe('Low-rank multimodal fusion (Liu et al. 2018): products of the units of all modalities'),
      z
        .strictObject({ kind: z.literal('cross-attention'), width: width(), heads: heads() })
        .refine(sharedEvenly, unevenHeads)
        .describe(
          'The steps of each modality attend to those of the others, followed by the mean over steps and modalities',
        ),
    ],
    oneOf('kind', ['early', 'concatenation', 'average', 'gated', 'low-rank', 'cross-attention']),
  )
  .describe('How the representations of the modalities are fused');

const head = z
  .strictObject({
    hidden: layers(0)
      .default([])
      .describe('Number of units of each rectified layer between the fused representation and the classes'),
    dropout: dropout(),
  })
  .describe('Classifier on the fused representation');

const learningRate = (usual: number) => positive().default(usual).describe('Step size');

const optimiser = z
  .discriminatedUnion(
    'name',
    [
      z.strictObject({ name: z.literal('adam'), learning_rate: learningRate(1e-3) }),
      z
        .strictObject({ name: z.literal('adamw'), learning_rate: learningRate(1e-3) })
        .describe('Adam with decoupled weight decay'),
      z.strictObject({
        name: z.literal('sgd'),
        learning_rate: learningRate(0.1),
        momentum: belowOne().default(0).describe('Momentum coefficient'),
      }),
      z.strictObject({
        name: z.literal('adadelta'),
        learning_rate: learningRate(1).describe(
          'Factor of the step that the rule computes; 1 is the value of Zeiler (2012) and of early versions of Keras',
        ),
        rho: openUnit().default(0.95).describe('Decay of the running means: fraction kept in each update'),
      }),
    ],
    oneOf('name', ['adam', 'adamw', 'sgd', 'adadelta']),
  )
  .describe('Update rule');

const training = (usual: z.input<typeof optimiser>) => ({
  epochs: positiveInteger().default(20).describe('Number of passes over the training examples'),
  batch: integerUpTo(mostExamples).default(100).describe('Examples per minibatch'),
  optimiser: optimiser.prefault(usual),
  weight_decay: nonNegative().default(0).describe('L2 penalty on the weights'),
});

const modalityDropout = () =>
  belowOne()
    .default(0)
    .describe(
      'Probability that an update leaves out a modality of an example; at least one modality is always kept',
    );

const earlyStopping = z
  .strictObject({
    patience: positiveInteger()
      .default(5)
      .describe('Number of epochs without a better accuracy after which training stops'),
    share: openUnit()
      .default(0.1)
      .describe('Fraction of the training part that is held out to measure the accuracy'),
  })
  .describe(
    'Stops training early and keeps the parameters of the epoch with the best accuracy on a held-out part of the training part',
  );

export const network = z
  .strictObject({
    ...encoders,
    fusion: fusion.prefault({ kind: 'concatenation' }),
    head: head.prefault({}),
    modality_dropout: modalityDropout(),
    ...modalityBalance,
    ...training({ name: 'adam' }),
    class_weights: z
      .enum(['none', 'balanced'])
      .default('none')
      .describe(
        '`none`: all examples have the same weight; `balanced`: each example is weighted by the inverse frequency of its class',
      ),
    early_stopping: earlyStopping.optional(),
  })
  .describe('Supervised network: one encoder per modality, a fusion and a head');

export const contrastive = z
  .strictObject({
    ...encoders,
    projection: z
      .strictObject({
        hidden: layers(0)
          .default([128])
          .describe('Number of units of each rectified layer, from the input upwards'),
        dimensions: units().default(64).describe('Number of dimensions of the shared space'),
      })
      .prefault({})
      .describe('Projection from an encoder to the shared space; one per modality'),
    temperature: positive().default(0.1).describe('Temperature by which similarities are divided'),
    ...training({ name: 'adam' }),
  })
  .describe(
    'Contrastive learning: one encoder per modality, InfoNCE loss between the modalities of an example',
  );

export const stackedAutoencoder = z
  .strictObject({
    shares: z
      .array(openUnit(), 'must be a list of numbers between 0 and 1')
      .min(1, 'must name at least one layer')
      .max(mostLayers, `must name at most ${mostLayers} layers`)
      .default([0.3, 0.09, 0.027])
      .describe(
        'Number of units of each encoding layer as a fraction of the number of its inputs; the last layer is shared by the modalities',
      ),
    modality_dropout: modalityDropout(),
    ...training({ name: 'adadelta' }),
  })
  .describe(
    'Stack of rectified layers that reconstructs inputs in [0, 1]; trained end to end, without labels',
  );

export type EncoderConfig = z.output<typeof encoder>;
export type FusionConfig = z.output<typeof fusion>;
export type HeadConfig = z.output<typeof head>;
export type NetworkOptimiserConfig = z.output<typeof optimiser>;
export type NetworkConfig = z.output<typeof network>;
export type ContrastiveConfig = z.output<typeof contrastive>;
export type StackedAutoencoderConfig = z.output<typeof stackedAutoencoder>;
/** How many examples, how often and by which rule: what the three have in common. */
export type GradientTrainingConfig = Pick<NetworkConfig, 'epochs' | 'batch' | 'optimiser' | 'weight_decay'>;
/** A config of one kind. */
export type OfKind<Config extends { readonly kind: string }, Kind extends Config['kind']> = Extract<
  Config,
  { readonly kind: Kind }
>;
