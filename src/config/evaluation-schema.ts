import { z } from 'zod';
import {
  flag,
  integerFrom,
  integerUpTo,
  modality,
  nonNegativeInteger,
  positive,
  positiveInteger,
} from './numbers.js';

/** How a model becomes an accuracy: the sections `features` and `evaluation` of an experiment. */

const featureKind = z.enum(['posterior', 'preactivation']);

export const features = z
  .strictObject({
    unimodal: featureKind.default('posterior').describe("What is read from one modality's hidden layer"),
    joint: featureKind.default('posterior').describe('What is read from the joint layer'),
    normalise: z
      .enum(['none', 'l2'])
      .default('none')
      .describe('Scale the features of each example to length 1'),
    absent: z
      .enum(['zero', 'inferred'])
      .default('zero')
      .describe(
        'Bimodal DBN: an absent modality is zero at its input, or its layer is inferred by mean-field',
      ),
    beside: z
      .array(modality)
      .default([])
      .describe(
        "Modalities whose RBM's posteriors are put beside the features (the paper's concatenated features)",
      ),
  })
  .describe('Which values of a model become features');

const classifier = z
  .strictObject({
    c: z
      .union([positive(), z.array(positive()).min(1, 'must name at least one value of C')], {
        error: 'must be a number above 0, or a list of them',
      })
      .default([0.01, 0.1, 1, 10])
      .describe('Penalty of errors; of a list, cross-validation inside the training part picks one'),
    cv_folds: integerFrom(2).default(3).describe('Folds of that cross-validation'),
    cv_examples: z
      .union([positiveInteger(), z.literal('all')], {
        error: 'must be a whole number of at least 1, or `all`',
      })
      .default(10_000)
      .describe('Training examples the cross-validation looks at'),
    tolerance: positive()
      .default(1e-3)
      .describe('Relative size of the optimality violation that ends the solver'),
    bias: flag().default(true).describe('Append a constant feature'),
  })
  .describe('Linear support vector machine: L2-regularised squared hinge, one against the rest');

const noise = z
  .strictObject({
    snr: z.number({ error: 'must be a number' }).default(0).describe('Signal-to-noise ratio in dB'),
    draws: integerUpTo(1000).default(5).describe('Draws of the noise; each is tested'),
    training: z
      .enum(['clean', 'noisy'])
      .default('clean')
      .describe('Whether the classifier is trained on clean sound, or on sound with one draw of the noise'),
    seed: nonNegativeInteger().default(1).describe('Of the noise; the same for every row and seed'),
  })
  .describe('White Gaussian noise on the waveform of the clips that are tested');

export const evaluation = z
  .strictObject({
    protocol: z
      .enum(['train-test', 'train-folds', 'test-folds'])
      .default('train-test')
      .describe(
        'Classifier trained on the training part and tested on the test part; or, for choosing hyperparameters, ' +
          'cross-validated inside the training part; or inside the test part, in contiguous folds',
      ),
    noise: noise.optional(),
    pooling: z
      .array(integerUpTo(1000), 'must be a list of whole numbers')
      .min(1, 'must name at least one number of slices')
      .max(20, 'must name at most 20 numbers of slices')
      .default([1, 3])
      .describe('Of clips: cut into so many equal slices, features averaged in each, all side by side'),
    folds: integerFrom(2).default(5).describe('Folds of `protocol: test-folds` and `train-folds`'),
    standardise: z
      .enum(['none', 'training', 'presence'])
      .default('none')
      .describe(
        "Features to zero mean and unit variance: by the classifier's training examples, or each side of a " +
          'shared setting by the unlabelled training part seen through the same modality',
      ),
    readout: z
      .enum(['auto', 'svm', 'head'])
      .default('auto')
      .describe(
        'What answers: a linear support vector machine on the features, or the head of a supervised network; `auto` ' +
          'takes the head where there is one',
      ),
    label_share: z
      .number('must be a number above 0 and at most 1')
      .gt(0, 'must be above 0')
      .max(1, 'must be at most 1')
      .default(1)
      .describe(
        'Share of the labels of the training part that supervised training sees, each class in its own; features are ' +
          'learnt from all examples',
      ),
    classifier: classifier.prefault({}),
  })
  .describe('How features become an accuracy');

export type FeaturesConfig = z.output<typeof features>;
export type EvaluationConfig = z.output<typeof evaluation>;
export type ClassifierConfig = z.output<typeof classifier>;
export type NoiseConfig = z.output<typeof noise>;
