import { isAnswerMetric, unitMeasureOf } from '../../config/schema.js';
import { MmxError } from '../../errors.js';
import type { FramesFacts } from '../data/frames.js';
import { mayRepeat, testDataLearnt } from '../data/leak-check.js';
import { type IdentityContext, stageHash } from '../graph/identity.js';
import { testRole } from '../graph/roles.js';
import type { StageSpec } from '../graph/stage.js';
import { neededModalities } from '../readouts/needed-modalities.js';
import type { Score } from '../stages/parameters.js';
import { ArtifactError } from '../store/damage.js';
import type { ArtifactStore } from '../store/store.js';
import type { PartCounts, ResolvedExperiment } from './experiment.js';
import type { PreparedExperiment } from './prepare.js';

/**
 * Refuses experiments whose clips could not be scored once everything is learnt: without test clips, without labels, or
 * without the sound or the pictures that the setting shows.
 *
 * @param targets what is to be computed: experiments whose result is not among it are not looked at
 * @throws MmxError `corpora/unscorable`
 */
export function refuseUnscorable(
  experiments: readonly PreparedExperiment[],
  targets: readonly StageSpec[],
): void {
  const wanted = new Set(targets);
  for (const { resolved, runs } of experiments) {
    if (runs.some(({ stages }) => wanted.has(stages.result))) checkParts(resolved);
  }
}

function checkParts({ clips, experiment, setting, corpus }: ResolvedExperiment): void {
  const { measure, evaluation } = experiment;
  if (!clips || unitMeasureOf(measure)) return;
  const { train, test } = clips.parts;
  const needed = neededModalities(setting, evaluation);
  const refuse = (what: string): never => {
    throw new MmxError('corpora/unscorable', `${corpus.name} has no ${what}, so nothing can be scored`, {
      exitCode: 2,
      hint: `see what is there with: mmx data check ${corpus.name} --data ${corpus.name}=DIR`,
    });
  };
  const check = (name: string, counts: PartCounts, modalities: readonly string[]): void => {
    if (counts.labelled === 0) refuse(`labelled ${name} clip`);
    if (countHaving(counts, modalities) === 0)
      refuse(`labelled ${name} clip with ${modalities.join(' and ')}`);
  };
  if (evaluation.protocol !== 'train-folds' && test.clips === 0) refuse('test clip');
  if (evaluation.protocol !== 'test-folds') check('training', train, needed.train);
  if (evaluation.protocol !== 'train-folds' && isAnswerMetric(measure)) check('test', test, needed.test);
  const learnt = evaluation.protocol === 'test-folds' ? test : train;
  if (learnt.classes < 2) refuse('two classes to tell apart among its labelled clips');
}

function countHaving({ having }: PartCounts, modalities: readonly string[]): number {
  return modalities.length > 1 ? having.both : having[modalities[0] === 'video' ? 'video' : 'audio'];
}

/**
 * What a reader must know of the clips behind a result that is stored: test clips that are training clips too, clips
 * that were not scored. Generated corpora are as their cards say.
 *
 * @throws MmxError `corpora/test-data-learnt` where the split is no published one: the frames may be older than this check
 */
export function clipNotes(
  { resolved, runs }: PreparedExperiment,
  identity: IdentityContext,
  store: ArtifactStore,
): readonly string[] {
  const { clips, experiment, corpus, setting } = resolved;
  const [run] = runs;
  if (resolved.listed && run) return listedNotes(resolved, run.stages.result, identity, store);
  if (!clips || !run || unitMeasureOf(experiment.measure) || corpus.synthetic) return [];
  const { train, test } = clips.parts;
  const { protocol } = experiment.evaluation;
  const readsTest = protocol !== 'train-folds';
  const { result } = run.stages;
  const repeated = readsTest ? repeatedIn(result, identity, store) : [];
  if (repeated.length > 0 && !mayRepeat(corpus)) throw testDataLearnt(repeated, corpus.name, corpus.name);
  const leftOut = leftOutOf(result, identity, store);
  const needed = neededModalities(setting, experiment.evaluation);
  // What those without an answer are taken for may be the measure itself.
  const isScored = readsTest && isAnswerMetric(experiment.measure);
  const readsTraining = protocol !== 'test-folds';
  const note = (what: readonly string[], consequence: string): readonly string[] =>
    what.length === 0 ? [] : [`${corpus.name}: ${what.join(' and ')}: ${consequence}.`];
  return [
    ...note(
      told(repeated.length, test.clips, 'test', 'among its training clips, by its published split'),
      'tested all the same',
    ),
    ...note(
      [
        ...told(
          train.unusable,
          train.clips + train.unusable,
          'training',
          'of movies in which no mouth can be seen',
        ),
        ...told(
          readsTest ? test.unusable : 0,
          test.clips + test.unusable,
          'test',
          'of movies in which no mouth can be seen',
        ),
      ],
      'left out',
    ),
    ...note(
      [
        ...told(readsTraining ? train.clips - train.labelled : 0, train.clips, 'training', 'without a label'),
        ...told(isScored ? test.clips - test.labelled : 0, test.clips, 'test', 'without a label'),
      ],
      'not scored',
    ),
    ...note(
      [
        ...told(leftOut?.train ?? 0, train.clips, 'training', `without ${needed.train.join(' or ')}`),
        ...told(leftOut?.test ?? 0, test.clips, 'test', `without ${needed.test.join(' or ')}`),
      ],
      'left out of scoring',
    ),
  ];
}

/** Examples of a listed corpus that lack what the setting shows. */
function listedNotes(
  { corpus, rows, setting, experiment }: ResolvedExperiment,
  result: StageSpec,
  identity: IdentityContext,
  store: ArtifactStore,
): readonly string[] {
  const leftOut = leftOutOf(result, identity, store);
  const needed = neededModalities(setting, experiment.evaluation);
  const what = (['train', 'test'] as const).flatMap((part) =>
    told(
      leftOut?.[part] ?? 0,
      rows[part],
      part === 'train' ? 'training' : 'test',
      `without ${needed[part].join(' or ')}`,
      'examples',
    ),
  );
  return what.length === 0 ? [] : [`${corpus.name}: ${what.join(' and ')}: left out of scoring.`];
}

function leftOutOf(result: StageSpec, identity: IdentityContext, store: ArtifactStore): Score['leftOut'] {
  const hash = stageHash(result, identity);
  return store.has(hash) ? (store.loadResult(hash) as unknown as Score).leftOut : undefined;
}

/** `2 of 30 test clips without a label`; nothing where there are none. */
function told(count: number, of: number, part: string, what: string, noun = 'clips'): readonly string[] {
  return count === 0 ? [] : [`${count} of ${of} ${part} ${noun} ${what}`];
}

function repeatedIn(
  { inputs }: StageSpec,
  identity: IdentityContext,
  store: ArtifactStore,
): readonly string[] {
  const frames = inputs[testRole(0)];
  if (frames === undefined) return [];
  try {
    return (store.loadResult(stageHash(frames, identity)) as unknown as FramesFacts).repeated;
  } catch (error) {
    // The score is there without its frames: only the note is lost.
    if (error instanceof ArtifactError) return [];
    throw error;
  }
}
