import { describe, expect, it } from 'vitest';
import { averageDraws, effectOf, type Sample } from '../../../../src/evaluation/claims/effect.js';

const random = (...values: number[]): Sample => ({ values, deterministic: false });
const exact = (...values: number[]): Sample => ({ values, deterministic: true });

const a = random(64.2, 61.9, 66.1, 63.4);
const b = random(58.8, 57.1, 60.9, 55.3);
const c = random(50.2, 53.9, 51.1);

// Standard errors are difference / statistic of SciPy 1.17.1: ttest_rel, ttest_ind(equal_var=False), ttest_1samp, and
// ttest_ind(equal_var=True) for a single value, whose pooled variance is that of the other side.
describe('effectOf', () => {
  it('pairs sides with the same number of seeds', () => {
    const effect = effectOf(a, b);
    expect(effect).toMatchObject({ method: 'paired', counts: [4, 4] });
    expect(effect.difference).toBeCloseTo(5.875, 10);
    expect(effect.standardError).toBeCloseTo(0.7520804478245658, 10);
    expect(effect.sd).toBeCloseTo(1.5041608956491337, 10);
  });

  it("uses Welch's standard error for different numbers of seeds", () => {
    const effect = effectOf(a, c);
    expect(effect).toMatchObject({ method: 'welch', sd: null, counts: [4, 3] });
    expect(effect.difference).toBeCloseTo(12.166666666666671, 10);
    expect(effect.standardError).toBeCloseTo(1.4163725184820224, 10);
    expect(effectOf(c, a).standardError).toBeCloseTo(1.4163725184820224, 10);
    expect(effectOf(c, a).difference).toBeCloseTo(-12.166666666666671, 10);
  });

  it('takes a deterministic value as exact, and a single random one to spread as the other side', () => {
    const known = effectOf(c, exact(46.2));
    expect(known.method).toBe('one-sided');
    expect(known.standardError).toBeCloseTo(1.1140516644712257, 10);
    const single = effectOf(random(46.2), c);
    expect(single.method).toBe('one-sided');
    expect(single.difference).toBeCloseTo(-5.533333333333324, 10);
    expect(single.standardError).toBeCloseTo(2.2281033289424514, 10);
  });

  it('has no spread for one value on each side, and none for equal differences', () => {
    expect(effectOf(random(3), random(1))).toEqual({
      difference: 2,
      standardError: null,
      sd: null,
      method: 'none',
      counts: [1, 1],
    });
    expect(effectOf(random(3, 5), random(1, 3)).standardError).toBe(0);
  });

  it('refuses what it cannot compare', () => {
    expect(() => effectOf(random(), a)).toThrow(RangeError);
    expect(() => effectOf(a, random(1, Number.NaN))).toThrow(/finite/);
  });
});

describe('averageDraws', () => {
  it('averages the draws of each seed, draws fastest', () => {
    expect(averageDraws([1, 2, 3, 10, 20, 30], 2)).toEqual([2, 20]);
    expect(averageDraws([1, 2], 2)).toEqual([1, 2]);
  });

  it('keeps the draws of a single seed, and values that are not a multiple', () => {
    expect(averageDraws([1, 2, 3], 1)).toEqual([1, 2, 3]);
    expect(averageDraws([1, 2, 3, 4, 5], 2)).toEqual([1, 2, 3, 4, 5]);
  });
});
