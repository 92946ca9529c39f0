import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { poolClips } from '../../../src/evaluation/pooling.js';
import { matrix } from '../../../src/matrix.js';

const column = (...values: number[]) => matrix(values.length, 1, Float32Array.from(values));

describe('pooling', () => {
  it('averages a clip whole, and in three equal slices', () => {
    const pooled = poolClips(column(1, 2, 3, 4, 5, 6, 10, 20, 30), Int32Array.of(0, 6, 9), [1, 3]);
    expect([pooled.rows, pooled.columns]).toEqual([2, 4]);
    expect([...pooled.data]).toEqual([3.5, 1.5, 3.5, 5.5, 20, 10, 20, 30]);
  });

  it('shares a window that a boundary cuts, so that short clips need no exception', () => {
    // Four windows in three slices of 4/3: the second slice has 2/3 of window 2 and 2/3 of window 3.
    const [first, second, third] = poolClips(column(3, 6, 9, 12), Int32Array.of(0, 4), [3]).data;
    expect(first).toBeCloseTo((3 + 6 / 3) / (4 / 3), 5);
    expect(second).toBeCloseTo(((6 * 2) / 3 + (9 * 2) / 3) / (4 / 3), 5);
    expect(third).toBeCloseTo((9 / 3 + 12) / (4 / 3), 5);
    const single = poolClips(column(7), Int32Array.of(0, 1), [1, 3]).data;
    for (const value of single) expect(value).toBeCloseTo(7, 5);
  });

  it('keeps the mean of a clip, however it is sliced', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        (values, slices) => {
          const pooled = poolClips(column(...values), Int32Array.of(0, values.length), [slices]).data;
          const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
          expect(pooled.reduce((sum, value) => sum + value, 0) / slices).toBeCloseTo(mean, 4);
        },
      ),
    );
  });
});
