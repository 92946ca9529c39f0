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

const dropout = () => belowOne().default(0).describe('Share of the units that an update leaves out');

const vocabulary = integerUpTo(mostTokens)
  .optional()
  .describe('Tokens there are, where the input is a sequence of tokens; the corpus says it unless given');

const embedding = units().default(64).describe('Numbers that stand for a token; used with `vocabulary` only');

const convolution = {
  filters: layers(1).default([32, 64]).describe('Filters of each convolution, from below'),
  kernel: integerUpTo(mostPlaces).default(3).describe('Places a filter sees along an axis'),
  pooling: integerUpTo(mostPlaces)
    .default(2)
    .describe('Places that max pooling makes one along an axis, after each convolution; 1 for none'),
  batch_normalisation: flag()
    .default(false)
    .describe('Whether a batch normalisation follows each convolution'),
  dense: units().default(128).describe('Units of the dense layer above'),
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
  positiveInteger().default(4).describe('Heads of each attention; they share the width evenly');

const width = () => units().default(64).describe('Numbers that stand for a step');

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
          layers: layers(1).default([128]).describe('Units of each rectified layer, from below'),
          dropout: dropout(),
        })
        .describe('Dense layers over all numbers of the input'),
      z
        .strictObject({ kind: z.literal('cnn'), ...convolution })
        .describe('Convolutions over the rows and columns of a picture, then a dense layer'),
      z
        .strictObject({
          kind: z.literal('cnn-1d'),
          ...convolution,
          vocabulary,
          embedding: units()
            .optional()
            .describe('Numbers that stand for a token, 64 unless given; used with `vocabulary` only'),
        })
        .describe('Convolutions over the steps of a sequence, the maximum over time, then a dense layer'),
      z
        .strictObject({
          kind: z.literal('lstm'),
          hidden: units().default(64).describe('Units of the state, of each direction'),
          bidirectional: flag()
            .default(false)
            .describe('Whether another LSTM walks from the last step to the first'),
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
          blocks: integerUpTo(mostLayers).default(1).describe('Attentions above each other'),
          vocabulary,
          dropout: dropout(),
        })
        .refine(sharedEvenly, unevenHeads)
        .describe('Self-attention over the steps of a sequence, then their mean'),
    ],
    oneOf('kind', ['dense', 'cnn', 'cnn-1d', 'lstm', 'attention']),
  )
  .describe('What makes a representation of one modality');

const encoders = {
  encoder: encoder
    .prefault({ kind: 'dense' })
    .describe('Encoder of the modalities that `encoders` does not name'),
  encoders: byModality(encoder).default({}).describe('Encoders by modality'),
};

export const fusion = z
  .discriminatedUnion(
    'kind',
    [
      z
        .strictObject({
          kind: z.literal('early'),
          layers: layers(1).default([128]).describe('Units of each rectified layer, from below'),
          dropout: dropout(),
        })
        .describe(
          'Inputs side by side, under one dense encoder; the encoders of the modalities are not used',
        ),
      z.strictObject({ kind: z.literal('concatenation') }).describe('Representations side by side'),
      z
        .strictObject({ kind: z.literal('average') })
        .describe('A head a modality, and the mean of their logits'),
      z
        .strictObject({
          kind: z.literal('gated'),
          units: units().default(128).describe('Units of each modality that are let through, or not'),
        })
        .describe('Gated multimodal units (Arevalo et al. 2017)'),
      z
        .strictObject({
          kind: z.literal('low-rank'),
          units: units().default(64).describe('Units of the fused representation'),
          rank: integerUpTo(1000).default(4).describe('Factors of each modality'),
        })
        .describe('Low-rank multimodal fusion (Liu et al. 2018): all products of units of all modalities'),
      z
        .strictObject({ kind: z.literal('cross-attention'), width: width(), heads: heads() })
        .refine(sharedEvenly, unevenHeads)
        .describe(
          "Each modality's steps attend to those of the others; then the mean over steps and modalities",
        ),
    ],
    oneOf('kind', ['early', 'concatenation', 'average', 'gated', 'low-rank', 'cross-attention']),
  )
  .describe('How the modalities become one');

const head = z
  .strictObject({
    hidden: layers(0)
      .default([])
      .describe('Units of each rectified layer between the fused modalities and the classes'),
    dropout: dropout(),
  })
  .describe('The classifier above');

const learningRate = (usual: number) => positive().default(usual).describe('Step size');

const optimiser = z
  .discriminatedUnion(
    'name',
    [
      z.strictObject({ name: z.literal('adam'), learning_rate: learningRate(1e-3) }),
      z
        .strictObject({ name: z.literal('adamw'), learning_rate: learningRate(1e-3) })
        .describe('Adam with weight decay beside the step'),
      z.strictObject({
        name: z.literal('sgd'),
        learning_rate: learningRate(0.1),
        momentum: belowOne().default(0).describe('Momentum coefficient'),
      }),
      z.strictObject({
        name: z.literal('adadelta'),
        learning_rate: learningRate(1).describe(
          "Factor of the rule's own step; 1 is Zeiler's, and was Keras's default",
        ),
        rho: openUnit().default(0.95).describe('Share of the running means that an update keeps'),
      }),
    ],
    oneOf('name', ['adam', 'adamw', 'sgd', 'adadelta']),
  )
  .describe('Update rule');

const training = (usual: z.input<typeof optimiser>) => ({
  epochs: positiveInteger().default(20).describe('Passes over the training examples'),
  batch: integerUpTo(mostExamples).default(100).describe('Examples in a minibatch'),
  optimiser: optimiser.prefault(usual),
  weight_decay: nonNegative().default(0).describe('L2 penalty on the weights'),
});

const modalityDropout = () =>
  belowOne()
    .default(0)
    .describe('Probability that an update leaves a modality of an example out; one always stays');

const earlyStopping = z
  .strictObject({
    patience: positiveInteger()
      .default(5)
      .describe('Epochs without a better accuracy after which training ends'),
    share: openUnit().default(0.1).describe('Share of the training part that is held out to measure it on'),
  })
  .describe(
    'Keeps the parameters of the epoch with the best accuracy on a held-out part of the training part',
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
      .describe('Examples count alike, or classes do: each example by the inverse frequency of its class'),
    early_stopping: earlyStopping.optional(),
  })
  .describe('A supervised network: an encoder a modality, a fusion, a head');

export const contrastive = z
  .strictObject({
    ...encoders,
    projection: z
      .strictObject({
        hidden: layers(0).default([128]).describe('Units of each rectified layer, from below'),
        dimensions: units().default(64).describe('Dimensions of the space that the modalities share'),
      })
      .prefault({})
      .describe('What leads from an encoder to the shared space; one a modality'),
    temperature: positive().default(0.1).describe('What similarities are divided by'),
    ...training({ name: 'adam' }),
  })
  .describe('Contrastive learning: an encoder a modality, InfoNCE between the modalities of an example');

export const stackedAutoencoder = z
  .strictObject({
    shares: z
      .array(openUnit(), 'must be a list of numbers between 0 and 1')
      .min(1, 'must name at least one layer')
      .max(mostLayers, `must name at most ${mostLayers} layers`)
      .default([0.3, 0.09, 0.027])
      .describe(
        'Units of each encoding layer in units of its inputs; the last layer is shared by the modalities',
      ),
    modality_dropout: modalityDropout(),
    ...training({ name: 'adadelta' }),
  })
  .describe(
    'A stack of rectified layers that reconstructs inputs in [0, 1], trained as a whole, without labels',
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
