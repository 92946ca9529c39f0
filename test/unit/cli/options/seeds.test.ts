import { describe, expect, it } from 'vitest';
import { seedList } from '../../../../src/cli/options/run.js';

describe('--seeds', () => {
  it.each([
    ['1-3,7', '1,2,3,7'],
    ['1-10', '1,2,3,4,5,6,7,8,9,10'],
    ['5-5', '5'],
    ['2, 4 - 6', '2,4,5,6'],
    // What is no range is left to the check of the configuration.
    ['-1', '-1'],
    ['x', 'x'],
  ])('%s is %s', (text, list) => {
    expect(seedList(text).replace(/\s/g, '')).toBe(list);
  });

  it.each(['3-1', '1-1001', '0-999999999999999'])('refuses the range %s', (text) => {
    expect(() => seedList(text)).toThrow(
      /^--seeds: the range .* (ends before it begins|has more than 1000 seeds)/,
    );
  });
});
