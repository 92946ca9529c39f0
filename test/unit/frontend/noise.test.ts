import { describe, expect, it } from 'vitest';
import { addNoise, signalPower } from '../../../src/frontend/noise.js';
import { rootMeanSquare, tone, waveform } from './sounds.js';

const key = { seed: 3, purpose: 'frontend/noise/clip', step: 0 };
const sound = waveform(tone(440, 16000, 64000, { amplitude: 0.2 }));

/** What was added. */
function added(snr: number, step = 0, original = sound): Float32Array {
  const { samples } = addNoise(original, snr, { ...key, step });
  return samples.map((value, i) => value - (original.samples[i] as number));
}

describe('noise', () => {
  it('measures the power of a tone as half its squared amplitude, whatever its offset', () => {
    expect(signalPower(sound)).toBeCloseTo(0.02, 6);
    expect(signalPower(waveform(sound.samples.map((value) => value + 0.5)))).toBeCloseTo(0.02, 6);
  });

  it.each([-10, 0, 6, 20])('has the power that %i dB ask for', (snr) => {
    const measured = 10 * Math.log10(0.02 / rootMeanSquare(added(snr)) ** 2);
    // Four standard errors: 10 log₁₀(e) √(2 / 64000) dB each.
    expect(Math.abs(measured - snr)).toBeLessThan(0.1);
  });

  it('is white and Gaussian', () => {
    const noise = added(0);
    const power = rootMeanSquare(noise) ** 2;
    for (const lag of [1, 2, 7, 100]) {
      let sum = 0;
      for (let i = lag; i < noise.length; i++) sum += (noise[i] as number) * (noise[i - lag] as number);
      expect(Math.abs(sum / noise.length / power)).toBeLessThan(0.016);
    }
    const kurtosis = noise.reduce((sum, value) => sum + value ** 4, 0) / noise.length / power ** 2;
    expect(Math.abs(kurtosis - 3)).toBeLessThan(0.1);
  });

  it('is the same for one draw and other for another draw or clip', () => {
    expect(added(0)).toEqual(added(0));
    expect(added(0, 1)).not.toEqual(added(0));
    expect(addNoise(sound, 0, { ...key, purpose: 'frontend/noise/other' }).samples).not.toEqual(
      addNoise(sound, 0, key).samples,
    );
  });

  it('leaves silence as it is, and its input always', () => {
    expect(addNoise(waveform(new Float32Array(8)), 0, key).samples).toEqual(new Float32Array(8));
    const copy = sound.samples.slice();
    addNoise(sound, 0, key);
    expect(sound.samples).toEqual(copy);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses a ratio of %f', (snr) => {
    expect(() => addNoise(sound, snr, key)).toThrow(/signal-to-noise/);
  });
});
