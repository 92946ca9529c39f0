import { describe, expect, test } from 'vitest';
import { digits, jumped, jumpTables, longestLane, shortestJump } from '../../../src/engine/jump-tables.js';
import { noiseState, uniforms } from '../../../src/engine/noise.js';

const key = { seed: 5, purpose: 'test/jump', step: 2 };

describe('jumping ahead', () => {
  const tables = jumpTables();
  const tableWords = tables.length / (digits * 64);

  test.each([0, 1, 2, 63, 64, 65, 1000, 4095, 4096, 30_000])(
    'thread %i starts where its draws begin',
    (thread) => {
      const state = noiseState(key);
      const before = shortestJump * thread;
      const u = uniforms(key, 4 * (before + 1));
      for (let lane = 0; lane < 4; lane++) {
        let there: Uint32Array = Uint32Array.from([0, 4, 8, 12], (row) => state[row + lane] ?? 0);
        for (let digit = 0; digit < digits; digit++) {
          const value = (thread >>> (6 * digit)) & 63;
          const at = (64 * digit + value) * tableWords;
          if (value > 0) there = jumped(there, tables.subarray(at, at + tableWords));
        }
        // The next draw of the lane, from the state alone.
        const draw = (((there[0] ?? 0) + (there[3] ?? 0)) >>> 8) / 2 ** 24;
        expect(draw).toBe(u[4 * before + lane]);
      }
    },
  );

  test('reaches every tensor there can be: four lanes of 4 bytes a draw are 4 GiB', () => {
    expect(16 * longestLane).toBe(2 ** 32);
  });
});
