import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useEngine } from '../../../../src/engine/registry.js';
import { rowsOf, testParts, trainingPart } from '../../../../src/pipeline/data/rows.js';
import { exportedParts, featureSource } from '../../../../src/pipeline/inspect/export-features.js';
import { stagesOf } from '../../../../src/pipeline/plan/experiment.js';
import type { Score, ScoreParameters } from '../../../../src/pipeline/stages/parameters.js';
import { type ManifestLine, mouth, Recordings, voice } from '../../../support/recordings.js';
import { resolvedOf, StageRunner } from '../../../support/stages.js';

/** A manifest with lines that lack sound or pictures, and the same without these lines. */
const [partial, complete] = [new Recordings(), new Recordings()];
const lacking: Readonly<Record<number, Partial<ManifestLine>>> = {
  2: { audio: '' },
  5: { video: '' },
  8: { video: '' },
  12: { audio: '' },
  15: { video: '' },
};

beforeAll(async () => {
  await useEngine('auto', { threads: 1 });
  const lines = Array.from({ length: 18 }, (_, key): ManifestLine => {
    for (const copy of [partial, complete]) {
      copy.wav(`${key}.wav`, voice(key));
      copy.npy(`${key}.npy`, mouth(key, 10 + (key % 4)));
    }
    return {
      audio: `${key}.wav`,
      video: `${key}.npy`,
      label: 'ab'[key % 2] ?? '',
      speaker: `s${key % 3}`,
      part: key < 12 ? 'train' : 'test',
      ...lacking[key],
    };
  });
  partial.manifest(lines);
  complete.manifest(lines.filter(({ video }) => video !== ''));
});
afterAll(() => {
  for (const { path } of [partial, complete]) rmSync(path, { recursive: true });
});

const config = (setting: string, evaluation = ''): string => `
corpus: manifest
architecture: preprocessed
setting: ${setting}
front_end: {audio: {dimensions: 4, frames: 4}, video: {dimensions: 3, frames: 3}}
evaluation: {classifier: {c: 0.05}, ${evaluation}}
`;

async function scored(copy: Recordings, text: string): Promise<Score> {
  const local = { manifest: copy.path };
  const { result } = stagesOf(resolvedOf(text, local), 1);
  return (await new StageRunner(local).run(result)).json as unknown as Score;
}

describe('clips that lack a modality', () => {
  it('are left out of scoring where it is shown, as if they were not there', async () => {
    const text = config('classic-video');
    const { leftOut, ...score } = await scored(partial, text);
    expect(leftOut).toEqual({ train: 2, test: 1 });
    expect(score).toMatchObject({ trained: 10, tested: 5 });
    expect(score).toEqual(await scored(complete, text));
  });

  it.each([
    ['fusion', '', { trained: 9, tested: 4, leftOut: { train: 3, test: 2 } }],
    ['classic-audio', '', { trained: 11, tested: 5, leftOut: { train: 1, test: 1 } }],
    ['fusion', 'protocol: train-folds, folds: 3', { tested: 9, leftOut: { train: 3, test: 0 } }],
    ['fusion', 'protocol: test-folds, folds: 2', { tested: 4, leftOut: { train: 0, test: 2 } }],
    ['classic-audio', 'standardise: presence', { tested: 5, leftOut: { train: 1, test: 1 } }],
  ])('are left out of %s, %s', async (setting, evaluation, expected) => {
    expect(await scored(partial, config(setting, evaluation))).toMatchObject(expected);
  });

  it('leave the windows of the other clips as they are', async () => {
    const parts = async (copy: Recordings) => {
      const local = { manifest: copy.path };
      const { result } = stagesOf(resolvedOf(config('classic-video'), local), 1);
      const inputs = await new StageRunner(local).inputsOf(result);
      const { corpus } = result.parameters as unknown as ScoreParameters;
      const train = await trainingPart(corpus, { inputs, local }, ['video']);
      return { train, tests: await testParts(corpus, { inputs, local }, ['video']) };
    };
    const [some, all] = [await parts(partial), await parts(complete)];
    expect([...(some.train.kept ?? [])]).toEqual([0, 1, 2, 3, 4, 6, 7, 9, 10, 11]);
    expect(all.train).not.toHaveProperty('kept');
    for (const [one, other] of [
      [some.train, all.train],
      [some.tests[0], all.tests[0]],
    ]) {
      expect(one?.clips).toEqual(other?.clips);
      expect(one?.labels).toEqual(other?.labels);
      expect(one?.inputs.video && rowsOf(one.inputs.video)).toEqual(
        other?.inputs.video && rowsOf(other.inputs.video),
      );
    }
  });

  it('are not among the features that are exported', async () => {
    const local = { manifest: partial.path };
    const resolved = resolvedOf(config('classic-video'), local);
    const source = featureSource(resolved, 1);
    const inputs = await new StageRunner(local).inputsOf(stagesOf(resolved, 1).result);
    const ids: Record<string, readonly string[]> = {};
    for await (const part of exportedParts(source, inputs, local, resolved.classes)) {
      expect(part.features.rows).toBe(part.ids.length);
      ids[part.name] = part.ids;
    }
    expect(ids.test).toEqual(['00013', '00014', '00015', '00017', '00018']);
    expect(ids.train).not.toContain('00006');
  });
});
