import type { Part } from '../../corpora/corpus.js';
import { chooseC, contiguousFolds } from '../../evaluation/cross-validation.js';
import { accuracy, confusionMatrix } from '../../evaluation/metrics.js';
import { poolClips } from '../../evaluation/pooling.js';
import { applyStandardisation, fitStandardisation } from '../../evaluation/standardise.js';
import { fitLinearSvm, predict } from '../../evaluation/svm/index.js';
import type { Json } from '../../json.js';
import { gatherRows, type Matrix } from '../../matrix.js';
import type { FeatureExtractor } from '../../models/feature-extractors.js';
import type { StageContext, StageImplementation } from '../stage.js';
import { corpusOf, presentOf } from './data.js';
import { extractorOf } from './extractor.js';
import type { Score, ScoreParameters } from './parameters.js';

/** Features → linear classifier → accuracy, under one learning setting. The only stage that sees labels. */
export const scoreStage: StageImplementation = {
  kind: 'score',
  version: 1,
  async run(context) {
    const parameters = context.parameters as unknown as ScoreParameters;
    const { train, test } = await corpusOf(parameters.corpus, context);
    const { extract, dispose } = extractorOf(parameters, context.inputs);
    try {
      const { protocol, folds } = parameters.evaluation;
      const seen = protocol === 'train-test' ? train : test;
      const { supervisedTraining, testing: tested } = parameters.setting;
      const examplesOf = (part: Part, modalities: readonly string[]): Labelled => {
        const features = featuresOf(part, modalities, extract, parameters);
        // `presence` scales by the unlabelled training part seen through the same modality: in a shared setting the
        // two sides differ in mean and spread, because a different half of the model is silent.
        if (parameters.evaluation.standardise !== 'presence') return labelled(features, part);
        const unlabelled = part === train ? features : featuresOf(train, modalities, extract, parameters);
        return labelled(applyStandardisation(fitStandardisation(unlabelled), features), part);
      };
      const training = examplesOf(seen, supervisedTraining);
      const testing = examplesOf(test, tested);
      const rounds: Round[] =
        protocol === 'train-test'
          ? [{ training, testing }]
          : contiguousFolds(testing.labels.length, folds).map(({ train: fit, test: held }) => ({
              training: rowsOf(training, fit),
              testing: rowsOf(testing, held),
            }));
      return { tensors: {}, json: scoreRounds(rounds, parameters, context) as unknown as Json };
    } finally {
      dispose();
    }
  },
};

interface Labelled {
  readonly features: Matrix;
  readonly labels: Int32Array;
  readonly groups: Int32Array | undefined;
}

interface Round {
  readonly training: Labelled;
  readonly testing: Labelled;
}

/** Features of every example of a part: of its rows, or pooled over the rows of each clip. */
function featuresOf(
  part: Part,
  modalities: readonly string[],
  extract: FeatureExtractor,
  { evaluation }: ScoreParameters,
): Matrix {
  const rows = extract(presentOf(part, modalities));
  return part.clips ? poolClips(rows, part.clips, evaluation.pooling) : rows;
}

/** The examples that have a label. */
function labelled(features: Matrix, { labels, groups }: Part): Labelled {
  const all = { features, labels, groups };
  const known = Int32Array.from(labels.keys()).filter((index) => (labels[index] ?? -1) >= 0);
  return known.length === labels.length ? all : rowsOf(all, known);
}

function rowsOf({ features, labels, groups }: Labelled, rows: Int32Array): Labelled {
  const pick = (values: Int32Array): Int32Array => Int32Array.from(rows, (row) => values[row] ?? 0);
  return { features: gatherRows(features, rows), labels: pick(labels), groups: groups && pick(groups) };
}

function scoreRounds(rounds: readonly Round[], parameters: ScoreParameters, context: StageContext): Score {
  const { evaluation, seed } = parameters;
  const { classifier } = evaluation;
  const classes =
    1 + rounds.reduce((most, { training }) => training.labels.reduce((a, b) => Math.max(a, b), most), 0);
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const chosen: number[] = [];
  const accuracies: number[] = [];
  const crossValidation: { c: number; accuracy: number }[] = [];
  rounds.forEach((round, index) => {
    const { training, testing } = evaluation.standardise === 'training' ? standardised(round) : round;
    let c = classifier.c;
    if (typeof c !== 'number') {
      const choice = chooseC(training.features, training.labels, c, {
        classes,
        folds: classifier.cv_folds,
        seed,
        tolerance: classifier.tolerance,
        bias: classifier.bias,
        ...(classifier.cv_examples === 'all' ? {} : { examples: classifier.cv_examples }),
        ...(training.groups ? { groups: training.groups } : {}),
      });
      c = choice.c;
      crossValidation.push(...choice.scores);
    }
    const svm = fitLinearSvm(training.features, training.labels, {
      c,
      classes,
      tolerance: classifier.tolerance,
      bias: classifier.bias,
    });
    const predicted = predict(svm, testing.features);
    chosen.push(c);
    accuracies.push(accuracy(testing.labels, predicted));
    confusionMatrix(testing.labels, predicted, classes).forEach((row, truth) => {
      row.forEach((count, guess) => {
        (confusion[truth] as number[])[guess] = (confusion[truth]?.[guess] ?? 0) + count;
      });
    });
    context.progress({
      done: index + 1,
      total: rounds.length,
      note: `accuracy ${accuracies.at(-1)?.toFixed(2)} %`,
    });
  });
  return {
    accuracy: accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length,
    folds: accuracies,
    c: chosen,
    crossValidation,
    confusion,
    dimensions: rounds[0]?.training.features.columns ?? 0,
    trained: rounds[0]?.training.labels.length ?? 0,
    tested: rounds.reduce((sum, { testing }) => sum + testing.labels.length, 0),
  };
}

/** Scaling is fitted on the classifier's training examples and applied to both. */
function standardised({ training, testing }: Round): Round {
  const scaling = fitStandardisation(training.features);
  const scale = (part: Labelled): Labelled => ({
    ...part,
    features: applyStandardisation(scaling, part.features),
  });
  return { training: scale(training), testing: scale(testing) };
}
