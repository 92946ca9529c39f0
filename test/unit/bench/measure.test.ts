import { describe, expect, test } from 'vitest';

type RunBlock = (warm: number, steps: number) => Promise<number>;
interface Measure {
  interleave(
    contestants: Record<string, RunBlock>,
    effort: { rounds: number; blockMilliseconds: number },
  ): Promise<Record<string, number[]>>;
  median(values: readonly number[]): number;
  medianRatio(a: readonly number[], b: readonly number[]): number;
}
interface Report {
  formatTable(results: readonly unknown[], header: readonly string[]): string;
}

// The benchmark is plain JavaScript: it is imported by address, with its types written here.
const load = (file: string): Promise<unknown> =>
  import(new URL(`../../../bench/${file}`, import.meta.url).href);
const { interleave, median, medianRatio } = (await load('measure.js')) as Measure;
const { formatTable } = (await load('report.js')) as Report;

describe('interleave', () => {
  test('gives each contestant a block a round, a different one first, of the steps that fill it', async () => {
    const turns: string[] = [];
    const contestant =
      (name: string, cost: number): RunBlock =>
      async (_warm, steps) => {
        turns.push(`${name}${steps}`);
        return cost;
      };
    const times = await interleave(
      { a: contestant('a', 4), b: contestant('b', 10), c: contestant('c', 1000) },
      { rounds: 3, blockMilliseconds: 100 },
    );
    expect(times).toEqual({ a: [4, 4, 4], b: [10, 10, 10], c: [1000, 1000, 1000] });
    expect(turns.slice(-9)).toEqual(['a25', 'b10', 'c2', 'b10', 'c2', 'a25', 'c2', 'a25', 'b10']);
  });
});

describe('statistics', () => {
  test('median of an odd and of an even number of values, in any order', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([10, 1, 3, 2])).toBe(2.5);
  });

  test('the median ratio is that of the rounds: a drift both share cancels', () => {
    expect(medianRatio([1, 10, 100], [2, 20, 200])).toBe(0.5);
    // Ratio of medians 10 / 4; of the rounds 5, 2.5 and 0.25.
    expect(medianRatio([10, 10, 1], [2, 4, 4])).toBe(2.5);
    expect(medianRatio([8, 1, 9], [2, 4, 3])).toBe(3);
  });
});

test('the table has a column for every peer, aligned, with a dash where one does not run', () => {
  const text = formatTable(
    [
      { case: 'rbm', mmx_ms: 1.5, peers: { torch: { ms: 3, ratio: 0.5 } }, limit_ms: 1.25, limit_ratio: 1.2 },
      { case: 'deep', mmx_ms: 10, peers: {}, limit_ms: 8, limit_ratio: 1.25 },
    ],
    ['a machine'],
  );
  expect(text).toBe(
    [
      'a machine',
      '',
      'ms a step    mmx  limit  mmx/limit  torch  mmx/torch',
      'rbm         1.50   1.25       1.20   3.00       0.50',
      'deep       10.00   8.00       1.25      -          -',
      '',
    ].join('\n'),
  );
});
