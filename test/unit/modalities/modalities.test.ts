import { rmSync } from 'node:fs';
import { PNG } from 'pngjs';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeNpy } from '../../../src/formats/npy.js';
import { encodeWav } from '../../../src/formats/wav.js';
import { librosaMfcc } from '../../../src/frontend/librosa-mfcc.js';
import { audio } from '../../../src/modalities/audio.js';
import { features } from '../../../src/modalities/features.js';
import { image } from '../../../src/modalities/image.js';
import { modalityKinds } from '../../../src/modalities/index.js';
import { frequentWords, text, wordsOf } from '../../../src/modalities/text.js';
import { errorOf } from '../../support/errors.js';
import { scratchFolder } from '../corpora/folder.js';

const folder = scratchFolder();
afterAll(() => rmSync(folder.path, { recursive: true }));

/** Rows of some training examples, and of one more that nothing was fitted on. */
function rowsOf(kind: (typeof modalityKinds)[number], options: object, learnt: string[], other: string) {
  const reader = kind.reader(options);
  const fitted = reader.fit(learnt.map((value) => reader.read({ value })));
  // What is stored comes back from JSON.
  const stored = JSON.parse(JSON.stringify(fitted));
  const row = (value: string) => [...reader.row(reader.read({ value }), stored)];
  return { reader, fitted, rows: learnt.map(row), other: row(other) };
}

describe('text', () => {
  it('parts words at everything but letters, digits and the apostrophes between them', () => {
    expect(wordsOf("You must’ve had your 2 hands full -- 'really'. ÉTÉ")).toEqual([
      'you',
      "must've",
      'had',
      'your',
      '2',
      'hands',
      'full',
      'really',
      'été',
    ]);
    expect(wordsOf('... !')).toEqual([]);
  });

  it('keeps the most frequent words, of equally frequent ones those first in the alphabet', () => {
    expect(frequentWords([['b', 'a'], ['c', 'b'], ['c']], 2)).toEqual(['b', 'c']);
    expect(frequentWords([['b', 'a', 'c']], 2)).toEqual(['a', 'b']);
  });

  it('numbers words by the training part, cuts long texts and fills short ones with token 0', () => {
    const options = { vocabulary: 4, length: 3 };
    const { reader, rows, other } = rowsOf(text, options, ['no no yes', 'no'], 'maybe no yes no');
    expect(reader.shape).toEqual([3]);
    expect([reader.range, reader.padded, reader.vocabulary]).toEqual(['tokens', true, 4]);
    expect(rows).toEqual([
      [2, 2, 3],
      [2, 0, 0],
    ]);
    expect(other).toEqual([1, 2, 3]);
  });

  it('as words, says which words of the vocabulary occur', () => {
    const { reader, other } = rowsOf(text, { as: 'words', vocabulary: 4 }, ['no no yes'], 'yes maybe yes');
    expect([reader.range, reader.shape, reader.padded]).toEqual(['unit', [2], false]);
    expect(other).toEqual([0, 255]);
  });

  it('fits on the training part alone: a vocabulary read from elsewhere is refused', () => {
    const reader = text.reader({});
    expect(() => reader.row(['a'], { words: [1] } as never)).toThrow();
  });
});

describe('audio', () => {
  const rate = 8000;
  const tone = (hertz: number, seconds: number): Float32Array =>
    Float32Array.from({ length: Math.round(rate * seconds) }, (_, i) =>
      Math.fround(Math.round(8000 * Math.sin((2 * Math.PI * hertz * i) / rate)) / 32768),
    );
  const write = (name: string, samples: Float32Array): string =>
    folder.write(name, encodeWav({ rate, samples }));
  const files = [write('a.wav', tone(440, 0.5)), write('b.wav', tone(1000, 1.5))];
  const options = { rate, seconds: 1, coefficients: 5, bands: 20, points: 512, hop: 256 };
  const mfcc = (samples: Float32Array) => librosaMfcc({ kind: 'waveform', rate, samples }, { ...options });

  it('is MFCC of one length, each coefficient of mean 0 and variance 1 over the training part', () => {
    const { reader, rows } = rowsOf(audio, options, files, files[0] as string);
    expect(reader.shape).toEqual([32, 5]);
    const filled = new Float32Array(rate);
    filled.set(tone(440, 0.5));
    const whole = [mfcc(filled).values.data, mfcc(tone(1000, 1.5).subarray(0, rate)).values.data];
    const column = (data: ArrayLike<number>, c: number) =>
      Array.from({ length: 32 }, (_, t) => data[5 * t + c] ?? 0);
    for (let c = 0; c < 5; c++) {
      const all = whole.flatMap((data) => column(data, c));
      const mean = all.reduce((a, b) => a + b) / all.length;
      const deviation = Math.sqrt(all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length);
      rows.forEach((row, i) => {
        column(row, c).forEach((value, t) => {
          expect(value).toBeCloseTo(((whole[i]?.[5 * t + c] ?? 0) - mean) / deviation, 4);
        });
      });
    }
  });

  it('as a mean, is that of the frames of the recording, without the silence after it', () => {
    const { reader, rows } = rowsOf(audio, { ...options, over_time: 'mean' }, files, files[0] as string);
    expect(reader.shape).toEqual([5]);
    // Two examples scaled to mean 0 and variance 1 lie at 1 and −1.
    for (const row of rows) for (const value of row) expect(Math.abs(value)).toBeCloseTo(1, 5);
  });

  it('names a recording that ends before what is to be cut out of it', () => {
    const reader = audio.reader(options);
    const error = errorOf(() => reader.read({ value: files[0] as string, from: 3 }));
    expect(error.message).toMatch(/a\.wav is not usable: it ends after 0\.50 s, before 3 s/);
  });
});

describe('image', () => {
  it('is grey pictures scaled to one size, bytes of 0 to 255', () => {
    const png = new PNG({ width: 4, height: 2 });
    for (let i = 0; i < 8; i++)
      png.data.set(
        [i % 4 < 2 ? 0 : 200, 0, 0, 255].map((v, k) => (k < 3 ? (i % 4 < 2 ? 0 : 200) : v)),
        4 * i,
      );
    const file = folder.write('p.png', PNG.sync.write(png));
    const reader = image.reader({ height: 1, width: 2 });
    expect(reader.shape).toEqual([1, 2, 1]);
    const [left = 0, right = 0] = reader.row(reader.read({ value: file }), null);
    // A triangle as wide as two output pixels reaches over the edge between dark and light.
    expect(left).toBeLessThan(60);
    expect(right).toBeGreaterThan(140);
    expect(left + right).toBe(200);
  });
});

describe('features', () => {
  const npy = (name: string, shape: number[], data: Float32Array | Uint8Array): string =>
    folder.write(name, encodeNpy({ shape, data }));

  it('scales vectors of the training part, number by number', () => {
    const learnt = [npy('v1.npy', [2], Float32Array.of(1, 10)), npy('v2.npy', [2], Float32Array.of(3, 10))];
    const other = npy('v3.npy', [2], Float32Array.of(5, 11));
    const { rows, other: row } = rowsOf(features, { shape: [2] }, learnt, other);
    expect(rows).toEqual([
      [-1, 0],
      [1, 0],
    ]);
    expect(row).toEqual([3, 0]);
  });

  it('fills short sequences up with zeros where it is told to, and cuts long ones', () => {
    const learnt = [
      npy('s1.npy', [1, 1], Float32Array.of(1)),
      npy('s2.npy', [3, 1], Float32Array.of(3, 5, 7)),
    ];
    const { reader, rows } = rowsOf(features, { shape: [2, 1], pad: true }, learnt, learnt[0] as string);
    expect(reader.padded).toBe(true);
    const deviation = Math.sqrt(5);
    expect(rows[0]?.[1]).toBe(0);
    expect(rows[1]?.map((value) => value * deviation)).toEqual([-1, 1].map((v) => expect.closeTo(v, 5)));
  });

  it('reads one row of an array of examples, and keeps bytes as bytes', () => {
    const file = npy('many.npy', [2, 2, 1], Uint8Array.of(0, 51, 102, 255));
    const reader = features.reader({ shape: [1, 2, 1], values: 'unit', divided_by: 255 });
    const row = reader.row(reader.read({ value: file, index: 1 }), null);
    expect(row).toEqual(Uint8Array.of(102, 255));
    expect(errorOf(() => reader.read({ value: file, index: 2 })).message).toMatch(
      /many\.npy is not a usable numpy file: it has no row 2: its shape is \[2, 2, 1\]/,
    );
  });

  it.each([
    ['of another shape', [3], Float32Array.of(1, 2, 3), /an example is an array of 3; the config asks for 2/],
    ['that is no number', [2], Float32Array.of(1, Number.NaN), /its value 1 is NaN/],
  ])('refuses an example %s', (_, shape, data, message) => {
    const reader = features.reader({ shape: [2] });
    expect(errorOf(() => reader.read({ value: npy('bad.npy', shape, data) })).message).toMatch(message);
  });

  it('refuses values outside 0 to 1 where they are said to lie there', () => {
    const reader = features.reader({ shape: [2], values: 'unit' });
    const file = npy('out.npy', [2], Float32Array.of(1, 1.5));
    expect(errorOf(() => reader.read({ value: file })).message).toMatch(
      /its value 1 is 1\.5, not between 0 and 1/,
    );
  });
});

it('lists each kind once, with a summary and options that a config can describe', () => {
  expect(modalityKinds.map(({ kind }) => kind)).toEqual(['audio', 'video', 'image', 'text', 'features']);
  for (const { summary } of modalityKinds) expect(summary.length).toBeGreaterThan(10);
});
