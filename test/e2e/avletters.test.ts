import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertBuilt, emptyDirectory, mmx, projectRoot } from '../support/mmx.js';
import { mouth, Recordings, voice } from '../support/recordings.js';

/** A copy of AVLetters as people have it: two talkers, every letter three times, and what copies carry along. */
const copy = new Recordings();
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
let directory = '';

beforeAll(() => {
  assertBuilt();
  directory = emptyDirectory('avletters');
  ['Anya', 'Bill'].forEach((talker, person) => {
    letters.forEach((letter, index) => {
      for (const repetition of [1, 2, 3]) {
        const key = 1000 * person + 10 * index + repetition;
        const pictures = 8 + (key % 3);
        const isShort = talker === 'Bill' && letter === 'C' && repetition === 2;
        copy.letter(`${letter}${repetition}_${talker}`, key, pictures, isShort ? 5 : undefined);
      }
    });
  });
  for (const stray of ['.DS_Store', 'Lips/Thumbs.db', 'Lips/._A1_Anya-lips.mat', 'README.txt']) {
    copy.write(stray, 'x');
  }
  copy.write('__MACOSX/Lips/Z1_Cleo-lips.mat', 'x');
});
afterAll(() => rmSync(copy.path, { recursive: true }));

interface TableJson {
  readonly table: string;
  readonly corpus: string;
  readonly synthetic: boolean;
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly id: string;
    readonly cells: Readonly<
      Record<string, { mean: number; n: number; values: number[]; published: number | null; unit: string }>
    >;
  }[];
  readonly notes: readonly string[];
}

const quick = [
  'unlabelled=[]',
  'seeds=[1,2]',
  'rbm.audio.epochs=1',
  'rbm.video.epochs=1',
  'rbm.joint.epochs=1',
];

describe('table 1a of a copy of AVLetters', () => {
  const data = ['--data', `avletters=${copy.path}`];
  const table1a = [
    'table',
    join(projectRoot, 'configs/ngiam2011/table1a.yaml'),
    ...data,
    'scale=smoke',
    ...quick,
    'autoencoder.epochs=1',
    'evaluation.classifier.c=0.01',
  ];
  const read = (): string => {
    const file = readdirSync(join(directory, 'results'), { recursive: true, encoding: 'utf8' }).find((name) =>
      name.endsWith('ngiam2011-table1a/table.json'),
    );
    return readFileSync(join(directory, 'results', file ?? 'no table.json'), 'utf8');
  };

  it('is usable as data check sees it', () => {
    const { status, stdout } = mmx(directory, 'data', 'check', 'avletters', ...data, '--json');
    const check = JSON.parse(stdout);
    const [found] = Array.isArray(check) ? check : [check];
    expect(status).toBe(0);
    expect(found.usable).toBe(true);
    expect(found.counts.map((count: { found: number }) => count.found)).toEqual([156, 156, 104, 52]);
    expect(stdout).toContain('C2_Bill: ');
    expect(stdout).not.toContain('Cleo');
  });

  it('has the rows of the paper, values of real test clips, and says where they come from', () => {
    const { status, stdout, stderr } = mmx(directory, ...table1a, '--quiet');
    expect(stderr).not.toContain('mmx:');
    expect(status).toBe(0);
    expect(stdout).toContain('Bimodal deep autoencoder');
    const table = JSON.parse(read()) as TableJson;
    expect(table).toMatchObject({ table: 'ngiam2011-table1a', corpus: 'avletters', synthetic: false });
    expect(table.columns).toEqual(['video']);
    const published = [46.2, 54.2, 64.4, 59.2];
    expect(table.rows.map(({ id }) => id)).toEqual([
      'preprocessed',
      'rbm',
      'video-only-deep-autoencoder',
      'bimodal-deep-autoencoder',
    ]);
    table.rows.forEach(({ id, cells }, index) => {
      const cell = cells.video;
      expect(cell?.n).toBe(id === 'preprocessed' ? 1 : 2);
      expect(cell?.published).toBe(published[index]);
      for (const value of cell?.values ?? []) {
        // 40 test clips: so many of them are right.
        expect((value * 40) / 100).toBeCloseTo(Math.round((value * 40) / 100), 4);
        expect(value).toBeLessThanOrEqual(100);
      }
    });
    const notes = table.notes.join('\n');
    expect(notes).toContain('Features are learnt from the training parts of: avletters');
    expect(notes).toContain("Scale 'smoke'");
    expect(notes).not.toContain('stands in');
    for (const file of ['table.md', 'table.tex', 'table.csv', 'table.svg', 'manifest.json']) {
      const names = readdirSync(join(directory, 'results'), { recursive: true, encoding: 'utf8' });
      expect(names.some((name) => name.endsWith(`ngiam2011-table1a/${file}`))).toBe(true);
    }
  }, 400_000);

  it('is not computed twice', () => {
    const before = read();
    const plan = mmx(directory, ...table1a, '--dry-run', '--json');
    expect(JSON.parse(plan.stdout).counts.run).toBe(0);
    expect(mmx(directory, ...table1a, '--quiet').status).toBe(0);
    expect(read()).toBe(before);
  }, 100_000);

  it('is refused in one sentence when its test clips are learnt from', () => {
    const pooled = new Recordings();
    const line = (id: string): string =>
      `${copy.path}/Audio/mfcc/Clean/${id}.mfcc,${copy.path}/Lips/${id}-lips.mat,,someone,,train`;
    const manifest = (...ids: string[]): void => {
      pooled.write(
        'manifest.csv',
        ['audio,video,label,speaker,repetition,split', ...ids.map(line), ''].join('\n'),
      );
    };
    writeFileSync(
      join(directory, 'leak.yaml'),
      `corpus: {name: avletters, train: 20, test: 52}
unlabelled: [manifest]
architecture: preprocessed
setting: classic-video
front_end: {features: {dimensions: 5}, video: {dimensions: 4}}
evaluation: {classifier: {c: 0.01}}
`,
    );
    const evaluate = ['evaluate', 'leak.yaml', ...data, '--data', `manifest=${pooled.path}`, '--quiet'];
    manifest('A1_Anya', 'Q3_Bill');
    const { status, stdout, stderr } = mmx(directory, ...evaluate);
    expect(stderr).toContain(
      'mmx: test clip Q3_Bill of avletters is among the training clips of manifest, which features are learnt from: test data must not be used for learning\n',
    );
    expect(stderr).not.toMatch(/^\s+at /m);
    expect([status, stdout]).toEqual([2, '']);
    // With training clips alone in that copy there is nothing to say.
    manifest('A1_Anya', 'Q2_Bill');
    const fine = mmx(directory, ...evaluate, '--json');
    expect(fine.status).toBe(0);
    const [score] = JSON.parse(fine.stdout)[0].scores;
    expect(score).toMatchObject({ trained: 20, tested: 52 });
    // 20 clips cannot hold 26 letters: those that are not learnt are answered wrongly, and counted.
    expect(score.confusion).toHaveLength(26);
    expect(score.confusion.flat().reduce((a: number, b: number) => a + b, 0)).toBe(52);
    rmSync(pooled.path, { recursive: true });
  }, 200_000);

  it('learns beside recordings from their pictures alone, or from the MFCC of their sound where it is told to', () => {
    const recordings = new Recordings();
    const keys = [0, 1, 2, 3, 4, 5];
    for (const key of keys) {
      recordings.wav(`${key}.wav`, voice(key));
      recordings.npy(`${key}.npy`, mouth(key));
    }
    recordings.manifest(
      keys.map((key) => ({ audio: `${key}.wav`, video: `${key}.npy`, speaker: `s${key}`, part: 'train' })),
    );
    writeFileSync(
      join(directory, 'pool.yaml'),
      `table: pool
title: A pool
corpus: {name: avletters, train: 52, test: 52}
unlabelled: [manifest]
setting: cross-modality-video
front_end: {features: {dimensions: 12}, video: {dimensions: 6}}
rbm:
  audio: {hidden: 12, visible: gaussian, epochs: 1, learning_rate: 0.002}
  video: {hidden: 12, visible: gaussian, epochs: 1, learning_rate: 0.002}
  joint: {hidden: 8, epochs: 1}
autoencoder: {epochs: 1, loss: squared-error}
evaluation: {classifier: {c: 0.01}}
rows: [{id: bimodal, label: Bimodal, architecture: bimodal-deep-autoencoder}]
columns: [{id: video, label: video}]
`,
    );
    const pooled = [...data, '--data', `manifest=${recordings.path}`];
    /** Notes of the table, and how many frames of sound the whitening was fitted on. */
    const learnt = (...overrides: string[]): { notes: string; frames: number } => {
      const made = mmx(directory, 'table', 'pool.yaml', ...overrides, ...pooled, '--out', 'pool', '--quiet');
      expect(made.status, made.stderr).toBe(0);
      const plan = mmx(directory, 'table', 'pool.yaml', ...overrides, ...pooled, '--dry-run', '--json');
      const { stages } = JSON.parse(plan.stdout) as { stages: { kind: string; hash: string }[] };
      const { hash = '' } = stages.find(({ kind }) => kind === 'front-end') ?? {};
      const store = join(directory, 'results/runs/store');
      const result = readdirSync(store, { recursive: true, encoding: 'utf8' }).find(
        (name) => name.includes(hash) && name.endsWith('result.json'),
      );
      const { audio } = JSON.parse(readFileSync(join(store, result ?? 'no result'), 'utf8'));
      const { notes } = JSON.parse(readFileSync(join(directory, 'pool/table.json'), 'utf8')) as TableJson;
      return { notes: notes.join('\n'), frames: audio.count };
    };
    const apart = learnt();
    const together = learnt('front_end.features.waveforms=mfcc');
    const from = 'Features are learnt from the training parts of: avletters; manifest';
    expect(apart.notes).toContain(`${from}.`);
    expect(together.notes).toContain(`${from} (MFCC of its waveforms).`);
    // 0.6 s each: windows of 25 ms, centred every 20 ms from 20 ms on.
    expect(together.frames).toBe(apart.frames + keys.length * 29);
    const refused = mmx(
      directory,
      'table',
      'pool.yaml',
      'front_end.features.waveforms=mfcc',
      'front_end.features.mfcc.cepstra=9',
      ...pooled,
    );
    expect(refused.stderr).toContain(
      'mmx: the sound of manifest (MFCC of its waveforms) has 20 values every 20 ms, but that of avletters has 26 values every 20 ms: all corpora of a pool must have the same kind of sound\n',
    );
    expect(refused.stderr).not.toMatch(/^\s+at /m);
    expect([refused.status, refused.stdout]).toEqual([2, '']);
    rmSync(recordings.path, { recursive: true });
  }, 100_000);

  it('has no figure, having no sound but MFCCs, and says so before anything is computed', () => {
    const place = emptyDirectory('avletters-figure');
    const { status, stdout, stderr } = mmx(
      place,
      'figure',
      join(projectRoot, 'configs/ngiam2011/figure4.yaml'),
      'corpus=avletters',
      ...data,
      'scale=smoke',
      ...quick,
      '--quiet',
    );
    expect(stderr).toBe(
      'mmx: figure 4 shows spectrograms, but avletters has no waveforms to compute them from\n',
    );
    expect([status, stdout]).toEqual([2, '']);
    expect(readdirSync(place)).toEqual([]);
  }, 100_000);
});
