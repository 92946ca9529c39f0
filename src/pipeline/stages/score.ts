import { contiguousFolds, type Fold } from '../../evaluation/cross-validation.js';
import { foldsOfExamples } from '../../evaluation/folds.js';
import { shareOfLabels } from '../../evaluation/label-share.js';
import { accuracy, addConfusion, confusionMatrix, likeliest } from '../../evaluation/metrics.js';
import { applyStandardisation, fitStandardisation } from '../../evaluation/standardise.js';
import { predict } from '../../evaluation/svm/index.js';
import { gatherRows, type Matrix } from '../../matrix.js';
import type { FeatureExtractor } from '../../models/feature-extractors.js';
import { noisyTrainingParts, type PartRows, testParts, trainingPart } from '../data/rows.js';
import { defineStage } from '../graph/define-stage.js';
import type { StageContext } from '../graph/stage.js';
import { crossValidatedC, fitClassifier } from '../readouts/classifier.js';
import { featuresOf, type Labelled, labelledOf, labelsOf, selected } from '../readouts/features.js';
import { neededModalities } from '../readouts/needed-modalities.js';
import { FoldExtractors } from './extractor.js';
import type { Score, ScoreParameters } from './parameters.js';

/** Features → classifier → accuracy, under one learning setting. */
export const scoreStage = defineStage<ScoreParameters>({
  kind: 'score',
  version: 2,
  async run(parameters, context) {
    const extractors = new FoldExtractors(parameters, context.inputs);
    try {
      const rounds = await roundsOf(parameters, context, extractors);
      return { tensors: {}, json: scoreRounds(rounds, parameters, context) };
    } finally {
      extractors.dispose();
    }
  },
});

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
  parameters: ScoreParameters,
  context: Pick<StageContext, 'inputs' | 'local'>,
  extractors: Pick<FoldExtractors, 'of' | 'memoised'>,
): Promise<readonly Round[]> {
  const { corpus, setting, evaluation, seed, labelShare, readout } = parameters;
  const { supervisedTraining, testing: tested } = setting;
  const { protocol, folds } = evaluation;
  // Probabilities of the windows of a clip are averaged over all of it, and never scaled.
  const isHead = readout === 'head';
  const [standardise, pooling] = isHead
    ? (['none', [1]] as const)
    : [evaluation.standardise, evaluation.pooling];
  const needed = neededModalities(setting, evaluation);
  const train = await trainingPart(corpus, context, needed.train);
  // `presence` scales by the unlabelled training part seen through the same modality: in a shared setting the
  // two sides differ in mean and spread, because a different half of the model is silent.
  const scaled = (part: PartRows, modalities: readonly string[], extract: FeatureExtractor): Matrix => {
    const features = featuresOf(part, modalities, extract, pooling);
    if (standardise !== 'presence') return features;
    const unlabelled = part === train ? features : featuresOf(train, modalities, extract, pooling);
    return applyStandardisation(fitStandardisation(unlabelled), features);
  };
  const examples = (part: PartRows, modalities: readonly string[], extract: FeatureExtractor): Labelled =>
    labelledOf(scaled(part, modalities, extract), part);
  const shared = (training: Labelled): Labelled =>
    labelShare === undefined
      ? training
      : selected(training, shareOfLabels(training.labels, labelShare, seed));
  const inFold = (
    training: Labelled,
    testings: readonly Labelled[],
    { train: fit, test: held }: Fold,
    leftOut: LeftOut,
  ): Round => ({
    training: shared(selected(training, fit)),
    testings: testings.map((testing) => selected(testing, held)),
    unanswered: undefined,
    leftOut,
  });
  if (protocol === 'train-folds') {
    const draws = await noisyTrainingParts(corpus, context, needed.train);
    const { labels, groups } = labelsOf(train);
    return foldsOfExamples(labels, groups, folds, seed).map((fold, index) => {
      const { training, testings } = extractors.memoised(index, (extract) => ({
        training: examples(train, supervisedTraining, extract),
        testings: (draws.length > 0 ? draws : [train]).map((part) => examples(part, tested, extract)),
      }));
      return inFold(training, testings, fold, { train: train.leftOut ?? 0, test: 0 });
    });
  }
  const extract = extractors.of(0);
  const tests = await testParts(corpus, context, needed.test);
  const leftOut = { train: train.leftOut ?? 0, test: tests[0]?.leftOut ?? 0 };
  if (protocol === 'test-folds') {
    return tests.flatMap((test) => {
      const testing = examples(test, tested, extract);
      const training = examples(test, supervisedTraining, extract);
      return testFolds(test, testing, folds, seed).map((fold) =>
        inFold(training, [testing], fold, { train: 0, test: leftOut.test }),
      );
    });
  }
  const testings: Labelled[] = [];
  let unanswered: Matrix | undefined;
  for (const test of tests) {
    const features = scaled(test, tested, extract);
    testings.push(labelledOf(features, test));
    const without = Int32Array.from(test.labels.keys()).filter((index) => (test.labels[index] ?? -1) < 0);
    if (without.length > 0) unanswered ??= gatherRows(features, without);
  }
  return [{ training: shared(examples(train, supervisedTraining, extract)), testings, unanswered, leftOut }];
}

/**
 * Answers of what reads the features of a round. Of a model that answers by itself the features are its probabilities,
 * examples × classes.
 */
export function readoutOf(
  { training }: Round,
  { readout, evaluation }: ScoreParameters,
  { c, classes }: { readonly c: number; readonly classes: number },
): (features: Matrix) => Int32Array {
  if (readout === 'head') return likeliest;
  const svm = fitClassifier(training, evaluation.classifier, { c, classes });
  return (features) => predict(svm, features);
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
  const { evaluation, seed, readout } = parameters;
  const { classifier } = evaluation;
  // A class of test examples alone is one too: all of them are answered wrongly.
  const parts = rounds.flatMap(({ training, testings }) => [training, ...testings]);
  const seen = 1 + parts.reduce((most, { labels }) => labels.reduce((a, b) => Math.max(a, b), most), 0);
  const classes = readout === 'head' ? Math.max(seen, parts[0]?.features.columns ?? 0) : seen;
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const chosen: number[] = [];
  const accuracies: number[] = [];
  const crossValidation: { c: number; accuracy: number }[] = [];
  let answers: number[] | undefined;
  rounds.forEach((round, index) => {
    const scaled = asRead(round, parameters);
    const { training, testings, unanswered } = scaled;
    let c = readout === 'head' ? null : classifier.c;
    if (typeof c === 'object' && c !== null) {
      const choice = crossValidatedC(training, classifier, {
        classes,
        seed,
        // The classifier itself is one fit more.
        onProgress: (done, fits) =>
          context.progress({
            done: index + done / (fits + 1),
            total: rounds.length,
            unit: 'classifiers',
            note: 'choosing C',
          }),
      });
      c = choice.c;
      crossValidation.push(...choice.scores);
    }
    const answer = readoutOf(scaled, parameters, { c: c ?? 1, classes });
    if (c !== null) chosen.push(c);
    for (const testing of testings) {
      const predicted = answer(testing.features);
      accuracies.push(accuracy(testing.labels, predicted));
      addConfusion(confusion, confusionMatrix(testing.labels, predicted, classes));
    }
    if (unanswered) {
      answers = new Array<number>(classes).fill(0);
      for (const given of answer(unanswered)) answers[given] = (answers[given] ?? 0) + 1;
    }
    context.progress({
      done: index + 1,
      total: rounds.length,
      unit: 'classifiers',
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

/**
 * A round as its readout sees it: with `standardise: training`, scaled by what is fitted on the classifier's training
 * examples. Probabilities of a head are never scaled.
 */
export function asRead(round: Round, { readout, evaluation }: ScoreParameters): Round {
  if (evaluation.standardise !== 'training' || readout === 'head') return round;
  const { training, testings, unanswered, leftOut } = round;
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
