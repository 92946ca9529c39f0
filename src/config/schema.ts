import { z } from 'zod';
import { frontEnd } from './front-end-schema.js';
import {
  belowOne,
  flag,
  integerFrom,
  nonNegative,
  nonNegativeInteger,
  openUnit,
  positive,
  positiveInteger,
  text,
} from './numbers.js';

/**
 * The experiment document. This one source gives validation, types, defaults and the JSON Schema of editors.
 * A default here is a value of the research line the paper belongs to, or the plain choice; what the paper
 * leaves unstated is marked [NS] in `configs/base/`, beside the value used.
 */

/** A modality's name, as in `left`, `audio`: no hyphen, which separates the parts of a setting's name. */
const modality = z.string().regex(/[a-z][a-z0-9_]*/);

const momentum = z
  .strictObject({
    initial: belowOne().default(0.5).describe('Momentum of the first epochs'),
    final: belowOne().default(0.9).describe('Momentum afterwards'),
    switch_epoch: nonNegativeInteger().default(5).describe('Epochs trained at the initial momentum'),
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
        "rho, the mean activation asked of every hidden unit; of a list, a modality's RBM takes the one whose " +
          'features classify the training part best in cross-validation',
      ),
    cost: nonNegative().default(3).describe('lambda, the weight of the penalty; 0 turns it off'),
    form: z
      .enum(['gradient', 'bias'])
      .default('bias')
      .describe('Exact gradient of the penalty, or a push of the hidden biases alone'),
  })
  .describe('Penalty lambda * sum_j (rho - mean activation of hidden unit j)^2');

const rbm = z
  .strictObject({
    hidden: positiveInteger().default(500).describe('Hidden units'),
    visible: z
      .enum(['binary', 'gaussian'])
      .default('binary')
      .describe('Visible units: binary on [0, 1] inputs and on posteriors, gaussian on whitened inputs'),
    sigma: positive()
      .default(1)
      .describe(
        'Standard deviation of gaussian visible units; the gradient has its factor 1 / sigma^2, which published ' +
          'learning rates often hold already',
      ),
    epochs: positiveInteger().default(8).describe('Passes over the unlabelled examples'),
    batch: positiveInteger().default(100).describe('Examples in a minibatch'),
    learning_rate: positive().default(0.05).describe('Step size of the first epoch'),
    learning_rate_decay: nonNegative()
      .default(0)
      .describe('d: the learning rate of epoch t (from 0) is divided by 1 + d t'),
    momentum: momentum.prefault({}),
    weight_decay: nonNegative().default(2e-4).describe('L2 penalty on the weights'),
    cd_steps: positiveInteger().default(1).describe('Gibbs steps k of CD-k'),
    init_sd: nonNegative().default(0.01).describe('Standard deviation of the initial weights'),
    sparse_start: flag()
      .default(false)
      .describe('Hidden units start at the mean activation `sparsity.target` instead of a half'),
    sparsity: sparsity.prefault({}),
  })
  .describe('A sparse restricted Boltzmann machine and how it is trained');

const optimiser = z
  .strictObject({
    name: z.enum(['adam', 'momentum']).default('adam').describe('Update rule'),
    learning_rate: positive().default(1e-3).describe('Step size'),
    momentum: belowOne().default(0.9).describe('Momentum coefficient; used by `name: momentum` only'),
  })
  .describe('Update rule of fine-tuning');

const autoencoder = z
  .strictObject({
    epochs: positiveInteger().default(10).describe('Passes over the unlabelled examples'),
    batch: positiveInteger().default(100).describe('Examples in a minibatch'),
    loss: z
      .enum(['squared-error', 'cross-entropy'])
      .default('squared-error')
      .describe('squared-error with linear outputs, or cross-entropy with sigmoid outputs for [0, 1] inputs'),
    optimiser: optimiser.prefault({}),
    weight_decay: nonNegative().default(0).describe('L2 penalty on the weights'),
    augmentation: z
      .enum(['thirds', 'none'])
      .default('thirds')
      .describe('Bimodal model: a third of the examples with either modality alone, or always both'),
    reconstruct: z
      .enum(['both', 'input'])
      .default('both')
      .describe('Both modalities are reconstructed, or (control) only the one that is the input'),
    fine_tune: flag().default(true).describe('False keeps the weights of the initialisation'),
    initialise: z
      .enum(['dbn', 'random'])
      .default('dbn')
      .describe('Unrolled from the bimodal DBN, or (control) from random weights'),
  })
  .describe('The deep autoencoders');

const cca = z
  .strictObject({
    dimensions: positiveInteger().default(50).describe('Pairs of canonical variates kept'),
    ridge: nonNegative()
      .default(1e-4)
      .describe('Added to the diagonal of both covariance matrices, in units of their mean feature variance'),
    weighting: nonNegative()
      .default(0)
      .describe('Each variate is multiplied by this power of its canonical correlation'),
  })
  .describe('Canonical correlation analysis');

const featureKind = z.enum(['posterior', 'preactivation']);

const features = z
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
    draws: positiveInteger().default(5).describe('Draws of the noise; each is tested'),
    training: z
      .enum(['clean', 'noisy'])
      .default('clean')
      .describe('Whether the classifier is trained on clean sound, or on sound with one draw of the noise'),
    seed: nonNegativeInteger().default(1).describe('Of the noise; the same for every row and seed'),
  })
  .describe('White Gaussian noise on the waveform of the clips that are tested');

const evaluation = z
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
      .array(positiveInteger(), 'must be a list of whole numbers')
      .min(1, 'must name at least one number of slices')
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
    classifier: classifier.prefault({}),
  })
  .describe('How features become an accuracy');

const corpusOptions = {
  train: positiveInteger()
    .optional()
    .describe('Training examples used: the first so many, of clips evenly spread; all when absent'),
  test: positiveInteger()
    .optional()
    .describe('Test examples used: the first so many, of clips evenly spread; all when absent'),
  held_out: positiveInteger()
    .optional()
    .describe(
      'For choosing hyperparameters: this many training examples, the last ones, replace the test part',
    ),
  preset: text().optional().describe('Of a generated corpus: which of its shapes'),
  seed: nonNegativeInteger().optional().describe('Of a generated corpus: who speaks'),
  scale: positive()
    .max(1)
    .optional()
    .describe('Of a generated corpus: the part of its speakers that is used'),
  data: text().optional().describe("Directory of the user's copy, for a corpus that is not embedded"),
};

const corpusSection = z.strictObject({
  name: text().describe('Name of the corpus (mmx data ls)'),
  ...corpusOptions,
});

const unlabelledCorpus = z
  .union(
    [
      text(),
      z.strictObject({
        name: text().describe('Name of the corpus (mmx data ls)'),
        train: corpusOptions.train,
        preset: corpusOptions.preset,
        seed: corpusOptions.seed,
        scale: corpusOptions.scale,
        data: corpusOptions.data,
        optional: flag().default(false).describe('Leave it out, with a note, when there is no copy of it'),
      }),
    ],
    { error: 'must be the name of a corpus, or a map with its `name` and options' },
  )
  .transform(
    (value): UnlabelledCorpus =>
      typeof value === 'string' ? { name: value, optional: false } : (value as UnlabelledCorpus),
  );

/** A corpus whose training clips serve feature learning beside those of the evaluated one. */
export interface UnlabelledCorpus {
  readonly name: string;
  readonly train?: number | undefined;
  readonly preset?: string | undefined;
  readonly seed?: number | undefined;
  readonly scale?: number | undefined;
  readonly data?: string | undefined;
  readonly optional: boolean;
}

const corpusError = { error: 'must be the name of a corpus, or a map with its `name` and options' };

const corpus = z
  .union([text(), corpusSection], corpusError)
  .transform(
    (value) => (typeof value === 'string' ? { name: value } : value) as z.output<typeof corpusSection>,
  )
  .describe('The corpus, or its name alone');

/** Architectures that are one name; `<modality>-only-deep-autoencoder` comes beside them. */
export const architectureNames = [
  'preprocessed',
  'rbm',
  'shallow-bimodal-rbm',
  'bimodal-dbn',
  'bimodal-deep-autoencoder',
  'raw-cca',
  'rbm-cca',
  'stacked-rbm-cca',
] as const;

const architecture = z
  .union(
    [
      z.enum(architectureNames),
      z.templateLiteral([modality, '-only-deep-autoencoder']),
      z.templateLiteral([modality, '-only-shallow-autoencoder']),
    ],
    {
      error: `must be ${architectureNames.join(', ')}, <modality>-only-deep-autoencoder or <modality>-only-shallow-autoencoder`,
    },
  )
  .describe('What is learnt');

const setting = z
  .union(
    [
      z.literal('fusion'),
      z.templateLiteral(['classic-', modality]),
      z.templateLiteral(['cross-modality-', modality]),
      z.templateLiteral(['shared-', modality, '-to-', modality]),
    ],
    {
      error:
        'must be fusion, classic-<modality>, cross-modality-<modality> or shared-<modality>-to-<modality>',
    },
  )
  .describe('Which modality is seen in feature learning, supervised training and testing (paper, figure 1)');

const answered = z.strictObject({
  of: text().describe('True class of the clips; `none` for test clips without one (McGurk)'),
  answer: text().describe('Class that the classifier answers'),
});

const measureOf = <Answered extends z.ZodType>(asked: Answered) =>
  z
    .union([z.literal('accuracy'), z.literal('unimodal-units'), asked], {
      error: 'must be accuracy, unimodal-units, or a map with `of` and `answer`',
    })
    .describe(
      'What the experiment reports: percent of test examples classified correctly, of the test clips of one class ' +
        'that are given one answer, or of hidden units that see one modality only',
    );

const seeds = z
  .array(nonNegativeInteger(), 'must be a list of whole numbers')
  .min(1, 'must name at least one seed')
  .refine((list) => new Set(list).size === list.length, 'names a seed twice')
  .describe('Random seeds: one run each');

const engine = z.enum(['auto', 'cuda', 'tfjs-node-gpu', 'tfjs-node', 'ort', 'wasm', 'cpu']);

const rbmSections = z
  .record(z.string().regex(/^[a-z][a-z0-9_]*$/, 'is not a name: lower-case letters, digits and _'), rbm)
  .describe(
    "One section a modality, `<modality>_above` for its second layer (stacked-rbm-cca), `joint` for the DBN's top layer, `shallow` for the shallow bimodal RBM",
  );

/** The keys of an experiment, in the order `mmx config show` prints them. */
export const experimentShape = {
  corpus,
  unlabelled: z
    .array(unlabelledCorpus, 'must be a list of corpora')
    .default([])
    .describe('Corpora of clips whose training parts serve feature learning too, without labels'),
  architecture,
  setting,
  measure: measureOf(answered).default('accuracy'),
  seeds: seeds.default([1]),
  engine: engine.default('auto').describe('What does the arithmetic (mmx doctor)'),
  front_end: frontEnd.prefault({}),
  rbm: rbmSections.prefault({}),
  autoencoder: autoencoder.prefault({}),
  cca: cca.prefault({}),
  features: features.prefault({}),
  evaluation: evaluation.prefault({}),
  scale: text()
    .default('paper')
    .describe('Which of `scales` is laid over the rest; printed with the results'),
  checkpoint_seconds: positive().default(30).describe('Seconds between the checkpoints inside a stage'),
};

export const experimentSchema = z.strictObject(experimentShape);

/** The same keys, none of them required: what a table's body, rows and columns may set. */
export const overlayShape = {
  ...z.strictObject(experimentShape).partial().shape,
  corpus: z
    .union([text(), corpusSection.partial()], corpusError)
    .describe('The corpus, its name alone, or some of its options')
    .optional(),
  measure: measureOf(answered.partial()).optional(),
};

export type Experiment = z.output<typeof experimentSchema>;
export type Architecture = Experiment['architecture'];
export type Setting = Experiment['setting'];
export type CorpusConfig = Experiment['corpus'];
export type RbmConfig = z.output<typeof rbm>;
/** An RBM whose sparsity target is settled: what training takes. */
export type SettledRbmConfig = Omit<RbmConfig, 'sparsity'> & {
  readonly sparsity: Omit<RbmConfig['sparsity'], 'target'> & { readonly target: number };
};
export type AutoencoderConfig = z.output<typeof autoencoder>;
export type OptimiserConfig = z.output<typeof optimiser>;
export type CcaConfig = z.output<typeof cca>;
export type NoiseConfig = z.output<typeof noise>;
export type Measure = Experiment['measure'];
export type FeaturesConfig = z.output<typeof features>;
export type EvaluationConfig = z.output<typeof evaluation>;
export type ClassifierConfig = z.output<typeof classifier>;

/** The section of one RBM (a modality's name, `joint` or `shallow`), or the defaults where there is none. */
export function rbmConfig(experiment: Experiment, name: string): RbmConfig {
  const section = Object.hasOwn(experiment.rbm, name) ? experiment.rbm[name] : undefined;
  return section ?? rbm.parse({});
}

/** @param target one of the targets of the config's list. @throws Error when it is a list and none is given */
export function settledRbm(config: RbmConfig, target = config.sparsity.target): SettledRbmConfig {
  if (typeof target !== 'number') throw new Error('the sparsity target of this RBM is still a list');
  return { ...config, sparsity: { ...config.sparsity, target } };
}
