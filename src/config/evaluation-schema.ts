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
    unimodal: featureKind.default('posterior').describe('What is read from the hidden layer of one modality'),
    joint: featureKind.default('posterior').describe('What is read from the joint layer'),
    normalise: z
      .enum(['none', 'l2'])
      .default('none')
      .describe('`l2` scales the features of each example to length 1'),
    absent: z
      .enum(['zero', 'inferred'])
      .default('zero')
      .describe(
        'Bimodal DBN: `zero` sets the input of an absent modality to zero; `inferred` infers its layer by mean-field',
      ),
    beside: z
      .array(modality)
      .default([])
      .describe(
        "Modalities whose RBM posteriors are concatenated with the features (the paper's concatenated features)",
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
      .describe('Penalty of errors; cross-validation within the training part chooses one value from a list'),
    cv_folds: integerFrom(2).default(3).describe('Number of folds of the cross-validation that chooses C'),
    cv_examples: z
      .union([positiveInteger(), z.literal('all')], {
        error: 'must be a whole number of at least 1, or `all`',
      })
      .default(10_000)
      .describe('Number of training examples used in that cross-validation'),
    tolerance: positive()
      .default(1e-3)
      .describe('The solver stops when the relative violation of the optimality conditions is this small'),
    bias: flag().default(true).describe('Whether a constant feature is appended'),
  })
  .describe('Linear support vector machine: L2-regularised squared hinge loss, one-vs-rest');

const noise = z
  .strictObject({
    snr: z.number({ error: 'must be a number' }).default(0).describe('Signal-to-noise ratio in dB'),
    draws: integerUpTo(1000)
      .default(5)
      .describe('Number of draws of the noise; the classifier is tested on each'),
    training: z
      .enum(['clean', 'noisy'])
      .default('clean')
      .describe('Whether the classifier is trained on clean sound or on sound with one draw of the noise'),
    seed: nonNegativeInteger()
      .default(1)
      .describe('Seed of the noise; the noise is the same for every row and every seed of the experiment'),
  })
  .describe('White Gaussian noise added to the waveforms of the test clips');

export const evaluation = z
  .strictObject({
    protocol: z
      .enum(['train-test', 'train-folds', 'test-folds'])
      .default('train-test')
      .describe(
        '`train-test`: the classifier is trained on the training part and tested on the test part; `train-folds`: it is ' +
          'cross-validated within the training part, for choosing hyperparameters; `test-folds`: it is ' +
          'cross-validated within the test part, in contiguous folds',
      ),
    noise: noise.optional(),
    pooling: z
      .array(integerUpTo(1000), 'must be a list of whole numbers')
      .min(1, 'must name at least one number of slices')
      .max(20, 'must name at most 20 numbers of slices')
      .default([1, 3])
      .describe(
        'For clips: each number cuts the clip into that many equal slices; features are averaged within each slice, and all averages are concatenated',
      ),
    folds: integerFrom(2)
      .default(5)
      .describe('Number of folds of the protocols `train-folds` and `test-folds`'),
    standardise: z
      .enum(['none', 'training', 'presence'])
      .default('none')
      .describe(
        'Standardises features to zero mean and unit variance. `training` uses the statistics of the training examples ' +
          'of the classifier; `presence` uses, for each side of a shared setting, the statistics of the unlabelled ' +
          'training part with the same modality present',
      ),
    readout: z
      .enum(['auto', 'svm', 'head'])
      .default('auto')
      .describe(
        'What classifies: `svm` is a linear support vector machine on the features, `head` the head of a supervised ' +
          'network; `auto` uses the head where there is one',
      ),
    label_share: z
      .number('must be a number above 0 and at most 1')
      .gt(0, 'must be above 0')
      .max(1, 'must be at most 1')
      .default(1)
      .describe(
        'Fraction of the labels of the training part that supervised training uses, the same fraction of each class; ' +
          'features are learnt from all examples',
      ),
    classifier: classifier.prefault({}),
  })
  .describe('How features become an accuracy');

export type FeaturesConfig = z.output<typeof features>;
export type EvaluationConfig = z.output<typeof evaluation>;
export type ClassifierConfig = z.output<typeof classifier>;
export type NoiseConfig = z.output<typeof noise>;
