import { describe, expect, test } from 'vitest';
import { gaussians, type NoiseKey, noiseState, permutation, uniforms } from '../../../src/engine/noise.js';

const key = (step = 0, seed = 1, purpose = 'test'): NoiseKey => ({ seed, purpose, step });

/** xoshiro128+ as its authors publish it, in BigInt. */
function* xoshiro(seed: readonly number[]): Generator<number> {
  const mask = 0xffffffffn;
  const s = seed.map((word) => BigInt(word));
  const get = (i: number): bigint => s[i] ?? 0n;
  for (;;) {
    yield Number((get(0) + get(3)) & mask);
    const t = (get(1) << 9n) & mask;
    s[2] = get(2) ^ get(0);
    s[3] = get(3) ^ get(1);
    s[1] = get(1) ^ get(2);
    s[0] = get(0) ^ get(3);
    s[2] = get(2) ^ t;
    s[3] = ((get(3) << 11n) | (get(3) >> 21n)) & mask;
  }
}

function correlation(x: Float32Array, y: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += ((x[i] ?? 0) - 0.5) * ((y[i] ?? 0) - 0.5) * 12;
  return sum / x.length;
}

describe('uniforms', () => {
  test('are four interleaved xoshiro128+ streams, 24 bits each', () => {
    const state = noiseState(key(5));
    const u = uniforms(key(5), 41);
    for (let lane = 0; lane < 4; lane++) {
      const stream = xoshiro([0, 4, 8, 12].map((row) => state[row + lane] ?? 0));
      for (let i = lane; i < u.length; i += 4) {
        expect(u[i]).toBe(((stream.next().value as number) >>> 8) / 2 ** 24);
      }
    }
  });

  test('have the moments of the uniform distribution', () => {
    const n = 400_000;
    const u = uniforms(key(), n);
    const mean = u.reduce((sum, x) => sum + x, 0) / n;
    const variance = u.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n;
    // Five standard errors.
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 / Math.sqrt(12 * n));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / n));
    expect(Math.min(...u.subarray(0, 1000))).toBeGreaterThanOrEqual(0);
    expect(u.every((x) => x < 1)).toBe(true);
  });

  test('fill 256 bins evenly', () => {
    const n = 256_000;
    const bins = new Float64Array(256);
    for (const x of uniforms(key(3), n)) bins[Math.floor(x * 256)] = (bins[Math.floor(x * 256)] ?? 0) + 1;
    const chiSquared = bins.reduce((sum, count) => sum + (count - n / 256) ** 2 / (n / 256), 0);
    // 255 degrees of freedom: mean 255, standard deviation 22.6.
    expect(Math.abs(chiSquared - 255)).toBeLessThan(5 * 22.6);
  });

  test('of nearby seeds, steps and purposes are uncorrelated', () => {
    const keys = [
      ...[1, 2, 3].flatMap((seed) => [0, 1, 2, 3].map((step) => key(step, seed))),
      key(0, 0),
      key(1, 0),
      key(2 ** 32, 1),
      key(0, 2 ** 32 + 1),
      key(0, -1),
      key(0, 1, 'tes'),
      key(0, 1, 'test/1'),
      key(0, 1, 'tset'),
    ];
    const n = 20_000;
    const draws = keys.map((each) => uniforms(each, n));
    for (let i = 0; i < keys.length; i++) {
      for (let j = 0; j < i; j++) {
        const pair = `${JSON.stringify(keys[i])} ${JSON.stringify(keys[j])}`;
        const [x, y] = [draws[i] ?? new Float32Array(), draws[j] ?? new Float32Array()];
        expect(Math.abs(correlation(x, y)), pair).toBeLessThan(5 / Math.sqrt(n));
        // Nor shifted by a few draws.
        expect(Math.abs(correlation(x.subarray(4), y.subarray(0, n - 4))), pair).toBeLessThan(
          5 / Math.sqrt(n),
        );
      }
    }
  });

  test('lanes of one key are uncorrelated', () => {
    const u = uniforms(key(9), 80_000);
    const lanes = [0, 1, 2, 3].map((lane) => u.filter((_, i) => i % 4 === lane));
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < i; j++) {
        const r = correlation(lanes[i] ?? new Float32Array(), lanes[j] ?? new Float32Array());
        expect(Math.abs(r)).toBeLessThan(5 / Math.sqrt(20_000));
      }
    }
  });

  test('the first draw of successive steps is itself uniform and serially uncorrelated', () => {
    const n = 50_000;
    const first = Float32Array.from({ length: n }, (_, step) => uniforms(key(step), 1)[0] ?? 0);
    const mean = first.reduce((sum, x) => sum + x, 0) / n;
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 / Math.sqrt(12 * n));
    expect(Math.abs(correlation(first.subarray(1), first.subarray(0, n - 1)))).toBeLessThan(5 / Math.sqrt(n));
  });

  test('every bit of the key changes about half of the state', () => {
    const base = noiseState(key(0, 1));
    const differing = (other: Uint32Array): number =>
      other.reduce((bits, word, i) => {
        let x = word ^ (base[i] ?? 0);
        let count = 0;
        for (; x !== 0; x &= x - 1) count += 1;
        return bits + count;
      }, 0);
    for (let bit = 0; bit < 50; bit++) {
      for (const other of [key(2 ** bit, 1), key(0, 1 + 2 ** (bit + 1))]) {
        // 512 fair coins: mean 256, standard deviation 11.3.
        expect(Math.abs(differing(noiseState(other)) - 256), JSON.stringify(other)).toBeLessThan(6 * 11.3);
      }
    }
  });

  test('a state never repeats over many steps', () => {
    const seen = new Set<string>();
    for (let step = 0; step < 100_000; step++) seen.add(noiseState(key(step)).subarray(0, 2).join());
    expect(seen.size).toBe(100_000);
  });

  test('draws are a prefix of longer draws and repeat', () => {
    expect(uniforms(key(1), 10)).toEqual(uniforms(key(1), 1000).subarray(0, 10));
    expect(uniforms(key(1), 0)).toHaveLength(0);
  });

  test('the stream of a key is fixed for good: results stored with seeds depend on it', () => {
    expect(
      Array.from(noiseState({ seed: 1, purpose: 'golden', step: 7 }).subarray(0, 4)),
    ).toMatchInlineSnapshot(`
      [
        1297114246,
        3497751388,
        2819328107,
        1358655460,
      ]
    `);
  });

  test('a key that is not an integer is refused', () => {
    expect(() => noiseState(key(0.5))).toThrow(RangeError);
    expect(() => noiseState(key(0, Number.NaN))).toThrow(RangeError);
  });
});

describe('gaussians', () => {
  test('have the moments and the tails of the normal distribution', () => {
    const n = 200_001;
    const x = gaussians(key(), n, 2);
    expect(x).toHaveLength(n);
    const moment = (power: number): number => x.reduce((sum, value) => sum + (value / 2) ** power, 0) / n;
    expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / n));
    const beyond = x.filter((value) => Math.abs(value) > 2 * 1.959964).length / n;
    expect(Math.abs(beyond - 0.05)).toBeLessThan(5 * Math.sqrt((0.05 * 0.95) / n));
  });
});

describe('permutation', () => {
  test('contains every index once', () => {
    for (const n of [0, 1, 2, 5, 1000]) {
      const sorted = Array.from(permutation(key(n), n)).sort((a, b) => a - b);
      expect(sorted).toEqual(Array.from({ length: n }, (_, i) => i));
    }
  });

  test('all 24 orders of four are equally frequent', () => {
    const n = 48_000;
    const counts = new Map<string, number>();
    for (let step = 0; step < n; step++) {
      const order = permutation(key(step), 4).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - n / 24) ** 2 / (n / 24), 0);
    // 23 degrees of freedom: 49.7 is exceeded once in a thousand.
    expect(chiSquared).toBeLessThan(49.7);
  });
});
