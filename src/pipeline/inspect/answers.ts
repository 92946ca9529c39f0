import { MmxError } from '../../errors.js';
import { addConfusion, confusionMatrix } from '../../evaluation/metrics.js';
import { canonicalJson } from '../../json.js';
import { framesFactsOf } from '../data/frames.js';
import { listedPart } from '../data/listed-rows.js';
import type { ExamplesStageParameters } from '../data/parameters.js';
import { type IdentityContext, stageHash } from '../graph/identity.js';
import { rowsRole, testedRowsRole } from '../graph/roles.js';
import type { Artifact, StageContext, StageSpec } from '../graph/stage.js';
import { neededModalities } from '../readouts/needed-modalities.js';
import { FoldExtractors } from '../stages/extractor.js';
import type { ScoreParameters } from '../stages/parameters.js';
import { asRead, readoutOf, roundsOf } from '../stages/score.js';
import { scoreIn } from '../store/stage-results.js';
import type { ArtifactStore } from '../store/store.js';

/** What a stored classifier answers to each test example; of several draws of the noise, to the first. */
export interface Answers {
  readonly truth: Int32Array;
  readonly predicted: Int32Array;
  /** Equal for answers to the same examples in the same order. */
  readonly examples: string;
}

/**
 * Makes the classifiers of a stored `score` once more, by the engine that is up: features from the stored pieces, the
 * support vector machine at the stored C. The stored confusion matrix proves that they are the same.
 *
 * @throws MmxError `store/*` when something is no longer stored; `compare/answers` when the counts differ
 */
export async function answersOf(
  spec: StageSpec,
  identity: IdentityContext,
  store: ArtifactStore,
  local: StageContext['local'],
): Promise<Answers> {
  const parameters = spec.parameters as unknown as ScoreParameters;
  const score = scoreIn(store, stageHash(spec, identity));
  const inputs: Record<string, Artifact> = {};
  for (const [role, input] of Object.entries(spec.inputs)) {
    inputs[role] = store.load(stageHash(input, identity));
  }
  const classes = score.confusion.length;
  const kept: { truth: Int32Array; predicted: Int32Array }[] = [];
  const confusion = score.confusion.map((row) => row.map(() => 0));
  const extractors = new FoldExtractors(parameters, inputs);
  try {
    const rounds = await roundsOf(parameters, { inputs, local }, extractors);
    for (const [index, round] of rounds.entries()) {
      const read = asRead(round, parameters);
      const answer = readoutOf(read, parameters, { c: score.c[index] ?? 1, classes });
      read.testings.forEach(({ features, labels }, draw) => {
        const predicted = answer(features);
        addConfusion(confusion, confusionMatrix(labels, predicted, classes));
        if (draw === 0) kept.push({ truth: labels, predicted });
      });
    }
  } finally {
    extractors.dispose();
  }
  if (canonicalJson(confusion) !== canonicalJson(score.confusion)) {
    throw new MmxError(
      'compare/answers',
      `the classifier of "${spec.label}" was computed again and gives different answers`,
      { hint: 'the same engine can round differently on other hardware; mmx doctor shows what runs here' },
    );
  }
  return {
    truth: joined(kept.map(({ truth }) => truth)),
    predicted: joined(kept.map(({ predicted }) => predicted)),
    examples: examplesOf(parameters, spec.inputs, inputs),
  };
}

const joined = (parts: readonly Int32Array[]): Int32Array =>
  Int32Array.from(parts.flatMap((part) => [...part]));

/** Which examples are tested, and in which order: the folds cut them, and the seed shuffles training folds. */
function examplesOf(
  { corpus, evaluation, setting, seed }: ScoreParameters,
  specs: StageSpec['inputs'],
  inputs: Readonly<Record<string, Artifact>>,
): string {
  const { protocol, folds } = evaluation;
  const inFolds = protocol === 'train-folds';
  const order = protocol === 'train-test' ? {} : { protocol, folds, ...(inFolds ? { seed } : {}) };
  if ('name' in corpus) {
    const { name, fingerprint, heldOut, train, test } = corpus;
    return canonicalJson({ name, fingerprint, heldOut, ...(inFolds ? { train } : { test }), ...order });
  }
  if ('listed' in corpus) {
    const part = inFolds ? 'train' : 'test';
    const needed = neededModalities(setting, evaluation)[part];
    // Examples that lack a modality are not tested where it is shown.
    const { kept, labels, groups } = listedPart(part, corpus.classes, needed, { inputs });
    const role = (inFolds ? rowsRole : testedRowsRole)(needed[0] ?? '');
    const spec = specs[role];
    if (!spec) throw new Error(`stage input ${role} is missing`);
    const { train, test, heldOut } = spec.parameters as unknown as ExamplesStageParameters;
    return canonicalJson({
      ...{ listed: corpus.listed, classes: [...corpus.classes], train, test, heldOut },
      ...{ kept: kept ? [...kept] : null, labels: [...labels], groups: groups ? [...groups] : null },
      ...order,
    });
  }
  const frames = inputs[inFolds ? corpus.train : (corpus.tests[0] ?? '')];
  const ids = frames === undefined ? [] : framesFactsOf(frames).ids;
  return canonicalJson({ ids: [...ids], ...order });
}
