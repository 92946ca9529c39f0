import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { gaussians } from '../../../src/engine/noise.js';
import { useEngine } from '../../../src/engine/registry.js';
import type { MelOptions } from '../../../src/frontend/mel.js';
import { defaultSpectrogram, spectrogram, spectrogramBins } from '../../../src/frontend/spectrogram.js';
import { describeEachEngine } from '../engine/each-engine.js';
import { rootMeanSquare, tone, waveform } from './sounds.js';

interface Reference {
  readonly scale: number;
  readonly scaled_samples: readonly number[];
  readonly spectra: readonly {
    readonly rate: number;
    readonly shape: 'hann' | 'hamming' | 'boxcar';
    readonly times: readonly number[];
    readonly frames: number;
    readonly bins: number;
    readonly magnitudes: readonly number[];
  }[];
}

const reference = JSON.parse(
  readFileSync(new URL('../../golden/frontend/stft.json', import.meta.url), 'utf8'),
) as Reference;
interface Cepstra {
  readonly scale: number;
  readonly scaled_samples: readonly number[];
  readonly options: Omit<MelOptions, 'cepstra'> & { readonly cepstra: number; readonly preEmphasis: number };
  readonly log_bands: readonly number[];
  readonly cepstra_and_energy: readonly number[];
}
const cepstra = JSON.parse(
  readFileSync(new URL('../../golden/frontend/mfcc.json', import.meta.url), 'utf8'),
) as Cepstra;
const plain = { ...defaultSpectrogram, scale: 'magnitude', shape: 'rectangular' } as const;

describeEachEngine('spectrogram', () => {
  it.each(reference.spectra)('agrees with scipy.signal.stft: $shape at $rate Hz', (expected) => {
    const sound = waveform(
      Float32Array.from(reference.scaled_samples, (value) => value / reference.scale),
      expected.rate,
    );
    const shape = expected.shape === 'boxcar' ? 'rectangular' : expected.shape;
    const found = spectrogram(sound, { ...plain, rate: expected.rate, shape });
    expect([found.values.rows, found.values.columns]).toEqual([expected.frames, expected.bins]);
    expected.times.forEach((time, i) => {
      expect(found.start + i / found.rate).toBeCloseTo(time, 9);
    });
    const errors = expected.magnitudes.map((value, i) => Math.abs(value - (found.values.data[i] as number)));
    expect(Math.max(...errors)).toBeLessThan(3e-6 * Math.max(...expected.magnitudes));
  });

  it('puts a tone at the centre of a bin into that bin alone, with half its amplitude a sample', () => {
    const found = spectrogram(waveform(tone(20 * 50, 16000, 3200, { phase: 1 })), plain);
    expect(found.values.rows).toBe(19);
    for (let frame = 0; frame < 19; frame++) {
      for (let bin = 0; bin < 161; bin++) {
        expect(found.values.data[frame * 161 + bin]).toBeCloseTo(bin === 20 ? 160 : 0, 2);
      }
    }
  });

  it('agrees with an independent computation on the mel scale, of bands and of cepstra with energy', () => {
    const { preEmphasis, ...mel } = cepstra.options;
    const sound = waveform(Float32Array.from(cepstra.scaled_samples, (value) => value / cepstra.scale));
    const options = { ...defaultSpectrogram, shape: 'hamming', preEmphasis } as const;
    const compare = (asked: MelOptions, expected: readonly number[], columns: number) => {
      const { values } = spectrogram(sound, { ...options, mel: asked });
      expect([values.rows, values.columns]).toEqual([7, columns]);
      expect(spectrogramBins({ ...options, mel: asked })).toBe(columns);
      expected.forEach((value, i) => {
        expect(values.data[i]).toBeCloseTo(value, 3);
      });
    };
    compare({ ...mel, cepstra: null }, cepstra.log_bands, 26);
    compare(mel, cepstra.cepstra_and_energy, 13);
  });

  it('keeps the energy of every frame (Parseval)', () => {
    const samples = gaussians({ seed: 1, purpose: 'test', step: 0 }, 1600);
    const { values } = spectrogram(waveform(samples), plain);
    for (let frame = 0; frame < values.rows; frame++) {
      let energy = 0;
      for (let bin = 0; bin < 161; bin++) {
        energy += (bin === 0 || bin === 160 ? 1 : 2) * (values.data[frame * 161 + bin] as number) ** 2;
      }
      const expected = 320 * 320 * rootMeanSquare(samples.subarray(160 * frame, 160 * frame + 320)) ** 2;
      expect(energy / expected).toBeCloseTo(1, 5);
    }
  });

  it('under a power law does not depend on the level, and has a tone above silence at a known height', () => {
    const sound = tone(20 * 50, 16000, 3200);
    const loud = sound.map((value) => 50 * value);
    const of = (samples: Float32Array, exponent: number) =>
      spectrogram(waveform(samples), { ...plain, scale: 'power', exponent }).values.data;
    const [once, louder] = [of(sound, 0.33), of(loud, 0.33)];
    for (let i = 20; i < once.length; i += 161) {
      // One of 161 bins has it all: its root mean square is magnitude / √161.
      expect(once[i]).toBeCloseTo(161 ** (0.33 / 2), 3);
      expect(louder[i]).toBeCloseTo(once[i] as number, 4);
    }
    expect(of(sound, 1)[20]).toBeCloseTo(Math.sqrt(161), 3);
    expect(of(new Float32Array(3200), 0.33).every((value) => value === 0)).toBe(true);
  });

  it('emphasises as 1 − k e^(−iω) does, away from the beginning of a frame', () => {
    // A rectangular window over whole periods: a difference at its beginning adds a constant to all bins alone.
    const frequency = 60 * 50;
    const { values } = spectrogram(waveform(tone(frequency, 16000, 3200)), { ...plain, preEmphasis: 0.9 });
    const angle = (2 * Math.PI * frequency) / 16000;
    const gain = Math.hypot(1 - 0.9 * Math.cos(angle), 0.9 * Math.sin(angle));
    expect((values.data[60] as number) / (160 * gain)).toBeCloseTo(1, 2);
  });

  it('gives a frame the same bits whatever comes after it', () => {
    const samples = gaussians({ seed: 2, purpose: 'test', step: 0 }, 48000);
    const whole = spectrogram(waveform(samples), plain).values;
    for (const length of [320, 480, 20480, 20800]) {
      const part = spectrogram(waveform(samples.subarray(0, length)), plain).values;
      expect(part.data).toEqual(whole.data.subarray(0, part.data.length));
    }
  });
});

describe('the spectrogram', () => {
  beforeAll(async () => {
    await useEngine('wasm');
  });

  it('has 161 bins at 16 kHz and 81 at 8 kHz', () => {
    expect(spectrogramBins(defaultSpectrogram)).toBe(161);
    expect(spectrogramBins({ ...defaultSpectrogram, rate: 8000 })).toBe(81);
  });

  it('resamples other rates: a tone of 1 kHz is in bin 20 whatever the rate', () => {
    for (const rate of [8000, 16000, 22050, 44100]) {
      const { values, start } = spectrogram(waveform(tone(1000, rate, rate / 2), rate));
      expect(values.columns).toBe(161);
      expect(start).toBeCloseTo(0.01, 9);
      const frame = values.data.subarray(20 * 161, 21 * 161);
      expect(frame.indexOf(Math.max(...frame))).toBe(20);
    }
  });

  it('turns a change of level into the same constant everywhere', () => {
    const samples = gaussians({ seed: 3, purpose: 'test', step: 0 }, 4800, 0.1);
    const loud = spectrogram(waveform(samples)).values.data;
    const soft = spectrogram(waveform(samples.map((value) => value / 8))).values.data;
    loud.forEach((value, i) => {
      expect(value - (soft[i] as number)).toBeCloseTo(Math.log(8), 4);
    });
  });

  it('reaches down to its floor and no further', () => {
    const samples = tone(1000, 16000, 6400);
    samples.fill(0, 3200);
    const { data } = spectrogram(waveform(samples)).values;
    const largest = Math.max(...data);
    expect(Math.min(...data)).toBeCloseTo(largest + Math.log(1e-3), 2);
    const silence = spectrogram(waveform(new Float32Array(1600))).values.data;
    expect(silence.every((value) => value === 0)).toBe(true);
  });

  it('makes one frame of less than a window', () => {
    expect(spectrogram(waveform(Float32Array.of(1, 0.5))).values.rows).toBe(1);
    expect(spectrogram(waveform(new Float32Array(479))).values.rows).toBe(1);
    expect(spectrogram(waveform(new Float32Array(480))).values.rows).toBe(2);
  });

  it('refuses no sound, numbers that are none, and windows of nothing', () => {
    expect(() => spectrogram(waveform(new Float32Array(0)))).toThrow(/no samples/);
    expect(() => spectrogram(waveform(Float32Array.of(0, Number.NaN)))).toThrow(
      /sample 1 of the sound is NaN/,
    );
    const options = { ...defaultSpectrogram, window: 1e-5 };
    expect(() => spectrogram(waveform(Float32Array.of(1)), options)).toThrow(/hold 0 samples/);
  });
});
