import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  defaultLibrosaMfcc,
  type LibrosaMfccOptions,
  librosaMfcc,
} from '../../../src/frontend/librosa-mfcc.js';
import { errorOf } from '../../support/errors.js';
import { someSound } from './fixture.js';
import { tone, waveform } from './sounds.js';

interface Reference {
  readonly scale: number;
  readonly samples: readonly number[];
  readonly cases: Readonly<
    Record<
      string,
      {
        readonly options: LibrosaMfccOptions;
        /** Samples of the signal, of which the first `kept` are not silent. */
        readonly length: number;
        readonly kept: number;
        readonly frames: number;
        readonly values: readonly number[];
      }
    >
  >;
}

const reference = JSON.parse(
  readFileSync(new URL('../../golden/frontend/librosa_mfcc.json', import.meta.url), 'utf8'),
) as Reference;

const eightKilohertz = { ...defaultLibrosaMfcc, rate: 8000, coefficients: 40 };

describe('MFCC as librosa computes them', () => {
  it.each(Object.entries(reference.cases))("are those of librosa's own code: %s", (_, expected) => {
    const samples = new Float32Array(expected.length);
    for (let i = 0; i < expected.kept; i++) samples[i] = (reference.samples[i] ?? 0) / reference.scale;
    const { values } = librosaMfcc(waveform(samples, expected.options.rate), expected.options);
    expect([values.rows, values.columns]).toEqual([expected.frames, expected.options.coefficients]);
    expect(expected.values.length).toBe(values.data.length);
    const errors = expected.values.map((value, i) => Math.abs(value - (values.data[i] as number)));
    expect(Math.max(...errors)).toBeLessThan(2e-4); // of values up to 1131
  });

  it('have 13 frames of 0.8 s at 8 kHz, a hop apart from the first sample on', () => {
    const { values, rate, start } = librosaMfcc(waveform(tone(300, 8000, 6400), 8000), eightKilohertz);
    expect([values.rows, values.columns, rate, start]).toEqual([13, 40, 8000 / 512, 0]);
  });

  it('bring other rates to theirs first', () => {
    const [slow, fast] = [8000, 16_000].map((rate) =>
      librosaMfcc(waveform(tone(700, rate, 0.8 * rate), rate), eightKilohertz),
    );
    expect(fast?.values.rows).toBe(13);
    // The sixth frame is away from both ends, where resampling hears silence.
    const frame = (of: typeof slow) => of?.values.data.subarray(6 * 40, 6 * 40 + 1);
    expect(frame(fast)?.[0]).toBeCloseTo(frame(slow)?.[0] ?? 0, 0);
  });

  it('change with the level in c0 alone, by the decibels times the root of the bands', () => {
    const loud = someSound(1, 0.8, 8000);
    const soft = { ...loud, samples: loud.samples.map((value) => value / 4) };
    const [a, b] = [librosaMfcc(loud, eightKilohertz), librosaMfcc(soft, eightKilohertz)];
    a.values.data.forEach((value, i) => {
      const shift = i % 40 === 0 ? 20 * Math.log10(4) * Math.sqrt(128) : 0;
      expect((b.values.data[i] as number) + shift).toBeCloseTo(value, 2);
    });
  });

  it('are refused of no sound and of options without a sense', () => {
    expect(() => librosaMfcc(waveform(new Float32Array(0)), defaultLibrosaMfcc)).toThrow(/no samples/);
    expect(() => librosaMfcc(waveform(Float32Array.of(1, Number.NaN)), defaultLibrosaMfcc)).toThrow(
      /sample 1 of the sound is NaN/,
    );
    const refused = (change: Partial<LibrosaMfccOptions>) =>
      errorOf(() => librosaMfcc(someSound(1), { ...defaultLibrosaMfcc, ...change }));
    expect(refused({ points: 1000 }).message).toMatch(/a DFT of 1000 points/);
    expect(refused({ hop: 0 })).toMatchObject({ code: 'frontend/mfcc', exitCode: 2 });
    expect(refused({ coefficients: 129 }).message).toMatch(/129 coefficients of 128 bands/);
    expect(refused({ rate: 8000.5 })).toMatchObject({ code: 'frontend/rate' });
  });
});
