import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarise } from '../../../../src/report/table/summary.js';
import { round } from '../../../../src/report/text/round.js';

describe('summarise', () => {
  it('gives mean and sample standard deviation', () => {
    // R: mean(c(2,4,4,4,5,5,7,9)) = 5; squared deviations sum to 32, so sd = sqrt(32/7).
    expect(summarise([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, sd: Math.sqrt(32 / 7), n: 8 });
    expect(summarise([88.1])).toEqual({ mean: 88.1, sd: null, n: 1 });
    expect(summarise([3, 3, 3])).toEqual({ mean: 3, sd: 0, n: 3 });
  });

  it('keeps the spread of close values far from zero', () => {
    expect(summarise([1e9, 1e9 + 1, 1e9 + 2]).sd).toBe(1);
  });

  it('agrees with the mean of squared pairwise differences', () => {
    const percent = fc.double({ min: 0, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(percent, { minLength: 2, maxLength: 12 }), (values) => {
        let pairs = 0;
        for (const a of values) for (const b of values) pairs += (a - b) ** 2;
        const variance = pairs / (2 * values.length * (values.length - 1));
        expect(summarise(values).sd).toBeCloseTo(Math.sqrt(variance), 6);
      }),
    );
  });

  it('refuses nothing and what is no number', () => {
    expect(() => summarise([])).toThrow(RangeError);
    expect(() => summarise([1, Number.NaN])).toThrow(RangeError);
  });
});

describe('round', () => {
  it('keeps six decimals and has no negative zero', () => {
    expect(round(87.91333333333333)).toBe(87.913333);
    expect(round(0.1 + 0.2)).toBe(0.3);
    expect(Object.is(round(-1e-9), 0)).toBe(true);
  });
});
