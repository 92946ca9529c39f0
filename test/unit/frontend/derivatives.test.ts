import { describe, expect, it } from 'vitest';
import { gaussians } from '../../../src/engine/noise.js';
import { defaultDerivatives, derivativeFactor, withDerivatives } from '../../../src/frontend/derivatives.js';
import { matrix } from '../../../src/matrix.js';
import { rootMeanSquare } from './sounds.js';

/** Column `column` of a matrix made of a function of time. */
function column(values: (t: number) => number, options = defaultDerivatives, index = 1, rows = 40): number[] {
  const frames = matrix(
    rows,
    1,
    Float32Array.from({ length: rows }, (_, t) => values(t)),
  );
  const { data, columns } = withDerivatives(frames, options);
  return Array.from({ length: rows }, (_, row) => data[row * columns + index] as number);
}

describe.each([1, 2, 3, 5])('derivatives over %i frames to either side', (halfWindow) => {
  const slope = { order: 2, halfWindow, scale: 'slope' } as const;
  const squares = Array.from({ length: halfWindow }, (_, i) => (i + 1) ** 2).reduce((a, b) => a + b);

  it('give the slope of a ramp, and no second derivative, away from the ends', () => {
    const first = column((t) => 3 - 0.25 * t, slope);
    const second = column((t) => 3 - 0.25 * t, slope, 2);
    for (let t = halfWindow; t < 40 - halfWindow; t++) expect(first[t]).toBeCloseTo(-0.25, 6);
    for (let t = 2 * halfWindow; t < 40 - 2 * halfWindow; t++) expect(second[t]).toBeCloseTo(0, 6);
  });

  it('fit a parabola with its tangent', () => {
    const first = column((t) => 0.5 * t * t, slope);
    const second = column((t) => 0.5 * t * t, slope, 2);
    for (let t = halfWindow; t < 40 - halfWindow; t++) expect(first[t]).toBeCloseTo(t, 4);
    for (let t = 2 * halfWindow; t < 40 - 2 * halfWindow; t++) expect(second[t]).toBeCloseTo(1, 4);
  });

  it('pass a sine through the filter’s own response', () => {
    const omega = 0.4;
    let gain = 0;
    for (let k = 1; k <= halfWindow; k++) gain += (2 * k * Math.sin(k * omega)) / (2 * squares);
    const first = column((t) => Math.sin(omega * t), slope);
    for (let t = halfWindow; t < 40 - halfWindow; t++) {
      expect(first[t]).toBeCloseTo(gain * Math.cos(omega * t), 5);
    }
  });

  it('repeat the end frames beyond the ends', () => {
    const values = (t: number): number => Math.cos(t) + t;
    const clamped = (t: number): number => values(Math.min(39, Math.max(0, t)));
    const first = column(values, slope);
    for (const t of [0, 1, 38, 39]) {
      let sum = 0;
      for (let k = 1; k <= halfWindow; k++) sum += k * (clamped(t + k) - clamped(t - k));
      expect(first[t]).toBeCloseTo(sum / (2 * squares), 5);
    }
  });

  it('take differences of neighbours at the ends, as HTK 1 did, where they are asked for', () => {
    const values = (t: number): number => Math.cos(t) + t;
    const [first, repeated] = [column(values, { ...slope, ends: 'difference' }), column(values, slope)];
    for (let t = 0; t < 40; t++) {
      if (t < halfWindow) expect(first[t]).toBeCloseTo(values(t + 1) - values(t), 5);
      else if (t >= 40 - halfWindow) expect(first[t]).toBeCloseTo(values(t) - values(t - 1), 5);
      else expect(first[t]).toBe(repeated[t]);
    }
    expect(column(values, { ...slope, ends: 'difference' }, 1, 2)).toEqual([
      expect.closeTo(values(1) - values(0), 5),
      expect.closeTo(values(1) - values(0), 5),
    ]);
    expect(column(values, { ...slope, ends: 'difference' }, 1, 1)).toEqual([0]);
  });

  it('of unit norm are √(2 Σ k²) slopes', () => {
    const scaled = column((t) => 0.25 * t, { order: 1, halfWindow, scale: 'unit-norm' });
    expect(scaled[20]).toBeCloseTo(0.25 * Math.sqrt(2 * squares), 5);
  });
});

describe('derivatives', () => {
  it('stand behind the signal: [x, Δ, ΔΔ] of every dimension', () => {
    const frames = matrix(3, 2, Float32Array.of(1, 10, 2, 20, 3, 30));
    const { rows, columns, data } = withDerivatives(frames, { order: 2, halfWindow: 1, scale: 'slope' });
    expect([rows, columns]).toEqual([3, 6]);
    expect(Array.from(data.subarray(6, 12))).toEqual([2, 20, 1, 10, 0, 0]);
    expect(derivativeFactor({ order: 2, halfWindow: 1, scale: 'slope' })).toBe(3);
  });

  it('keep the variance of a signal white in time', () => {
    const noise = gaussians({ seed: 1, purpose: 'test', step: 0 }, 20000);
    const first = column((t) => noise[t] as number, defaultDerivatives, 1, 20000);
    // 3 standard errors of a root mean square over 20,000 correlated values.
    expect(rootMeanSquare(first)).toBeCloseTo(1, 1);
    expect(Math.abs(rootMeanSquare(first) - 1)).toBeLessThan(0.03);
  });

  it('of one frame are zero; of order 0, none', () => {
    const frames = matrix(1, 2, Float32Array.of(4, 5));
    expect(Array.from(withDerivatives(frames).data)).toEqual([4, 5, 0, 0, 0, 0]);
    expect(withDerivatives(frames, { ...defaultDerivatives, order: 0 })).toBe(frames);
  });

  it.each([0, -1, 1.5])('refuse a half-window of %f', (halfWindow) => {
    expect(() => withDerivatives(matrix(3, 1), { ...defaultDerivatives, halfWindow })).toThrow(/half-window/);
  });
});
