import { describe, expect, it } from 'vitest';
import { difficulty } from '../../../../src/corpora/talking-mouth/difficulty.js';
import { drawsOf, wandering } from '../../../../src/corpora/talking-mouth/draws.js';
import { record, resampled, speechRms } from '../../../../src/corpora/talking-mouth/sound.js';
import { speakerNamed } from '../../../../src/corpora/talking-mouth/speakers.js';

const rate = 16_000;
const sine = (hertz: number, count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / rate));

describe('resampled', () => {
  it.each([0.85, 1, 1.2])('by %s: a sine stays one, of the frequency divided by the factor', (factor) => {
    const source = { rate, samples: sine(1000, 4000), phones: [{ name: 'aa', start: 0, end: 0.25 }] };
    const { samples, phones } = resampled(source, factor);
    expect(samples.length).toBe(Math.round(4000 * factor));
    expect(phones[0]?.end).toBeCloseTo(0.25 * factor, 12);
    let worst = 0;
    // Away from the ends, where the source is cut off.
    for (let i = 100; i < samples.length - 100; i++) {
      worst = Math.max(
        worst,
        Math.abs((samples[i] ?? 0) - Math.sin((2 * Math.PI * 1000 * i) / factor / rate)),
      );
    }
    expect(worst).toBeLessThan(0.005);
  });

  it('keeps out what the new rate cannot hold', () => {
    const { samples } = resampled({ rate, samples: sine(7600, 4000), phones: [] }, 0.8);
    const middle = samples.subarray(200, 3000);
    expect(Math.max(...middle.map(Math.abs))).toBeLessThan(0.02);
  });
});

describe('record', () => {
  const { sound } = speakerNamed(1, 's01', difficulty.digits);
  const utterance = { prompt: { text: 'nine' }, tempo: 1, pitch: 1, before: 0.2, after: 0.15 };
  const draws = drawsOf(1, 'test');

  it('begins so long before the first phone and ends so long after the last', () => {
    const { audio, phones } = record(sound, utterance, draws);
    expect(phones.map(({ name }) => name)).toEqual(['pau', 'n', 'ay', 'n', 'pau']);
    expect(phones[0]?.start).toBe(0);
    expect(phones[0]?.end).toBeCloseTo(0.2, 3);
    expect(phones.at(-1)?.end).toBeCloseTo(audio.samples.length / rate, 9);
    expect((phones.at(-1)?.end ?? 0) - (phones.at(-1)?.start ?? 0)).toBeCloseTo(0.15, 3);
  });

  it('brings the speech to its level and the noise to its distance below it', () => {
    for (const snr of [10, 30]) {
      const { audio, phones } = record({ ...sound, level: 0.08, snr }, utterance, draws);
      const noise = speechRms(audio.samples, [{ name: 'noise', start: 0, end: 0.15 }], rate);
      const expected = 0.08 / 10 ** (snr / 20);
      expect(noise / expected).toBeGreaterThan(0.85);
      expect(noise / expected).toBeLessThan(1.15);
      const speech = speechRms(audio.samples, phones, rate);
      expect(speech).toBeCloseTo(Math.hypot(0.08, expected), 2);
    }
  });

  it('keeps tempo and pitch when the vocal tract grows', () => {
    const seconds = (tract: number): number => {
      const { phones } = record({ ...sound, tract }, utterance, draws);
      return (phones.at(-1)?.start ?? 0) - (phones[1]?.start ?? 0);
    };
    expect(seconds(1.18) / seconds(0.86)).toBeCloseTo(1, 1);
  });

  it('holds values of 16 bits', () => {
    const { audio } = record(sound, utterance, draws);
    for (let i = 0; i < audio.samples.length; i += 31) {
      expect(Number.isInteger((audio.samples[i] ?? 0) * 32768)).toBe(true);
    }
  });
});

describe('wandering', () => {
  it('has the deviation asked for and no jumps', () => {
    const path = wandering(drawsOf(1, 'test'), 'x', 100_000, 2, [20, 80]);
    const mean = path.reduce((sum, value) => sum + value, 0) / path.length;
    const deviation = Math.sqrt(path.reduce((sum, value) => sum + (value - mean) ** 2, 0) / path.length);
    expect(deviation).toBeCloseTo(2, 1);
    let largest = 0;
    for (let i = 1; i < path.length; i++) {
      largest = Math.max(largest, Math.abs((path[i] ?? 0) - (path[i - 1] ?? 0)));
    }
    // Three sinusoids of amplitude 2 sqrt(2/3), none faster than a period of 20 steps.
    expect(largest).toBeLessThan(3 * 2 * Math.sqrt(2 / 3) * ((2 * Math.PI) / 20));
  });
});
