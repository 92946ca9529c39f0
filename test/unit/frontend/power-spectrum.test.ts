import { describe, expect, it } from 'vitest';
import { gaussians } from '../../../src/engine/noise.js';
import { PowerSpectrum } from '../../../src/frontend/power-spectrum.js';

/** The definition, term by term. */
function powersByDefinition(samples: Float64Array): number[] {
  const points = samples.length;
  return Array.from({ length: points / 2 + 1 }, (_, k) => {
    let [re, im] = [0, 0];
    samples.forEach((value, n) => {
      const angle = (2 * Math.PI * ((n * k) % points)) / points;
      re += value * Math.cos(angle);
      im -= value * Math.sin(angle);
    });
    return re * re + im * im;
  });
}

describe('the power spectrum', () => {
  it.each([4, 8, 64, 512])('is the DFT by its definition: %i points', (points) => {
    const spectrum = new PowerSpectrum(points);
    expect(spectrum.bins).toBe(points / 2 + 1);
    const target = new Float64Array(spectrum.bins);
    // Twice: nothing of one frame is left to the next.
    for (const step of [0, 1]) {
      const samples = Float64Array.from(gaussians({ seed: 3, purpose: 'test/power', step }, points));
      spectrum.of(samples, target);
      powersByDefinition(samples).forEach((power, k) => {
        expect(target[k]).toBeCloseTo(power, 8);
      });
    }
  });

  it('has all of a constant at 0 Hz and all of alternating samples at the Nyquist frequency', () => {
    const spectrum = new PowerSpectrum(16);
    const target = new Float64Array(9);
    spectrum.of(new Float64Array(16).fill(0.5), target);
    expect([...target].map((value) => Math.round(value * 1e9) / 1e9)).toEqual([64, 0, 0, 0, 0, 0, 0, 0, 0]);
    spectrum.of(
      Float64Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? 1 : -1)),
      target,
    );
    expect([...target].map((value) => Math.round(value * 1e9) / 1e9)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 256]);
  });

  it('takes powers of two only', () => {
    for (const points of [0, 2, 12, 4.5, Number.NaN]) {
      expect(() => new PowerSpectrum(points)).toThrow(RangeError);
    }
  });
});
