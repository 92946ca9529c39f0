import { describe, expect, it } from 'vitest';
import { resample } from '../../../src/frontend/resample.js';
import { rootMeanSquare, tone } from './sounds.js';

const decibels = (ratio: number): number => 20 * Math.log10(ratio);

/** Away from the ends, where the filter reaches beyond the signal. */
const inner = (samples: Float32Array): Float32Array =>
  samples.subarray(Math.floor(samples.length / 4), Math.floor((3 * samples.length) / 4));

const pairs = [
  [8000, 16000],
  [44100, 16000],
  [48000, 16000],
  [11025, 16000],
  [22050, 16000],
  [16000, 8000],
] as const;

describe.each(pairs)('%i Hz to %i Hz', (from, to) => {
  const nyquist = Math.min(from, to) / 2;
  const length = Math.round(from / 4);

  it.each([0, 0.01, 0.3, 0.6, 0.9])(
    'leaves a tone at %f of the Nyquist frequency as it is, in time',
    (at) => {
      const frequency = at * nyquist;
      const found = resample(tone(frequency, from, length, { phase: 0.3 }), from, to);
      expect(found).toHaveLength(Math.ceil((length * to) / from));
      const expected = tone(frequency, to, found.length, { phase: 0.3 });
      const error = inner(found).map((value, i) => value - (inner(expected)[i] as number));
      // 0.002 dB of gain, or anything else of that size.
      expect(Math.max(...error.map(Math.abs))).toBeLessThan(2.3e-4);
    },
  );

  if (to < from) {
    it.each([1, 1.02, 1.3, 0.97 * (from / to)])('rejects a tone at %f of the new Nyquist frequency', (at) => {
      const found = resample(tone(at * nyquist, from, length, { phase: 0.7 }), from, to);
      expect(decibels(rootMeanSquare(inner(found)) * Math.SQRT2)).toBeLessThan(-78);
    });
  } else {
    it('adds no image above the old Nyquist frequency', () => {
      const frequency = 0.8 * nyquist;
      const found = inner(resample(tone(frequency, from, length), from, to));
      // The image lies at from − frequency: its amplitude by projection, under a Hann window against leakage.
      const image = from - frequency;
      let [real, imaginary, weight] = [0, 0, 0];
      found.forEach((value, i) => {
        const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / found.length);
        real += hann * value * Math.cos((2 * Math.PI * image * i) / to);
        imaginary += hann * value * Math.sin((2 * Math.PI * image * i) / to);
        weight += hann / 2;
      });
      expect(decibels(Math.hypot(real, imaginary) / weight)).toBeLessThan(-78);
    });
  }
});

describe('resampling', () => {
  it('is linear and zero beyond the signal', () => {
    expect(Array.from(resample(new Float32Array(0), 8000, 16000))).toEqual([]);
    const impulse = resample(Float32Array.of(1), 8000, 16000);
    expect(impulse).toHaveLength(2);
    expect(impulse[0]).toBeCloseTo(0.95, 2);
  });

  it('gives the same object back when the rates are equal', () => {
    const samples = Float32Array.of(1, 2, 3);
    expect(resample(samples, 16000, 16000)).toBe(samples);
  });

  it.each([0, -8000, 44100.5, Number.NaN])('refuses a rate of %f', (rate) => {
    expect(() => resample(Float32Array.of(1), rate, 16000)).toThrow(/sampling rate/);
  });
});
