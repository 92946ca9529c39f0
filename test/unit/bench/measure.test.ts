import { describe, expect, test } from 'vitest';

interface Block {
  readonly ms: number;
  readonly cpu_ms: number;
}
type RunBlock = (warm: number, steps: number) => Promise<Block>;
interface Measure {
  interleave(
    contestants: Record<string, RunBlock>,
    effort: { rounds: number; blockMilliseconds: number },
  ): Promise<Record<string, Block[]>>;
  localBlock(contestant: { step(): void; sample(): ArrayLike<number> }): RunBlock;
  median(values: readonly number[]): number;
  medianRatio(a: readonly number[], b: readonly number[]): number;
}
interface Report {
  formatTable(results: readonly unknown[], header: readonly string[]): string;
}

// The benchmark is plain JavaScript: it is imported by address, with its types written here.
const load = (file: string): Promise<unknown> =>
  import(new URL(`../../../bench/${file}`, import.meta.url).href);
const { interleave, localBlock, median, medianRatio } = (await load('measure.js')) as Measure;
const { formatTable } = (await load('report.js')) as Report;

describe('interleave', () => {
  test('gives each contestant a block a round, a different one first, of the steps that fill it', async () => {
    const turns: string[] = [];
    const contestant =
      (name: string, cost: number): RunBlock =>
      async (_warm, steps) => {
        turns.push(`${name}${steps}`);
        return { ms: cost, cpu_ms: cost / 2 };
      };
    const blocks = await interleave(
      { a: contestant('a', 4), b: contestant('b', 10), c: contestant('c', 1000) },
      { rounds: 3, blockMilliseconds: 100 },
    );
    const thrice = (ms: number): Block[] => new Array<Block>(3).fill({ ms, cpu_ms: ms / 2 });
    expect(blocks).toEqual({ a: thrice(4), b: thrice(10), c: thrice(1000) });
    expect(turns.slice(-9)).toEqual(['a25', 'b10', 'c2', 'b10', 'c2', 'a25', 'c2', 'a25', 'b10']);
  });
});

test('a block tells the processor time of a step besides that on the clock', async () => {
  const busy = localBlock({
    step() {
      const from = process.cpuUsage();
      const used = (): number => {
        const { user, system } = process.cpuUsage(from);
        return user + system;
      };
      while (used() < 5000);
    },
    sample: () => [0],
  });
  const asleep = localBlock({
    step: () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20),
    sample: () => [0],
  });
  expect((await busy(0, 4)).cpu_ms).toBeGreaterThanOrEqual(5);
  const { ms, cpu_ms } = await asleep(0, 4);
  expect(ms).toBeGreaterThan(15);
  expect(cpu_ms).toBeLessThan(ms / 2);
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

test('processor time has columns where it was measured, and a step without a limit has a dash', () => {
  const torch = { ms: 3, ratio: 0.5, cpu_ms: 2, cpu_ratio: 0.75 };
  const text = formatTable([{ case: 'lstm', mmx_ms: 1.5, mmx_cpu_ms: 1.5, peers: { torch } }], ['a machine']);
  expect(text).toBe(
    [
      'a machine',
      '',
      'ms a step   mmx  mmx CPU  torch  mmx/torch  torch CPU  mmx/torch CPU',
      'lstm       1.50     1.50   3.00       0.50       2.00           0.75',
      '',
    ].join('\n'),
  );
});
