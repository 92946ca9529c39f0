import { rmSync } from 'node:fs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { corpusNamed } from '../../../../src/corpora/registry.js';
import { useEngine } from '../../../../src/engine/registry.js';
import type { MmxError } from '../../../../src/errors.js';
import { encodeHtk } from '../../../../src/formats/htk.js';
import { encodeWav } from '../../../../src/formats/wav.js';
import { fitFrontEnd, mfccOfClip, prepareClip } from '../../../../src/frontend/index.js';
import { concatRows, matrix } from '../../../../src/matrix.js';
import { frontEndOptions } from '../../../../src/pipeline/data/clips.js';
import { framesTrackOf } from '../../../../src/pipeline/data/frames.js';
import { mfccOptions } from '../../../../src/pipeline/data/heard-sound.js';
import { rowsOf, unlabelledRows } from '../../../../src/pipeline/data/rows.js';
import type { StageSpec } from '../../../../src/pipeline/graph/stage.js';
import { type ResolvedExperiment, stagesOf } from '../../../../src/pipeline/plan/experiment.js';
import { errorOf } from '../../../support/errors.js';
import { mouth, Recordings, voice } from '../../../support/recordings.js';
import { hashOf, resolvedOf, StageRunner, withBelow } from '../../../support/stages.js';
import { someFeatures } from '../../frontend/fixture.js';

/** A copy of AVLetters, and two corpora of waveforms: with pictures and without. */
let copies: Readonly<Record<'avletters' | 'manifest' | 'fsdd', Recordings>>;
const local = () => Object.fromEntries(Object.entries(copies).map(([name, { path }]) => [name, path]));

beforeAll(() => useEngine('auto', { threads: 1 }));
beforeEach(() => {
  copies = { avletters: new Recordings(), manifest: new Recordings(), fsdd: new Recordings() };
  const { avletters, manifest, fsdd } = copies;
  for (const [letter, key] of [...['A1', 'A2', 'A3', 'B1', 'B2', 'B3'].entries()].map(
    ([index, id]) => [id, 10 + index] as const,
  )) {
    avletters.letter(`${letter}_Anya`, key, 12);
  }
  const keys = [0, 1, 2];
  for (const key of keys) {
    manifest.wav(`${key}.wav`, voice(key));
    manifest.npy(`${key}.npy`, mouth(key));
  }
  manifest.manifest(
    keys.map((key) => ({
      audio: `${key}.wav`,
      video: `${key}.npy`,
      label: 'A',
      speaker: 'ann',
      part: 'train',
    })),
  );
  for (const key of [4, 5]) fsdd.wav(`${key}_jo_9.wav`, voice(key));
});
afterEach(() => {
  for (const { path } of Object.values(copies)) rmSync(path, { recursive: true });
});

function pool(features: string, corpus = 'avletters', unlabelled = 'fsdd, manifest'): ResolvedExperiment {
  return resolvedOf(
    `corpus: ${corpus}
unlabelled: [${unlabelled}]
architecture: bimodal-dbn
setting: fusion
front_end: {audio: {dimensions: 4}, features: {${features}}, video: {dimensions: 3}}
rbm: {audio: {visible: gaussian}, video: {visible: gaussian}}
`,
    local(),
  );
}

const stagesBelow = (resolved: ResolvedExperiment): StageSpec[] => withBelow(stagesOf(resolved, 1).result);
const hashes = (resolved: ResolvedExperiment): string[] => stagesBelow(resolved).map(hashOf);

describe('a pool whose sound is given as features', () => {
  it('hears the MFCC of waveforms where the config asks for them, and else nothing', () => {
    const heard = (features: string) =>
      pool(features).clips?.sources.map(({ source, has, makesMfcc }) => [
        source.name,
        has.audio,
        has.video,
        makesMfcc,
      ]);
    expect(heard('waveforms: mfcc')).toEqual([
      ['avletters', true, true, false],
      ['fsdd', true, false, true],
      ['manifest', true, true, true],
    ]);
    expect(heard('')).toEqual([
      ['avletters', true, true, false],
      ['manifest', false, true, false],
    ]);
    expect(pool('').clips?.leftOut).toEqual(['fsdd (it has sound alone, and not as features)']);
    expect(pool('waveforms: mfcc').clips?.leftOut).toEqual([]);
  });

  it('learns from windows of both, whitened together, the pictures beside their own sound', async () => {
    const resolved = pool('waveforms: mfcc, dimensions: 5');
    const { joint } = stagesOf(resolved, 1).pieces;
    const frames = Object.fromEntries(
      Object.entries(joint?.inputs ?? {}).filter(([, { kind }]) => kind === 'frames'),
    );
    const inputs = await new StageRunner(local()).inputsOf({ ...(joint as StageSpec), inputs: frames });
    const rows = await unlabelledRows({ frames: Object.keys(frames) }, ['audio', 'video'], {
      inputs,
      local: local(),
    });

    const { front_end: config } = resolved.experiment;
    const made = ['avletters', 'fsdd', 'manifest'].flatMap((name) => {
      const corpus = corpusNamed(name);
      if (corpus.kind !== 'clips') throw new Error('clips');
      const clips = corpus.open({ data: local()[name] }).entries.filter(({ part }) => part === 'train');
      return clips.map((entry) => {
        const clip = entry.load();
        const audio =
          clip.audio?.kind === 'waveform'
            ? mfccOfClip(clip.id, clip.audio, mfccOptions(config.features.mfcc))
            : clip.audio;
        return { ...clip, audio };
      });
    });
    const options = frontEndOptions(config);
    const fitted = fitFrontEnd(made, options);
    const expected = made
      .filter(({ video }) => video !== null)
      .map((one) => prepareClip(one, fitted, options));
    expect(made).toHaveLength(4 + 2 + 3);
    expect(expected).toHaveLength(4 + 3);
    for (const modality of ['audio', 'video'] as const) {
      const read = rows[modality];
      const all = concatRows(expected.map((one) => one[modality] ?? matrix(0, 0)));
      expect(read && rowsOf(read)).toEqual(all);
    }
  });

  it('has the same stages whatever is said of MFCC that are not made', () => {
    const plain = hashes(pool(''));
    expect(hashes(pool('waveforms: none, mfcc: {cepstra: 9, period_ms: 10}'))).toEqual(plain);
    for (const { parameters } of stagesBelow(pool(''))) {
      expect(JSON.stringify(parameters)).not.toMatch(/waveforms|mfcc/);
    }
    // Where the sound is waveforms, too.
    const waveforms = hashes(pool('', 'manifest', 'fsdd, avletters'));
    expect(hashes(pool('waveforms: mfcc', 'manifest', 'fsdd, avletters'))).toEqual(waveforms);
  });

  it('has other stages for each way of making MFCC', () => {
    const all = ['', 'waveforms: mfcc', 'waveforms: mfcc, mfcc: {lifter: 22}'].map((one) =>
      hashes(pool(one)),
    );
    expect(new Set(all.flat()).size).toBe(all.flat().length);
  });
});

describe('sound that does not fit a pool of features', () => {
  const refusal = (features: string): MmxError => errorOf(() => pool(features));

  it('is refused while the stages are planned: MFCC of another length, or another time apart', () => {
    const error = refusal('waveforms: mfcc, mfcc: {cepstra: 13}');
    expect(error).toMatchObject({ code: 'corpora/other-sound', exitCode: 2 });
    expect(error.message).toBe(
      'the sound of fsdd (MFCC of its waveforms) has 28 values every 20 ms, but that of avletters has 26 values every 20 ms: all corpora of a pool must have the same kind of sound',
    );
    expect(error.hint).toBe(
      'front_end.features.mfcc: {cepstra: 12, period_ms: 20} makes the same number as often',
    );
    expect(refusal('waveforms: mfcc, mfcc: {period_ms: 10}').message).toContain('has 26 values every 10 ms');
  });

  it('is refused where it is files of features: it is never padded or cut', () => {
    const { manifest } = copies;
    const { values } = someFeatures(1, 20);
    const features = (columns: number, samplePeriodSeconds: number): void => {
      const cut = matrix(20, columns, values.data.slice(0, 20 * columns));
      manifest.write('x.mfcc', encodeHtk({ samplePeriodSeconds, kind: 'MFCC_E_D', values: cut }));
      manifest.manifest([{ audio: 'x.mfcc', speaker: 'ann', part: 'train' }]);
    };
    features(13, 0.02);
    const error = refusal('');
    expect(error.message).toBe(
      'the sound of manifest has 13 values every 20 ms, but that of avletters has 26 values every 20 ms: all corpora of a pool must have the same kind of sound',
    );
    expect(error.hint).toBe('remove manifest from `unlabelled`');
    features(26, 0.01);
    expect(refusal('').message).toContain('the sound of manifest has 26 values every 10 ms');
    features(26, 0.02);
    expect(pool('').clips?.sources).toHaveLength(2);
  });
});

describe('a test clip whose MFCC are made of its waveform', () => {
  /** The evaluated corpus is listed with features first: that is the sound of its pool. */
  async function testSound(samples: Float32Array): Promise<unknown> {
    const { manifest } = copies;
    const { values } = someFeatures(1, 27);
    manifest.write('x.mfcc', encodeHtk({ samplePeriodSeconds: 0.02, kind: 'MFCC_E_D', values }));
    manifest.wav('y.wav', { ...voice(7), samples });
    manifest.manifest([
      { audio: 'x.mfcc', video: '0.npy', label: 'A', speaker: 'ann', part: 'train' },
      { audio: 'y.wav', video: '1.npy', label: 'A', speaker: 'bob', part: 'test' },
    ]);
    const resolved = pool('waveforms: mfcc', 'manifest', 'fsdd');
    return new StageRunner(local()).run(stagesOf(resolved, 1).result.inputs.test_0 as StageSpec);
  }

  it('is refused where its waveform was learnt from', async () => {
    await expect(testSound(voice(7).samples)).resolves.toHaveProperty('tensors');
    // Another file of the same samples: equal files are refused before anything is computed.
    const bytes = encodeWav(voice(7));
    const remark = Buffer.from('LIST\x04\0\0\0mmx.', 'latin1');
    const other = Buffer.concat([bytes.subarray(0, 12), remark, bytes.subarray(12)]);
    other.writeUInt32LE(other.length - 8, 4);
    copies.fsdd.write('7_jo_9.wav', other);
    await expect(testSound(voice(7).samples)).rejects.toThrow(/among the training clips of fsdd/);
  });

  it('is not every clip that is silent, though MFCC of silence have values', async () => {
    const silence = new Float32Array(voice(7).samples.length);
    copies.fsdd.wav('7_jo_9.wav', { ...voice(7), samples: silence });
    const frames = await testSound(silence);
    expect(framesTrackOf(frames as Parameters<typeof framesTrackOf>[0], 'audio')?.values.columns).toBe(26);
  });
});
