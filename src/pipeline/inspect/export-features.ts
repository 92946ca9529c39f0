import { concatRows, type Matrix } from '../../matrix.js';
import { placesOfStage } from '../data/examples.js';
import { framesFactsOf } from '../data/frames.js';
import type { ExamplesStageParameters } from '../data/parameters.js';
import { noisyTrainingParts, type PartRows, rowsOf, testParts, trainingPart } from '../data/rows.js';
import { rowsRole, testedRowsRole, testRole } from '../graph/roles.js';
import type { Artifact, StageContext, StageSpec } from '../graph/stage.js';
import type { ResolvedExperiment } from '../plan/experiment.js';
import { stagesOf } from '../plan/experiment.js';
import { featuresOf } from '../readouts/features.js';
import { extractorOf } from '../stages/extractor.js';
import type { ScoreParameters } from '../stages/parameters.js';

/** Features of the examples of one part, as the linear classifier is given them before it scales them. */
export interface ExportedPart {
  /** `train`; `test`, or `test-draw1` … where the sound of the test part is noisy. */
  readonly name: string;
  /** What the model saw. */
  readonly modalities: readonly string[];
  /** examples × features. */
  readonly features: Matrix;
  /** Index into `classes`; −1 for an example without a label. */
  readonly labels: Int32Array;
  readonly classes: readonly string[];
  /** Of clips their own; of listed examples where they are listed; of others `train-0` … in the order of the corpus. */
  readonly ids: readonly string[];
}

/** What features are made from: the trained pieces, and the inputs that hold the frames of clips. */
export interface FeatureSource {
  readonly pieces: Readonly<Record<string, StageSpec>>;
  readonly inputs: Readonly<Record<string, StageSpec>>;
  readonly parameters: ScoreParameters;
}

/** Examples sent through a model at once. */
const examplesAtOnce = 2000;

/** The stages below the score of an experiment; of one that measures something else, below the score it would have. */
export function featureSource(resolved: ResolvedExperiment, seed: number): FeatureSource {
  const experiment = { ...resolved.experiment, measure: 'accuracy' as const };
  const { pieces, result } = stagesOf({ ...resolved, experiment }, seed);
  return { pieces, inputs: result.inputs, parameters: result.parameters as unknown as ScoreParameters };
}

/**
 * Features of the labelled training and test examples, computed by the engine that is up from stored pieces. With
 * the protocol `train-folds`, which looks at no test example, of the training examples alone, seen in training and
 * as in testing. Clips that lack what is shown are left out.
 *
 * @param inputs artifacts of `FeatureSource.inputs`
 */
export async function* exportedParts(
  { parameters, inputs: specs }: FeatureSource,
  inputs: Readonly<Record<string, Artifact>>,
  local: StageContext['local'],
  classes: readonly string[],
): AsyncGenerator<ExportedPart> {
  const context = { inputs, local };
  const { corpus, setting, evaluation } = parameters;
  const { extract, dispose } = extractorOf(parameters, inputs);
  const part = (
    name: string,
    rows: PartRows,
    modalities: readonly string[],
    frames?: Artifact,
  ): ExportedPart => {
    const features = rows.clips
      ? featuresOf(rows, modalities, extract, evaluation.pooling)
      : inPieces(rows, (piece) => featuresOf(piece, modalities, extract, evaluation.pooling));
    const all = frames
      ? framesFactsOf(frames).ids
      : (placesOf(specs, name, local) ?? Array.from(rows.labels, (_, index) => `${name}-${index}`));
    const ids = rows.kept ? Array.from(rows.kept, (clip) => all[clip] ?? '') : all;
    return { name, modalities, features, labels: rows.labels, classes, ids };
  };
  try {
    const train = await trainingPart(corpus, context, setting.supervisedTraining);
    yield part('train', train, setting.supervisedTraining, inputs.train);
    if (evaluation.protocol === 'train-folds') {
      const seen = setting.supervisedTraining.join() === setting.testing.join();
      const draws = await noisyTrainingParts(corpus, context, setting.testing);
      for (const [index, noisy] of draws.entries()) {
        yield part(`train-as-tested-draw${index + 1}`, noisy, setting.testing, inputs[testRole(index)]);
      }
      if (!seen && draws.length === 0) {
        const asTested = await trainingPart(corpus, context, setting.testing);
        yield part('train-as-tested', asTested, setting.testing, inputs.train);
      }
      return;
    }
    const tests = await testParts(corpus, context, setting.testing);
    for (const [index, test] of tests.entries()) {
      const name = tests.length > 1 ? `test-draw${index + 1}` : 'test';
      yield part(name, test, setting.testing, inputs[testRole(index)]);
    }
  } finally {
    dispose();
  }
}

/** Places of all listed examples of a part; undefined where the corpus is not listed. */
function placesOf(
  specs: FeatureSource['inputs'],
  name: string,
  local: StageContext['local'],
): readonly string[] | undefined {
  const prefix = name === 'test' ? testedRowsRole('') : rowsRole('');
  const [, spec] = Object.entries(specs).find(([role]) => role.startsWith(prefix)) ?? [];
  if (spec === undefined) return undefined;
  const parameters = spec.parameters as unknown as ExamplesStageParameters;
  return placesOfStage(parameters, local[parameters.corpus]);
}

/** Plain examples a few at a time: a whole corpus and all layers of a model need not be held at once. */
function inPieces(rows: PartRows, features: (piece: PartRows) => Matrix): Matrix {
  const made: Matrix[] = [];
  for (let from = 0; from < rows.count; from += examplesAtOnce) {
    const to = Math.min(rows.count, from + examplesAtOnce);
    const inputs = Object.fromEntries(
      Object.entries(rows.inputs).map(([modality, all]) => [modality, rowsOf(all, from, to)]),
    );
    made.push(features({ count: to - from, inputs, labels: rows.labels.subarray(from, to) }));
  }
  return concatRows(made);
}
