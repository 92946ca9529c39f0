import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clip } from '../../../../src/corpora/clip.js';
import { corpusNamed } from '../../../../src/corpora/registry.js';
import { useEngine } from '../../../../src/engine/registry.js';
import { fitFrontEnd, prepareClip, type Windows } from '../../../../src/frontend/index.js';
import { concatRows, type Matrix } from '../../../../src/matrix.js';
import { frontEndOptions } from '../../../../src/pipeline/data/clips.js';
import type { LabelledData, TrainingData } from '../../../../src/pipeline/data/parameters.js';
import { rowsOf, testParts, trainingPart, unlabelledRows } from '../../../../src/pipeline/data/rows.js';
import type { Artifact } from '../../../../src/pipeline/graph/stage.js';
import { type ResolvedExperiment, stagesOf } from '../../../../src/pipeline/plan/experiment.js';
import { mouth, Recordings, voice } from '../../../support/recordings.js';
import { resolvedOf, StageRunner, withBelow } from '../../../support/stages.js';

const copies = {
  manifest: new Recordings(),
  fsdd: new Recordings(),
  avletters: new Recordings(),
};
const local = Object.fromEntries(Object.entries(copies).map(([name, { path }]) => [name, path]));

const config = (noise = '') => `
corpus: manifest
unlabelled: [fsdd, avletters]
architecture: bimodal-dbn
setting: fusion
front_end: {audio: {dimensions: 6, frames: 5}, video: {dimensions: 3, frames: 3}, stride: 2}
rbm:
  audio: {hidden: 4, visible: gaussian}
  video: {hidden: 4, visible: gaussian}
${noise}`;

let resolved: ResolvedExperiment;
let inputs: Record<string, Artifact>;
const runner = new StageRunner(local);

beforeAll(async () => {
  await useEngine('auto', { threads: 1 });
  const { manifest, fsdd, avletters } = copies;
  const lines = [0, 1, 2, 3, 4, 5].map((key) => {
    manifest.wav(`${key}.wav`, voice(key));
    // The fourth is shorter than a window of the pictures, and its sound outlasts it.
    manifest.npy(`${key}.npy`, mouth(key, key === 3 ? 2 : 12 + key));
    const label = ['one', 'two', undefined][key % 3];
    return {
      audio: `${key}.wav`,
      video: `${key}.npy`,
      ...(label === undefined ? {} : { label }),
      speaker: ['ann', 'bob', 'ann', 'cid', 'dan', 'eve'][key] ?? '',
      part: key < 4 ? ('train' as const) : ('test' as const),
    };
  });
  manifest.manifest(lines);
  for (const key of [10, 11]) fsdd.wav(`${key % 10}_jo_7.wav`, voice(key));
  fsdd.wav('3_jo_0.wav', voice(12)); // a test clip of fsdd: nothing is learnt from it
  for (const key of [20, 21]) avletters.letter(`A${key - 19}_Anya`, key, 9);
  resolved = resolvedOf(config(), local);
  const { result, pieces } = stagesOf(resolved, 1);
  const { joint } = pieces;
  if (!joint) throw new Error('a DBN has a joint layer');
  inputs = { ...(await runner.inputsOf(framesOnly(joint))), ...(await runner.inputsOf(framesOnly(result))) };
});
afterAll(() => {
  for (const { path } of Object.values(copies)) rmSync(path, { recursive: true });
});

/** The stage with the frames among its inputs alone: no model is trained here. */
const framesOnly = (spec: ReturnType<typeof stagesOf>['result']): typeof spec => ({
  ...spec,
  inputs: Object.fromEntries(Object.entries(spec.inputs).filter(([, input]) => input.kind === 'frames')),
});

const clipsOf = (name: string, part: 'train' | 'test'): Clip[] => {
  const corpus = corpusNamed(name);
  if (corpus.kind !== 'clips') throw new Error('clips');
  const { entries } = corpus.open({ data: local[name] });
  return entries.filter((entry) => entry.part === part).map((entry) => entry.load());
};
/** What a pool that hears waveforms learns from a clip. */
const heard = (clip: Clip): Clip => (clip.audio?.kind === 'waveform' ? clip : { ...clip, audio: null });

let made: Expected | undefined;

interface Expected {
  readonly windows: (clip: Clip) => Windows;
  readonly pool: Clip[];
}

/** Front end fitted without any stage, once. */
function expected(): Expected {
  made ??= fittedByHand();
  return made;
}

function fittedByHand(): Expected {
  const options = frontEndOptions(resolved.experiment.front_end);
  const pool = (resolved.clips?.sources ?? []).flatMap(({ source }) =>
    clipsOf(source.name, 'train').map(heard),
  );
  const fitted = fitFrontEnd(pool, options);
  return { pool, windows: (clip) => prepareClip(heard(clip), fitted, options) };
}

const stacked = (parts: readonly (Matrix | undefined)[]): Matrix =>
  concatRows(parts.filter((part) => part !== undefined));

const training: TrainingData = { frames: ['frames_0', 'frames_1', 'frames_2'] };

describe('frames read as windows', () => {
  it('lie in one order, whichever corpus is evaluated', () => {
    const names = resolved.clips?.sources.map(({ source }) => source.name);
    expect(names).toEqual(['avletters', 'fsdd', 'manifest']);
    expect(resolved.clips?.labelled.source.name).toBe('manifest');
    expect(resolved.clips?.sound).toBe('waveform');
    expect(resolved.clips?.sources.map(({ has }) => has)).toEqual([
      { audio: false, video: true }, // MFCC beside waveforms: pictures alone
      { audio: true, video: false },
      { audio: true, video: true },
    ]);
  });

  it('are those of prepareClip to the bit, pooled over all clips that have the modality', async () => {
    const { pool, windows } = expected();
    for (const modality of ['audio', 'video'] as const) {
      const rows = (await unlabelledRows(training, [modality], { inputs, local }))[modality];
      const copied = stacked(pool.map((clip) => windows(clip)[modality]));
      expect(rows?.rows).toBe(copied.rows);
      expect(copied.rows).toBeGreaterThan(20);
      expect(rows && rowsOf(rows)).toEqual(copied);
    }
    // Sound alone comes from fsdd and the manifest, pictures from AVLetters and the manifest.
    const audio = (await unlabelledRows(training, ['audio'], { inputs, local })).audio;
    const own = stacked(pool.slice(4).map((clip) => windows(clip).audio));
    const fsddRows = stacked(clipsOf('fsdd', 'train').map((clip) => windows(clip).audio)).rows;
    expect(audio?.rows).toBe(fsddRows + own.rows);
  });

  it('of both modalities come from the clips that have both, row by row together', async () => {
    const { windows } = expected();
    const rows = await unlabelledRows(training, ['video', 'audio'], { inputs, local });
    const clips = clipsOf('manifest', 'train').map(windows);
    expect(Object.keys(rows)).toEqual(['video', 'audio']);
    for (const modality of ['audio', 'video'] as const) {
      const read = rows[modality];
      expect(read && rowsOf(read)).toEqual(stacked(clips.map((one) => one[modality])));
    }
    // Rows from the middle are the same rows.
    const middle = rows.audio && rowsOf(rows.audio, 3, 5);
    expect(middle?.data).toEqual(stacked(clips.map((one) => one.audio)).data.slice(3 * 30, 5 * 30));
    expect(() => rows.audio && rowsOf(rows.audio, 0, rows.audio.rows + 1)).toThrow(RangeError);
  });

  it('of a modality that no clip has are refused with a sentence', async () => {
    const corpus: TrainingData = { frames: ['frames_1'] };
    await expect(unlabelledRows(corpus, ['video'], { inputs, local })).rejects.toThrow(/have no video/);
  });
});

describe('the labelled parts', () => {
  const data = (): LabelledData => ({ train: 'train', tests: ['test_0'], classes: resolved.classes });

  it('hold every clip with its label, its speaker and its windows', async () => {
    const { windows } = expected();
    const train = await trainingPart(data(), { inputs, local });
    const [test] = await testParts(data(), { inputs, local });
    expect(resolved.classes).toEqual(['one', 'two']);
    expect([...train.labels]).toEqual([0, 1, -1, 0]);
    expect([...(test?.labels ?? [])]).toEqual([1, -1]);
    expect([...(train.groups ?? [])]).toEqual([0, 1, 0, 2]); // ann, bob, ann, cid
    for (const [part, clips] of [
      [train, clipsOf('manifest', 'train')],
      [test, clipsOf('manifest', 'test')],
    ] as const) {
      const each = clips.map(windows);
      const ends = [0];
      for (const { times } of each) ends.push((ends.at(-1) ?? 0) + times.length);
      expect([...(part?.clips ?? [])]).toEqual(ends);
      expect(part?.count).toBe(ends.at(-1));
      for (const modality of ['audio', 'video'] as const) {
        const rows = part?.inputs[modality];
        expect(rows && rowsOf(rows)).toEqual(stacked(each.map((one) => one[modality])));
      }
    }
  });

  it('keep no speakers apart where one is in both parts', async () => {
    const copy = new Recordings();
    for (const key of [0, 1, 2, 3]) {
      copy.wav(`${key}.wav`, voice(key));
      copy.npy(`${key}.npy`, mouth(key));
    }
    copy.manifest(
      [0, 1, 2, 3].map((key) => ({
        audio: `${key}.wav`,
        video: `${key}.npy`,
        label: 'ab'[key % 2] ?? '',
        speaker: ['ann', 'bob', 'ann', 'cid'][key] ?? '',
        part: key < 2 ? 'train' : 'test',
      })),
    );
    const place = { manifest: copy.path };
    const one = resolvedOf(config().replace('[fsdd, avletters]', '[]'), place);
    const { result } = stagesOf(one, 1);
    const made = await new StageRunner(place).inputsOf(framesOnly(result));
    const train = await trainingPart(
      { train: 'train', tests: [], classes: one.classes },
      { inputs: made, local },
    );
    expect(train).not.toHaveProperty('groups');
    expect([...train.labels]).toEqual([0, 1]);
    rmSync(copy.path, { recursive: true });
  });

  it('lack a modality that some clip lacks, and say so when it is asked for', async () => {
    const copy = new Recordings();
    for (const key of [0, 1, 2]) copy.wav(`${key}.wav`, voice(key));
    for (const key of [0, 2]) copy.npy(`${key}.npy`, mouth(key));
    copy.manifest(
      [0, 1, 2].map((key) => ({
        audio: `${key}.wav`,
        video: key === 1 ? '' : `${key}.npy`,
        label: 'ab'[key % 2] ?? '',
        speaker: 'ann',
        part: key < 2 ? 'train' : 'test',
      })),
    );
    const place = { manifest: copy.path };
    const one = resolvedOf(config().replace('[fsdd, avletters]', '[]'), place);
    const stages = withBelow(stagesOf(one, 1).result);
    const frames = stages.find(({ label }) => label === 'frames of manifest, train');
    if (!frames) throw new Error('no frames');
    const made = { train: await new StageRunner(place).run(frames) };
    const train = await trainingPart(
      { train: 'train', tests: [], classes: one.classes },
      { inputs: made, local },
    );
    expect(Object.keys(train.inputs)).toEqual(['audio']);
    // Its pictures still serve feature learning.
    const learnt = await unlabelledRows({ frames: ['train'] }, ['video'], { inputs: made, local });
    const both = await unlabelledRows({ frames: ['train'] }, ['audio', 'video'], { inputs: made, local });
    expect(learnt.video?.rows).toBe(both.audio?.rows);
    expect(both.audio?.rows).toBeLessThan(train.count);
    rmSync(copy.path, { recursive: true });
  });
});
