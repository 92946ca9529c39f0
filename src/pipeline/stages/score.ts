import { contiguousFolds, type Fold } from '../../evaluation/cross-validation.js';
import { foldsOfExamples } from '../../evaluation/folds.js';
import { accuracy, addConfusion, confusionMatrix } from '../../evaluation/metrics.js';
import { applyStandardisation, fitStandardisation } from '../../evaluation/standardise.js';
import { predict } from '../../evaluation/svm/index.js';
import type { Json } from '../../json.js';
import { gatherRows, type Matrix } from '../../matrix.js';
import type { FeatureExtractor } from '../../models/feature-extractors.js';
import type { StageContext, StageImplementation } from '../graph/stage.js';
import { crossValidatedC, fitClassifier } from './classifier.js';
import { noisyTrainingParts, type PartRows, testParts, trainingPart } from './data.js';
import { extractorOf } from './extractor.js';
import { featuresOf, type Labelled, labelledOf, selected } from './features.js';
import { neededModalities } from './needed-modalities.js';
import type { Score, ScoreParameters } from './parameters.js';

/** Features → linear classifier → accuracy, under one learning setting. With `rbm-choice`, all that sees labels. */
export const scoreStage: StageImplementation = {
  kind: 'score',
  version: 2,
  async run(context) {
    const parameters = context.parameters as unknown as ScoreParameters;
    const { extract, dispose } = extractorOf(parameters, context.inputs);
    try {
      const rounds = await roundsOf(parameters, context, extract);
      return { tensors: {}, json: scoreRounds(rounds, parameters, context) as unknown as Json };
    } finally {
      dispose();
    }
  },
};

/** One classifier: what it is trained on, and what it is tested on, once or once a draw of the noise. */
export interface Round {
  readonly training: Labelled;
  readonly testings: readonly Labelled[];
  /** Features of test examples that have no right answer. */
  readonly unanswered: Matrix | undefined;
  readonly leftOut: LeftOut;
}

/** Clips that lack a modality which is needed of them. */
type LeftOut = NonNullable<Score['leftOut']>;

export async function roundsOf(
  { corpus, setting, evaluation, seed }: ScoreParameters,
  context: Pick<StageContext, 'inputs' | 'local'>,
  extract: FeatureExtractor,
): Promise<readonly Round[]> {
  const { supervisedTraining, testing: tested } = setting;
  const { protocol, standardise, folds } = evaluation;
  const needed = neededModalities(setting, evaluation);
  const train = await trainingPart(corpus, context, needed.train);
  // `presence` scales by the unlabelled training part seen through the same modality: in a shared setting the
  // two sides differ in mean and spread, because a different half of the model is silent.
  const scaled = (part: PartRows, modalities: readonly string[]): Matrix => {
    const features = featuresOf(part, modalities, extract, evaluation.pooling);
    if (standardise !== 'presence') return features;
    const unlabelled = part === train ? features : featuresOf(train, modalities, extract, evaluation.pooling);
    return applyStandardisation(fitStandardisation(unlabelled), features);
  };
  const examples = (part: PartRows, modalities: readonly string[]): Labelled =>
    labelledOf(scaled(part, modalities), part);
  const inFolds = (
    training: Labelled,
    testings: readonly Labelled[],
    split: readonly Fold[],
    leftOut: LeftOut,
  ): Round[] =>
    split.map(({ train: fit, test: held }) => ({
      training: selected(training, fit),
      testings: testings.map((testing) => selected(testing, held)),
      unanswered: undefined,
      leftOut,
    }));
  if (protocol === 'train-folds') {
    const training = examples(train, supervisedTraining);
    const draws = await noisyTrainingParts(corpus, context, needed.train);
    const testings = (draws.length > 0 ? draws : [train]).map((part) => examples(part, tested));
    const { labels, groups } = training;
    return inFolds(training, testings, foldsOfExamples(labels, groups, folds, seed), {
      train: train.leftOut ?? 0,
      test: 0,
    });
  }
  const tests = await testParts(corpus, context, needed.test);
  const leftOut = { train: train.leftOut ?? 0, test: tests[0]?.leftOut ?? 0 };
  if (protocol === 'test-folds') {
    return tests.flatMap((test) => {
      const testing = examples(test, tested);
      return inFolds(examples(test, supervisedTraining), [testing], testFolds(test, testing, folds, seed), {
        train: 0,
        test: leftOut.test,
      });
    });
  }
  const testings: Labelled[] = [];
  let unanswered: Matrix | undefined;
  for (const test of tests) {
    const features = scaled(test, tested);
    testings.push(labelledOf(features, test));
    const without = Int32Array.from(test.labels.keys()).filter((index) => (test.labels[index] ?? -1) < 0);
    if (without.length > 0) unanswered ??= gatherRows(features, without);
  }
  return [{ training: examples(train, supervisedTraining), testings, unanswered, leftOut }];
}

/** Consecutive examples, unless plain examples share a recording or the like: those stay together. */
function testFolds(
  { clips }: PartRows,
  { labels, groups }: Labelled,
  folds: number,
  seed: number,
): readonly Fold[] {
  return clips === undefined && groups !== undefined
    ? foldsOfExamples(labels, groups, folds, seed)
    : contiguousFolds(labels.length, folds);
}

function scoreRounds(rounds: readonly Round[], parameters: ScoreParameters, context: StageContext): Score {
  const { evaluation, seed } = parameters;
  const { classifier } = evaluation;
  // A class of test examples alone is one too: all of them are answered wrongly.
  const classes =
    1 +
    rounds
      .flatMap(({ training, testings }) => [training, ...testings])
      .reduce((most, { labels }) => labels.reduce((a, b) => Math.max(a, b), most), 0);
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const chosen: number[] = [];
  const accuracies: number[] = [];
  const crossValidation: { c: number; accuracy: number }[] = [];
  let answers: number[] | undefined;
  rounds.forEach((round, index) => {
    const { training, testings, unanswered } =
      evaluation.standardise === 'training' ? standardised(round) : round;
    let c = classifier.c;
    if (typeof c !== 'number') {
      const choice = crossValidatedC(training, classifier, { classes, seed });
      c = choice.c;
      crossValidation.push(...choice.scores);
    }
    const svm = fitClassifier(training, classifier, { c, classes });
    chosen.push(c);
    for (const testing of testings) {
      const predicted = predict(svm, testing.features);
      accuracies.push(accuracy(testing.labels, predicted));
      addConfusion(confusion, confusionMatrix(testing.labels, predicted, classes));
    }
    if (unanswered) {
      answers = new Array<number>(classes).fill(0);
      for (const answer of predict(svm, unanswered)) answers[answer] = (answers[answer] ?? 0) + 1;
    }
    context.progress({
      done: index + 1,
      total: rounds.length,
      note: `accuracy ${accuracies.at(-1)?.toFixed(2)} %`,
    });
  });
  const [first] = rounds;
  const isDrawn = (first?.testings.length ?? 0) > 1;
  return {
    accuracy: accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length,
    ...(isDrawn ? { draws: meanOfEach(accuracies, first?.testings.length ?? 1) } : {}),
    folds: isDrawn ? [] : accuracies,
    c: chosen,
    crossValidation,
    confusion,
    ...(answers ? { answers } : {}),
    ...(first && first.leftOut.train + first.leftOut.test > 0 ? { leftOut: first.leftOut } : {}),
    dimensions: first?.training.features.columns ?? 0,
    trained: first?.training.labels.length ?? 0,
    tested: rounds.reduce((sum, { testings }) => sum + (testings[0]?.labels.length ?? 0), 0),
  };
}

/** Mean over the rounds for each of the `count` draws; the values are in the order of rounds, then draws. */
const meanOfEach = (values: readonly number[], count: number): number[] =>
  Array.from({ length: count }, (_, draw) => {
    const ofDraw = values.filter((_, index) => index % count === draw);
    return ofDraw.reduce((sum, value) => sum + value, 0) / ofDraw.length;
  });

/** Scaling is fitted on the classifier's training examples and applied to all. */
export function standardised({ training, testings, unanswered, leftOut }: Round): Round {
  const scaling = fitStandardisation(training.features);
  const scale = (part: Labelled): Labelled => ({
    ...part,
    features: applyStandardisation(scaling, part.features),
  });
  return {
    training: scale(training),
    testings: testings.map(scale),
    unanswered: unanswered && applyStandardisation(scaling, unanswered),
    leftOut,
  };
}
