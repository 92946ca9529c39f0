import { describe, expect, it } from 'vitest';
import { comparePaired, mcNemar } from '../../../src/evaluation/compare.js';
import {
  fairBinomialBelow,
  incompleteBeta,
  studentQuantile,
  studentTwoSided,
} from '../../../src/evaluation/student.js';

describe("Student's t", () => {
  it('agrees with the closed forms of one and two degrees of freedom', () => {
    for (const level of [0.5, 0.8, 0.95, 0.999]) {
      expect(studentQuantile(level, 1)).toBeCloseTo(Math.tan((Math.PI * level) / 2), 7);
      expect(studentQuantile(level, 2)).toBeCloseTo(level * Math.sqrt(2 / (1 - level ** 2)), 9);
    }
    for (const t of [0.1, 1, 4, 30]) {
      expect(studentTwoSided(t, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(t), 12);
      expect(studentTwoSided(-t, 2)).toBeCloseTo(1 - t / Math.sqrt(2 + t * t), 12);
    }
  });

  // Percentage points of the t distribution: Abramowitz and Stegun, table 26.10.
  it.each([
    [4, 2.776],
    [9, 2.262],
    [30, 2.042],
    [120, 1.98],
  ])('agrees with the printed tables at 95 %%, %i degrees of freedom', (freedom, t) => {
    expect(studentQuantile(0.95, freedom)).toBeCloseTo(t, 3);
  });

  it('sums binomial tails as adding the terms does', () => {
    for (const n of [1, 7, 40]) {
      let term = 0.5 ** n;
      let sum = 0;
      for (let k = 0; k <= n; k += 1) {
        sum += term;
        expect(fairBinomialBelow(k, n)).toBeCloseTo(sum, 12);
        term = (term * (n - k)) / (k + 1);
      }
    }
    expect(incompleteBeta(0.3, 1, 1)).toBeCloseTo(0.3, 14);
  });
});

describe('paired comparison', () => {
  it('takes the seeds both have, whatever their order', () => {
    const found = comparePaired(
      { seeds: [1, 2, 3, 9], values: [50, 60, 70, 0] },
      { seeds: [3, 1, 2], values: [73, 51, 62] },
    );
    // Differences 1, 2, 3: mean 2, s.d. 1; t(0.975; 2) = 4.30265.
    expect(found).toMatchObject({ difference: 2, sd: 1, seeds: [1, 2, 3], first: 60, second: 62 });
    const half = 4.302652729911275 / Math.sqrt(3);
    expect(found?.interval?.[0]).toBeCloseTo(2 - half, 9);
    expect(found?.interval?.[1]).toBeCloseTo(2 + half, 9);
    // t = 2√3 with two degrees of freedom: p = 1 − t/√(2 + t²).
    expect(found?.p).toBeCloseTo(1 - Math.sqrt(12 / 14), 9);
  });

  it('holds what is not random against every seed', () => {
    const found = comparePaired({ seeds: null, values: [50] }, { seeds: [1, 2], values: [51, 53] });
    expect(found).toMatchObject({ difference: 2, seeds: [1, 2], first: 50, second: 52 });
    expect(found?.interval).not.toBeNull();
  });

  it('gives no interval where there is nothing to estimate it from, and nothing without a pair', () => {
    const one = comparePaired({ seeds: null, values: [50] }, { seeds: null, values: [48] });
    expect(one).toMatchObject({ difference: -2, interval: null, p: null, sd: null, seeds: null });
    expect(comparePaired({ seeds: [1], values: [1] }, { seeds: [2], values: [1] })).toBeUndefined();
  });

  it('finds no difference between equals', () => {
    const same = { seeds: [1, 2], values: [51, 53] };
    expect(comparePaired(same, same)).toMatchObject({ difference: 0, interval: [0, 0], p: 1 });
  });
});

describe("McNemar's test", () => {
  it('counts disagreements and throws a fair coin for each', () => {
    const truth = Int32Array.from({ length: 20 }, () => 1);
    const first = truth.map((label, i) => (i < 9 ? 0 : label));
    const second = truth.map((label, i) => (i === 19 ? 2 : label));
    // 1 to 9: p = 2 · (C(10,0) + C(10,1)) / 2¹⁰.
    const found = mcNemar(truth, first, second);
    expect(found).toMatchObject({ onlyFirst: 1, onlySecond: 9 });
    expect(found.p).toBeCloseTo(22 / 1024, 12);
  });

  it('has nothing to say where they agree, and refuses other examples', () => {
    const truth = Int32Array.of(0, 1, 2);
    expect(mcNemar(truth, truth, truth)).toEqual({ onlyFirst: 0, onlySecond: 0, p: 1 });
    expect(() => mcNemar(truth, truth, Int32Array.of(1))).toThrow(/of 3 and of 1 examples/);
  });
});
