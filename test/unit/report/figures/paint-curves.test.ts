import { describe, expect, it } from 'vitest';
import { overlaysOf } from '../../../../src/report/figures/overlaid-curves.js';
import { paintOverlay } from '../../../../src/report/figures/paint-curves.js';

const run = (name: string, ...lines: readonly (readonly number[])[]) => ({
  name,
  curves: [
    {
      model: 'rbm',
      quantity: 'loss' as const,
      lines: lines.map((line) => line.map((value, index) => ({ epoch: index + 1, value }))),
      tables: [],
    },
  ],
});

/** Heights of the letters that name the runs at the ends of their lines. */
const letterHeights = (svg: string): readonly number[] =>
  [...svg.matchAll(/<text[^>]*>[A-H]<\/text>/g)].map(([text]) => Number(/ y="([\d.]+)"/.exec(text)?.[1]));

describe('curves of several runs', () => {
  it('share a chart where they are of one model, with the mean of the seeds', () => {
    const [overlay, ...others] = overlaysOf([run('one', [3, 1], [5, 2]), run('two', [4, 4])]);
    expect(others).toEqual([]);
    expect(overlay?.series.map(({ mean }) => mean.map(({ value }) => value))).toEqual([
      [4, 1.5],
      [4, 4],
    ]);
  });

  it.each([
    { where: 'at the bottom', ends: [1, 1, 1, 1] },
    { where: 'at the top', ends: [9, 9, 9, 9] },
    { where: 'in the middle', ends: [5, 5.01, 4.99, 5] },
  ])(
    'have letters that stand apart and above the numbers of the axis where they end together $where',
    ({ ends }) => {
      const [overlay] = overlaysOf(ends.map((end, index) => run(`run ${index}`, [9, 1, end])));
      const { svg } = paintOverlay(overlay as NonNullable<typeof overlay>);
      const heights = [...letterHeights(svg)].sort((a, b) => a - b);
      expect(heights).toHaveLength(4);
      for (const [index, height] of heights.entries()) {
        if (index > 0) expect(height - (heights[index - 1] ?? 0)).toBeGreaterThanOrEqual(12.9);
      }
      // The last epoch, below the axis; a value beside the axis may be 3 too.
      const axis = Math.max(...[...svg.matchAll(/ y="([\d.]+)"[^>]*>3<\/text>/g)].map(([, y]) => Number(y)));
      expect(axis - Math.max(...heights)).toBeGreaterThanOrEqual(13);
    },
  );
});
