import { rmSync } from 'node:fs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useEngine } from '../../../../src/engine/registry.js';
import { MmxError } from '../../../../src/errors.js';
import { encodeWav } from '../../../../src/formats/wav.js';
import type { Artifact, StageSpec } from '../../../../src/pipeline/graph/stage.js';
import { type ResolvedExperiment, stagesOf } from '../../../../src/pipeline/plan/experiment.js';
import { mouth, Recordings, voice } from '../../../support/recordings.js';
import { resolvedOf, StageRunner } from '../../../support/stages.js';

let own: Recordings;
let other: Recordings;
beforeAll(() => useEngine('auto', { threads: 1 }));
beforeEach(() => {
  own = new Recordings();
  other = new Recordings();
});
afterEach(() => {
  for (const { path } of [own, other]) rmSync(path, { recursive: true });
});

/** Three clips of the evaluated corpus: two to train on, one to test. */
function evaluated(tested: { readonly sound: Float32Array; readonly pictures: number | null }): void {
  const sounds = [voice(0), voice(1), { ...voice(2), samples: tested.sound }];
  const pictures = [mouth(0), mouth(1), tested.pictures === null ? blank() : mouth(tested.pictures)];
  own.manifest(
    [0, 1, 2].map((key) => {
      own.wav(`${key}.wav`, sounds[key] ?? voice(0));
      own.npy(`${key}.npy`, pictures[key] ?? blank());
      return {
        audio: `${key}.wav`,
        video: `${key}.npy`,
        label: 'a',
        speaker: `s${key}`,
        part: key < 2 ? 'train' : 'test',
      };
    }),
  );
}

function blank(): ReturnType<typeof mouth> {
  const track = mouth(0);
  return { ...track, data: new Uint8Array(track.data.length).fill(16) };
}

const silence = (): Float32Array => new Float32Array(voice(0).samples.length);

/** The frames of the test part, with features learnt from both corpora. */
async function testFrames(
  corpus: string,
  unlabelled: string,
  rest = '',
  runner = new StageRunner({ [corpus]: own.path, [unlabelled]: other.path }),
): Promise<Artifact> {
  const test = stagesOf(resolvedPool(corpus, unlabelled, rest), 1).result.inputs.test_0 as StageSpec;
  return runner.run(test);
}

async function trainingFrames(corpus: string, unlabelled: string, rest: string): Promise<Artifact> {
  const train = stagesOf(resolvedPool(corpus, unlabelled, rest), 1).result.inputs.train as StageSpec;
  return new StageRunner({ [corpus]: own.path, [unlabelled]: other.path }).run(train);
}

function resolvedPool(corpus: string, unlabelled: string, rest: string): ResolvedExperiment {
  return resolvedOf(
    `corpus: ${corpus}
unlabelled: [${unlabelled}]
architecture: preprocessed
setting: fusion
front_end: {audio: {dimensions: 4}, features: {dimensions: 4}, video: {dimensions: 3}}
${rest}`,
    { [corpus]: own.path, [unlabelled]: other.path },
  );
}

async function refusal(made: Promise<unknown>): Promise<MmxError> {
  const error: unknown = await made.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof MmxError)) throw new Error(`not refused: ${String(error)}`);
  return error;
}

const repeatedIn = (frames: Artifact): unknown => (frames.json as { repeated: unknown }).repeated;

describe('a test clip that features would be learnt from', () => {
  it('is refused for its sound, in one sentence that says which and where', async () => {
    evaluated({ sound: voice(2).samples, pictures: 2 });
    for (const key of [5, 2]) other.wav(`${key}_jo_9.wav`, voice(key));
    const error = await refusal(testFrames('manifest', 'fsdd'));
    expect(error).toMatchObject({ code: 'corpora/test-data-learnt', exitCode: 2 });
    expect(error.message).toBe(
      'test clip 00003 (line 4) of manifest is among the training clips of fsdd, which features are learnt from: test data must not be used for learning',
    );
    expect(error.hint).toContain('remove fsdd from `unlabelled`');
    // Noise hides nothing: the clip is known by what it was before.
    const noisy = testFrames('manifest', 'fsdd', 'evaluation: {noise: {snr: 0, draws: 2}}');
    expect((await refusal(noisy)).code).toBe('corpora/test-data-learnt');
  });

  it('is refused for its pictures, whatever sounds beside them', async () => {
    evaluated({ sound: voice(2).samples, pictures: 32 });
    other.letter('A1_Anya', 31, 14);
    other.letter('A2_Anya', 32, 14);
    const error = await refusal(testFrames('manifest', 'avletters'));
    expect(error.message).toMatch(
      /^test clip 00003 \(line 4\) of manifest is among the training clips of avletters, /,
    );
  });

  it('is no concern where it is a test clip there too', async () => {
    evaluated({ sound: voice(2).samples, pictures: 2 });
    other.wav('5_jo_9.wav', voice(5));
    other.wav('2_jo_0.wav', voice(2)); // takes 0 to 4 test
    expect(repeatedIn(await testFrames('manifest', 'fsdd'))).toEqual([]);
  });

  it('is counted where its own corpus has it in both parts, by a published split', async () => {
    for (const [letter, key] of [
      ['A1', 1],
      ['A2', 2],
      ['A3', 2],
      ['B3', 3],
    ] as const) {
      own.letter(`${letter}_Anya`, key, 14);
    }
    other.wav('2.wav', voice(2));
    other.manifest([{ audio: '2.wav', speaker: 'x', part: 'train' }]);
    expect(repeatedIn(await testFrames('avletters', 'manifest'))).toEqual(['A3_Anya']);
  });

  it('is refused where its own corpus has it in both parts by mistake', async () => {
    evaluated({ sound: voice(1).samples, pictures: 2 });
    other.wav('5_jo_9.wav', voice(5));
    const error = await refusal(testFrames('manifest', 'fsdd'));
    expect(error.message).toBe(
      'test clip 00003 (line 4) of manifest is among its own training clips, which features are learnt from: test data must not be used for learning',
    );
    expect(error.hint).toContain('mmx data check manifest');
    // Nothing is tested on by cross-validation inside the training part.
    await expect(
      trainingFrames('manifest', 'fsdd', 'evaluation: {protocol: train-folds}'),
    ).resolves.toHaveProperty('tensors');
  });

  it('is refused when it is read, where its file differs', async () => {
    evaluated({ sound: voice(2).samples, pictures: 2 });
    const bytes = encodeWav(voice(2));
    const remark = Buffer.from('LIST\x04\0\0\0mmx.', 'latin1');
    const other9 = Buffer.concat([bytes.subarray(0, 12), remark, bytes.subarray(12)]);
    other9.writeUInt32LE(other9.length - 8, 4);
    other.write('5_jo_9.wav', other9);
    const runner = new StageRunner({ manifest: own.path, fsdd: other.path });
    const error = await refusal(testFrames('manifest', 'fsdd', '', runner));
    expect(error.message).toMatch(
      /^test clip 00003 \(line 4\) of manifest is among the training clips of fsdd/,
    );
    expect(runner.ran).toEqual(['front end of fsdd, manifest']);
  });

  it('is refused for the other corpus even where its own repeats it', async () => {
    for (const [letter, key] of [
      ['A1', 1],
      ['A2', 2],
      ['A3', 2],
    ] as const) {
      own.letter(`${letter}_Anya`, key, 14);
    }
    other.npy('2.npy', mouth(2));
    other.wav('2.wav', voice(2));
    other.manifest([{ audio: '2.wav', video: '2.npy', speaker: 'x', part: 'train' }]);
    const error = await refusal(testFrames('avletters', 'manifest'));
    expect(error.message).toMatch(/^test clip A3_Anya of avletters is among the training clips of manifest/);
  });

  it('is not every clip that is silent or dark', async () => {
    evaluated({ sound: silence(), pictures: null });
    other.wav('5_jo_9.wav', voice(5));
    other.wav('6_jo_9.wav', { ...voice(6), samples: silence() });
    expect(repeatedIn(await testFrames('manifest', 'fsdd'))).toEqual([]);
  });
});
