import { describe, expect, test } from 'vitest';
import { noiseState, uniforms } from '../../../src/engine/noise.js';
import { jumpBase, jumpTable, matrixWords } from '../../../src/engine/noise-jump.js';

const key = { seed: 5, purpose: 'test/jump', step: 2 };

/** The state words of a lane after the jumps that the digits of `chunk` name. */
function jumped(table: Uint32Array, lane: Uint32Array, chunk: number): Uint32Array {
  let state = lane;
  for (let digit = 0, rest = chunk; rest > 0; digit++, rest = Math.floor(rest / jumpBase)) {
    const value = rest % jumpBase;
    if (value === 0) continue;
    const base = ((jumpBase - 1) * digit + value - 1) * matrixWords;
    const next = new Uint32Array(4);
    for (let bit = 0; bit < 128; bit++) {
      if ((((state[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 0) continue;
      for (let word = 0; word < 4; word++)
        next[word] = (next[word] ?? 0) ^ (table[base + 4 * bit + word] ?? 0);
    }
    state = next;
  }
  return state;
}

describe('jumping ahead', () => {
  const stride = 5;
  const table = jumpTable(stride, 3);

  test.each([0, 1, 2, 15, 16, 17, 255, 256, 1000, 4095])('lands where %i chunks of steps end', (chunk) => {
    const state = noiseState(key);
    const u = uniforms(key, 4 * (stride * chunk + 1));
    for (let lane = 0; lane < 4; lane++) {
      const start = Uint32Array.from([0, 4, 8, 12], (row) => state[row + lane] ?? 0);
      const there = jumped(table, start, chunk);
      // The next draw of the lane, from the state alone.
      const draw = (((there[0] ?? 0) + (there[3] ?? 0)) >>> 8) / 2 ** 24;
      expect(draw).toBe(u[4 * stride * chunk + lane]);
    }
  });

  test('a table is no larger than its digits', () => {
    expect(table).toHaveLength(3 * 15 * matrixWords);
  });
});
