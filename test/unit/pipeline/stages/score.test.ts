import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clip } from '../../../../src/corpora/clip.js';
import { corpusNamed } from '../../../../src/corpora/registry.js';
import { useEngine } from '../../../../src/engine/registry.js';
import { groupedFolds } from '../../../../src/evaluation/folds.js';
import { poolClips } from '../../../../src/evaluation/pooling.js';
import { fitLinearSvm, predict } from '../../../../src/evaluation/svm/index.js';
import { type FittedFrontEnd, fitFrontEnd, prepareClip } from '../../../../src/frontend/index.js';
import { concatRows, gatherRows, type Matrix, matrix } from '../../../../src/matrix.js';
import { frontEndOptions } from '../../../../src/pipeline/data/clips.js';
import type { Artifact } from '../../../../src/pipeline/graph/stage.js';
import { stagesOf } from '../../../../src/pipeline/plan/experiment.js';
import { scoredValues } from '../../../../src/pipeline/runs/results.js';
import type { Score } from '../../../../src/pipeline/stages/parameters.js';
import { Recordings, voice } from '../../../support/recordings.js';
import { resolvedOf, StageRunner, withBelow } from '../../../support/stages.js';

beforeAll(() => useEngine('auto', { threads: 1 }));

const scoreOf = ({ json }: Artifact): Score => json as unknown as Score;

describe('a score of recordings', () => {
  const copy = new Recordings();
  const local = { manifest: copy.path };
  const text = `
corpus: manifest
architecture: preprocessed
setting: classic-audio
front_end: {audio: {dimensions: 5, frames: 4}}
evaluation: {pooling: [1, 2], classifier: {c: 0.05, tolerance: 1e-6}}
`;
  const classes = ['x', 'y', 'z'];
  beforeAll(() => {
    // Nine speakers say every class once; six of them train.
    const clips = classes.flatMap((label, index) =>
      [0, 1, 2, 3, 4, 5, 6, 7, 8].map((take) => {
        const audio = `${label}${take}.wav`;
        copy.wav(audio, voice(100 * index + 7 * take + index));
        return { audio, label, speaker: `s${take}`, part: take < 6 ? 'train' : 'test' } as const;
      }),
    );
    copy.manifest(clips);
  });
  afterAll(() => rmSync(copy.path, { recursive: true }));

  /** Front end and clips, read and fitted once without any stage. */
  let made: { fitted: FittedFrontEnd; clips: Record<'train' | 'test', Clip[]> } | undefined;
  function fittedByHand(): NonNullable<typeof made> {
    const corpus = corpusNamed('manifest');
    if (corpus.kind !== 'clips') throw new Error('clips');
    const { entries } = corpus.open({ data: copy.path });
    const clipsOf = (which: string): Clip[] =>
      entries.filter((entry) => entry.part === which).map((entry) => entry.load());
    const clips = { train: clipsOf('train'), test: clipsOf('test') };
    return { clips, fitted: fitFrontEnd(clips.train, options()) };
  }
  const options = () => frontEndOptions(resolvedOf(text, local).experiment.front_end);

  /** Pooled windows and labels of a part. */
  function byHand(part: 'train' | 'test', noise?: { snr: number; seed: number; draw: number }) {
    made ??= fittedByHand();
    const { fitted } = made;
    const clips = made.clips[part];
    const pooled = clips.map((clip) => {
      const { audio } = prepareClip(clip, fitted, options(), noise);
      if (!audio) throw new Error('sound');
      return poolClips(audio, Int32Array.of(0, audio.rows), [1, 2]);
    });
    return {
      features: concatRows(pooled),
      labels: Int32Array.from(clips, ({ label }) => classes.indexOf(label ?? '')),
      groups: Int32Array.from(clips, ({ speaker }) => Number(speaker.slice(1))),
    };
  }
  const percent = (labels: Int32Array, predicted: ArrayLike<number>): number =>
    (100 * labels.filter((label, i) => label === predicted[i]).length) / labels.length;
  const svm = (x: Matrix, y: Int32Array) =>
    fitLinearSvm(x, y, { c: 0.05, classes: 3, tolerance: 1e-6, bias: true });

  it.each([
    ['clean', undefined],
    ['noisy', 0],
  ] as const)('in noise: one classifier of %s sound, tested on every draw', async (training, draw) => {
    const noise = { snr: -8, seed: 4 };
    const asked = `${text.replace('{pooling', `{noise: {snr: -8, seed: 4, draws: 4, training: ${training}}, pooling`)}`;
    const { result } = stagesOf(resolvedOf(asked, local), 1);
    const runner = new StageRunner(local);
    const score = scoreOf(await runner.run(result));
    const train = byHand('train', draw === undefined ? undefined : { ...noise, draw });
    const model = svm(train.features, train.labels);
    const expected = [1, 2, 3, 4].map((one) => {
      const { features, labels } = byHand('test', { ...noise, draw: one });
      return percent(labels, predict(model, features));
    });
    expect(score.draws).toHaveLength(4);
    score.draws?.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] ?? 0, 9);
    });
    expect(new Set(expected).size).toBeGreaterThan(1);
    expect(score.accuracy).toBeCloseTo(expected.reduce((a, b) => a + b, 0) / 4, 9);
    expect(scoredValues(score as never, 'accuracy', classes)).toEqual(score.draws);
    // Fitted once; a mean over folds it is not.
    expect(score.c).toEqual([0.05]);
    expect(score.folds).toEqual([]);
    expect([score.trained, score.tested, score.dimensions]).toEqual([18, 9, 3 * 4 * 5]);
    expect(score.confusion.flat().reduce((a, b) => a + b, 0)).toBe(4 * 9);
    expect(runner.ran.filter((label) => label.startsWith('frames'))).toHaveLength(5);
  });

  it('of the clean test part is that of the windows pooled by hand', async () => {
    const { result } = stagesOf(resolvedOf(text, local), 1);
    const score = scoreOf(await new StageRunner(local).run(result));
    const [train, test] = [byHand('train'), byHand('test')];
    const expected = percent(test.labels, predict(svm(train.features, train.labels), test.features));
    expect(score.accuracy).toBeCloseTo(expected, 9);
    expect(score.folds).toHaveLength(1);
    expect(score).not.toHaveProperty('draws');
    expect(score).not.toHaveProperty('answers');
  });

  it('by train-folds never asks for the test part, and keeps speakers apart', async () => {
    const asked = text.replace('{pooling', '{protocol: train-folds, folds: 3, pooling');
    const { result } = stagesOf(resolvedOf(asked, local), 1);
    const frames = withBelow(result).filter(({ kind }) => kind === 'frames');
    expect(frames.map(({ label }) => label)).toEqual(['frames of manifest, train']);
    const runner = new StageRunner(local);
    const score = scoreOf(await runner.run(result));
    expect(runner.ran.join()).not.toContain('test');
    const { features, labels, groups } = byHand('train');
    const folds = groupedFolds(groups, 3, 0).map(({ train, test }) => {
      const rows = (which: Int32Array): Matrix =>
        concatRows([...which].map((row) => matrix(1, 60, features.data.slice(60 * row, 60 * row + 60))));
      const of = (which: Int32Array): Int32Array => which.map((row) => labels[row] ?? 0);
      expect([...train].map((i) => groups[i]).filter((g) => [...test].some((j) => groups[j] === g))).toEqual(
        [],
      );
      return percent(of(test), predict(svm(rows(train), of(train)), rows(test)));
    });
    expect(score.folds).toHaveLength(3);
    score.folds.forEach((value, i) => {
      expect(value).toBeCloseTo(folds[i] ?? 0, 9);
    });
    expect(score.tested).toBe(18);
    // The same experiment by train-test does ask for it.
    const whole = withBelow(stagesOf(resolvedOf(text, local), 1).result);
    expect(whole.map(({ label }) => label)).toContain('frames of manifest, test');
  });

  it('by train-folds in noise: fitted on clean sound of some speakers, tested on every draw of the others', async () => {
    const noise = { snr: -8, seed: 4 };
    const asked = text.replace(
      '{pooling',
      '{protocol: train-folds, folds: 3, noise: {snr: -8, seed: 4, draws: 3}, pooling',
    );
    const { result } = stagesOf(resolvedOf(asked, local), 1);
    const runner = new StageRunner(local);
    const score = scoreOf(await runner.run(result));
    expect(runner.ran.filter((label) => label.includes('test'))).toEqual([]);
    const clean = byHand('train');
    const folds = groupedFolds(clean.groups, 3, 0);
    const labelsOf = (which: Int32Array): Int32Array => which.map((row) => clean.labels[row] ?? 0);
    const expected = [1, 2, 3].map((draw) => {
      const noisy = byHand('train', { ...noise, draw });
      const accuracies = folds.map(({ train, test }) =>
        percent(
          labelsOf(test),
          predict(svm(gatherRows(clean.features, train), labelsOf(train)), gatherRows(noisy.features, test)),
        ),
      );
      return accuracies.reduce((a, b) => a + b, 0) / 3;
    });
    expect(score.draws).toHaveLength(3);
    score.draws?.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] ?? 0, 9);
    });
    expect(score.accuracy).toBeCloseTo(expected.reduce((a, b) => a + b, 0) / 3, 9);
    expect(new Set(expected).size).toBeGreaterThan(1);
    expect([score.tested, score.c]).toEqual([18, [0.05, 0.05, 0.05]]);
  });
});

describe('test clips without a right answer', () => {
  it('are counted by what they are taken for, and nowhere else', async () => {
    const resolved = resolvedOf(`
corpus: {name: talking-mouth, preset: mcgurk, scale: 0.01}
architecture: preprocessed
setting: classic-audio
measure: {of: none, answer: ba}
front_end: {audio: {dimensions: 5}, video: {dimensions: 3}}
evaluation: {classifier: {c: 0.01}}
`);
    const score = scoreOf(await new StageRunner().run(stagesOf(resolved, 1).result));
    const { classes } = resolved;
    expect(classes).toEqual(['ga', 'ba', 'da']);
    expect([score.trained, score.tested]).toEqual([9, 6]);
    expect(score.confusion.flat().reduce((a, b) => a + b, 0)).toBe(6);
    // A mixed clip has the very sound of its congruent /ba/: to the ears alone it is that clip.
    expect(score.answers).toEqual(score.confusion[classes.indexOf('ba')]);
    const answered = classes.map(
      (answer) => scoredValues(score as never, { of: 'none', answer }, classes)[0] ?? 0,
    );
    expect(answered.reduce((a, b) => a + b, 0)).toBeCloseTo(100, 9);
    expect(answered).toEqual(score.answers?.map((count) => 50 * count));
  });
});
