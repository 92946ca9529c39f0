import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeNpy } from '../../src/formats/npy.js';
import { encodeWav } from '../../src/formats/wav.js';
import { assertBuilt, emptyDirectory, mmx, projectRoot } from '../support/mmx.js';

/*
 * The tables of configs/compare that need a user's copy, at scale smoke on small copies in the exact formats: every row, one
 * column.
 */

let directory = '';
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

const write = (name: string, content: Uint8Array | string): string => {
  const file = join(directory, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
};

const rate = 16000;
/** A tone, which says the class. */
const tone = (kind: number, key: number): Uint8Array =>
  encodeWav({
    rate,
    samples: Float32Array.from(
      { length: rate / 4 },
      (_, i) => 0.3 * Math.sin((2 * Math.PI * (200 + 150 * kind + key) * i) / rate),
    ),
  });

/** Half a second with one of four corners white, which says the class, and a tone. */
function movie(name: string, kind: number, format: readonly string[]): void {
  const file = join(directory, name);
  mkdirSync(dirname(file), { recursive: true });
  const { status, stderr } = spawnSync(
    'ffmpeg',
    [
      ...[
        '-y',
        '-loglevel',
        'error',
        '-f',
        'lavfi',
        '-i',
        `color=c=black:s=64x48:r=10:d=0.5,drawbox=x=${32 * (kind % 2)}:y=${24 * (kind >> 1)}:w=32:h=24:color=white:t=fill`,
      ],
      ...['-f', 'lavfi', '-i', `sine=frequency=${200 + 150 * kind}:sample_rate=22050:duration=0.5`],
      ...format,
      file,
    ],
    { encoding: 'utf8' },
  );
  expect([status, stderr]).toEqual([0, '']);
}

/** Computes a table of a shipped config, its rows all, of its columns the first. */
function rowsOf(config: string, corpus: string, ...overrides: string[]) {
  const shipped = join(projectRoot, 'configs/compare', `${config}.yaml`);
  write(`${config}.yaml`, `extends: ${shipped}\ncolumns:\n  - {id: first, label: first}\n`);
  const { status, stderr } = mmx(
    directory,
    ...['table', `${config}.yaml`, '--data', `${corpus}=${corpus}`, '--out', `out-${config}`, '-q'],
    ...['scale=smoke', ...overrides],
  );
  expect(stderr).toMatch(/^written: .*\n$/);
  expect(status).toBe(0);
  const table = JSON.parse(readFileSync(join(directory, `out-${config}/table.json`), 'utf8')) as {
    rows: { id: string; cells: Record<string, { mean: number }> }[];
  };
  return Object.fromEntries(table.rows.map(({ id, cells }) => [id, cells.first?.mean]));
}

const isAccuracy = (value: number | undefined): boolean => value !== undefined && value >= 0 && value <= 100;

beforeAll(() => {
  assertBuilt();
  directory = emptyDirectory('user-copies');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('on small copies in the exact formats', () => {
  it('MELD: text beside sound', () => {
    const emotions = ['joy', 'anger', 'neutral'];
    const sentiments = ['positive', 'negative', 'neutral'];
    const said = ['I love this so much', 'Get out of my sight', 'We are at the office'];
    const heading =
      'Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,Episode,StartTime,EndTime';
    for (const [part, folder, count] of [
      ['train', 'train_splits', 36],
      ['dev', 'dev_splits_complete', 3],
      ['test', 'output_repeated_splits_test', 9],
    ] as const) {
      const lines = Array.from({ length: count }, (_, i) => {
        const kind = i % 3;
        write(`meld/${folder}/dia${Math.floor(i / 4)}_utt${i % 4}.wav`, tone(kind, i));
        return `${i + 1},"${said[kind]}, take ${i}.",Ross,${emotions[kind]},${sentiments[kind]},${Math.floor(i / 4)},${i % 4},1,1,"00:00:01,000","00:00:02,000"`;
      });
      write(`meld/${part}_sent_emo.csv`, [heading, ...lines, ''].join('\n'));
    }
    const smaller = [
      'corpus.inputs.text={vocabulary: 100, length: 10}',
      'models.fusion-network={epochs: 12, batch: 8}',
    ];
    const rows = rowsOf('meld', 'meld', ...smaller);
    expect(Object.keys(rows)).toEqual(['text', 'audio', 'late', 'average', 'gated', 'low-rank', 'attention']);
    expect(Object.values(rows).every(isAccuracy)).toBe(true);
    expect(rows.late).toBeGreaterThan(60);
    const text = rowsOf('meld-text', 'meld', ...smaller, 'rbm.text.batch=10');
    expect(text.words).toBeGreaterThan(90);
    expect(text.lstm).toBeGreaterThan(60);
  }, 180_000);

  it('AV-MNIST, as MultiBench has it', () => {
    for (const [part, count] of [
      ['train', 48],
      ['test', 10],
    ] as const) {
      const image = new Float64Array(count * 784);
      const audio = new Float64Array(count * 112 * 112);
      // The digit is the place of a stripe.
      for (let example = 0; example < count; example++) {
        const digit = example % 10;
        image.fill(255, example * 784 + 56 * digit, example * 784 + 56 * (digit + 1));
        audio.fill(200, example * 12544 + 1120 * digit, example * 12544 + 1120 * (digit + 1));
      }
      write(`av-mnist/image/${part}_data.npy`, encodeNpy({ shape: [count, 784], data: image }));
      write(`av-mnist/audio/${part}_data.npy`, encodeNpy({ shape: [count, 112, 112], data: audio }));
      const labels = Int32Array.from({ length: count }, (_, i) => i % 10);
      write(`av-mnist/${part}_labels.npy`, encodeNpy({ shape: [count], data: labels }));
    }
    const rows = rowsOf('av-mnist', 'av-mnist');
    expect(Object.keys(rows)).toHaveLength(8);
    expect(Object.values(rows).every(isAccuracy)).toBe(true);
  }, 180_000);

  it.skipIf(!hasFfmpeg)(
    'RAVDESS and CREMA-D (ffmpeg makes and reads the movies)',
    () => {
      const ravdess = ['01', '03', '04', '05'];
      const crema = ['NEU', 'HAP', 'SAD', 'ANG'];
      for (let i = 0; i < 24; i++) {
        const kind = i % 4;
        const isTest = i >= 16;
        const actor = isTest ? '22' : `0${1 + (i % 8)}`;
        const take = `0${1 + Math.floor(i / 16)}-0${1 + (Math.floor(i / 8) % 2)}`;
        const name = `01-${ravdess[kind]}-01-${take}-${actor}`;
        write(`ravdess/Actor_${actor}/03-${name}.wav`, tone(kind, i));
        movie(`ravdess/Actor_${actor}/01-${name}.mp4`, kind, ['-c:v', 'mpeg4', '-q:v', '2']);
        const stem = `10${isTest ? 80 + (i % 8) : 10 + i}_DFA_${crema[kind]}_XX`;
        write(`crema-d/AudioWAV/${stem}.wav`, tone(kind, i));
        movie(`crema-d/VideoFlash/${stem}.flv`, kind, ['-c:v', 'flv1']);
      }
      for (const corpus of ['ravdess', 'crema-d']) {
        const rows = rowsOf(
          corpus,
          corpus,
          'corpus.inputs={image: {height: 12, width: 12}, audio: {seconds: 0.3}}',
          'models.fusion-network={epochs: 40, batch: 8, encoders: {image: {filters: [4], dense: 16}, audio: {filters: [4], dense: 16}}}',
        );
        expect(Object.keys(rows)).toHaveLength(7);
        expect(rows.audio).toBeGreaterThan(50);
        expect(rows.image).toBeGreaterThan(40);
      }
    },
    180_000,
  );
});
