import { z } from 'zod';
import { corpus, partialCorpus, unlabelledCorpus } from './corpus-schema.js';
import { evaluation, features } from './evaluation-schema.js';
import { frontEnd } from './front-end-schema.js';
import { autoencoder, cca, type RbmConfig, rbm, rbmSections } from './models-schema.js';
import { modality, nonNegativeInteger, positive, text } from './numbers.js';
import { brief } from './wording.js';

export type { UnlabelledCorpus } from './corpus-schema.js';
export type {
  ClassifierConfig,
  EvaluationConfig,
  FeaturesConfig,
  NoiseConfig,
} from './evaluation-schema.js';
export {
  type AutoencoderConfig,
  type CcaConfig,
  type OptimiserConfig,
  type RbmConfig,
  type SettledRbmConfig,
  settledRbm,
} from './models-schema.js';

/**
 * The experiment document. This one source gives validation, types, defaults and the JSON Schema of editors.
 * A default here is a value of the research line the paper belongs to, or the plain choice; what the paper
 * leaves unstated is marked [NS] in `configs/base/`, beside the value used.
 */

/** Which there are depends on the corpus and on what `src/architectures` holds: names are looked up beside the corpus. */
const architecture = z
  .string('must be the name of an architecture: `mmx data info CORPUS` lists them')
  .regex(/^[a-z][a-z0-9-]*$/, 'is not a valid name: use lower-case letters, digits and -')
  .max(100)
  .describe('What is learnt; `mmx data info CORPUS` lists the architectures');

const models = z
  .record(
    z.string().regex(/^[a-z][a-z0-9-]*$/, 'is not a valid name: use lower-case letters, digits and -'),
    z.record(z.string(), z.json('must be plain values, lists and maps'), 'must be a map'),
  )
  .default({})
  .describe(
    'Options of architectures that have their own section, by family: `models: {fusion-network: {…}}`',
  );

const shown = z
  .array(z.string('must be the name of a modality'), 'must be a list of modalities')
  .min(1, 'must name at least one modality')
  .max(100, 'must name at most 100 modalities')
  .superRefine((names, context) => {
    const twice = names.find((name, index) => names.indexOf(name) < index);
    if (twice !== undefined) {
      context.addIssue({ code: 'custom', message: `names the modality \`${brief(twice)}\` twice` });
    }
  });

const settingLists = z.strictObject({
  learn: shown
    .optional()
    .describe('Modalities seen in feature learning; those of `train` and `test` when absent'),
  train: shown.describe('Modalities seen in training the classifier'),
  test: shown.optional().describe('Modalities seen in testing the classifier; those of `train` when absent'),
});

const settingOf = <Lists extends z.ZodType>(lists: Lists) =>
  z
    .union(
      [
        z.literal('fusion'),
        z.templateLiteral(['classic-', modality]),
        z.templateLiteral(['cross-modality-', modality]),
        z.templateLiteral(['shared-', modality, '-to-', modality]),
        z.templateLiteral(['fusion-to-', modality]),
        lists,
      ],
      {
        error:
          'must be fusion, classic-<modality>, cross-modality-<modality>, shared-<modality>-to-<modality>, ' +
          'fusion-to-<modality>, or a map with `train` and, where they differ, `learn` and `test`',
      },
    )
    .describe(
      'Which modalities are seen in feature learning, supervised training and testing (paper, figure 1): a name, or ' +
        'lists of modalities',
    );

const answered = z.strictObject({
  of: text().describe('True class of the clips; `none` for test clips without a class (McGurk)'),
  answer: text().describe('Class that the classifier predicts'),
});

/**
 * Ways of counting the hidden units that see one modality only: by the variance of what reaches them from each, by the
 * squared norm of their weights, or by how much withholding a modality changes their activation.
 */
export const unitMeasures = {
  'unimodal-units': 'variance',
  'unimodal-units-weights': 'weights',
  'unimodal-units-activation': 'activation',
} as const;

export type UnitMeasure = (typeof unitMeasures)[keyof typeof unitMeasures];

/**
 * What may be told of a classifier's answers, in percent: more of it is better. Accuracy, and what does justice to classes
 * that are not of one size.
 */
export const answerMetricNames = ['accuracy', 'weighted-f1', 'macro-f1', 'balanced-accuracy'] as const;

export type AnswerMetricName = (typeof answerMetricNames)[number];

const unitMeasureNames = Object.keys(unitMeasures) as (keyof typeof unitMeasures)[];

const measureOf = <Answered extends z.ZodType>(asked: Answered) =>
  z
    .union([z.enum(answerMetricNames), z.enum(unitMeasureNames), asked], {
      error: `must be ${[...answerMetricNames, ...unitMeasureNames].join(', ')}, or a map with \`of\` and \`answer\``,
    })
    .describe(
      'What the experiment reports, in percent. `accuracy`: test examples classified correctly. `weighted-f1`, `macro-f1`: ' +
        'mean F1 score of the classes, weighted by their share of the test examples or unweighted. ' +
        '`balanced-accuracy`: mean recall of the classes. A map: test clips of one class that the classifier assigns ' +
        'to one class. `unimodal-units`, `unimodal-units-weights`, `unimodal-units-activation`: hidden units that see ' +
        'one modality only, judged by the variance of the input from each modality, by their weights, or by the ' +
        'change of their activation when a modality is withheld',
    );

const seeds = z
  .array(nonNegativeInteger(), 'must be a list of whole numbers')
  .min(1, 'must name at least one seed')
  .max(1000, 'must name at most 1000 seeds')
  .refine((list) => new Set(list).size === list.length, 'names a seed twice')
  .describe('Random seeds; one run per seed');

const engine = z.enum(['auto', 'cuda', 'tfjs-node-gpu', 'webgpu', 'tfjs-node', 'ort', 'wasm', 'cpu']);

/** The keys of an experiment, in the order `mmx config show` prints them. */
export const experimentShape = {
  corpus,
  unlabelled: z
    .array(unlabelledCorpus, 'must be a list of corpora')
    .default([])
    .describe('Corpora of clips whose training parts are also used in feature learning, without labels'),
  architecture,
  setting: settingOf(settingLists),
  measure: measureOf(answered).default('accuracy'),
  seeds: seeds.default([1]),
  engine: engine
    .default('auto')
    .describe('Engine that does the computation; `mmx doctor` lists those that work here'),
  tf32: z
    .boolean('must be true or false')
    .default(false)
    .describe('Whether matrix products on a GPU (engine `cuda`) may round their operands to TensorFloat-32'),
  front_end: frontEnd.prefault({}),
  rbm: rbmSections.prefault({}),
  autoencoder: autoencoder.prefault({}),
  cca: cca.prefault({}),
  models,
  features: features.prefault({}),
  evaluation: evaluation.prefault({}),
  scale: text().default('paper').describe('Which entry of `scales` is applied; printed with the results'),
  checkpoint_seconds: positive().default(30).describe('Seconds between checkpoints of a running stage'),
};

export const experimentSchema = z.strictObject(experimentShape);

/** The same keys, none of them required: what a table's body, rows and columns may set. */
export const overlayShape = {
  ...z.strictObject(experimentShape).partial().shape,
  corpus: partialCorpus.optional(),
  setting: settingOf(settingLists.partial()).optional(),
  measure: measureOf(answered.partial()).optional(),
};

export type Experiment = z.output<typeof experimentSchema>;
export type Architecture = Experiment['architecture'];
export type CorpusConfig = Experiment['corpus'];
export type Measure = Experiment['measure'];

/** Undefined where it is answers that are measured. */
export const unitMeasureOf = (measure: Measure): UnitMeasure | undefined =>
  typeof measure === 'string' && !isAnswerMetric(measure) ? unitMeasures[measure] : undefined;

/** Whether more of what is measured is better. */
export const isAnswerMetric = (measure: Measure): measure is AnswerMetricName =>
  (answerMetricNames as readonly unknown[]).includes(measure);

/** What is measured of a classifier's answers. */
export type AnswerMeasure = Exclude<Measure, keyof typeof unitMeasures>;

/** The section of one RBM (a modality's name, `joint` or `shallow`), or the defaults where there is none. */
export function rbmConfig(experiment: Experiment, name: string): RbmConfig {
  const section = Object.hasOwn(experiment.rbm, name) ? experiment.rbm[name] : undefined;
  return section ?? rbm.parse({});
}
