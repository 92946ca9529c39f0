import { describe, expect, it } from 'vitest';
import { gaussians } from '../../../src/engine/noise.js';
import { columnMeans, normaliseOverTime } from '../../../src/frontend/normalise.js';
import { matrix } from '../../../src/matrix.js';

const noise = gaussians({ seed: 5, purpose: 'test', step: 0 }, 300);
/** 100 frames of three features: wide, narrow with a large mean, constant. */
const frames = matrix(
  100,
  3,
  noise.map((value, i) => [3 * value, 500 + 0.1 * value, 0.1][i % 3] as number),
);

describe('normalisation over time', () => {
  it('takes the mean off every feature', () => {
    const found = normaliseOverTime(frames);
    for (const mean of columnMeans(found)) expect(mean).toBeCloseTo(0, 5);
    const means = columnMeans(frames);
    for (const i of [0, 1, 150, 299]) {
      expect(found.data[i]).toBeCloseTo((frames.data[i] as number) - (means[i % 3] as number), 5);
    }
  });

  it('makes the variance 1 on request, and leaves what never changes at 0', () => {
    const { data } = normaliseOverTime(frames, 'mean-variance');
    const squares = [0, 0, 0];
    data.forEach((value, i) => {
      squares[i % 3] = (squares[i % 3] as number) + value * value;
    });
    expect(squares[0]).toBeCloseTo(100, 3);
    expect(squares[1]).toBeCloseTo(100, 3);
    expect(squares[2]).toBe(0);
  });

  it('leaves the frames alone on request, and never changes its input', () => {
    const copy = frames.data.slice();
    expect(normaliseOverTime(frames, 'none')).toBe(frames);
    normaliseOverTime(frames, 'mean-variance');
    expect(frames.data).toEqual(copy);
  });
});
