import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from '../../src/edit-distance.js';

describe('editDistance', () => {
  it.each([
    ['', 'abc', 3],
    ['hiden', 'hidden', 1],
    ['ridgee', 'ridge', 1],
    ['ca', 'ac', 2],
    ['kitten', 'sitting', 3],
  ])('of %j and %j is %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it.each([
    ['ca', 'ac', 1],
    ['bimodal-dnb', 'bimodal-dbn', 1],
    ['kitten', 'sitting', 3],
  ])('with swaps, of %j and %j is %i', (a, b, distance) => {
    expect(editDistance(a, b, { swaps: true })).toBe(distance);
  });

  it.each([true, false])(
    'is symmetric, zero for equal words only, and at most the longer length; swaps: %s',
    (swaps) => {
      const word = fc.string({ maxLength: 8 });
      fc.assert(
        fc.property(word, word, (a, b) => {
          const distance = editDistance(a, b, { swaps });
          expect(distance).toBe(editDistance(b, a, { swaps }));
          expect(distance === 0).toBe(a === b);
          expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
          expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
        }),
      );
    },
  );
});

describe('nearest', () => {
  it('takes the closest candidate and none that is far', () => {
    expect(nearest('epoch', ['epochs', 'batch'])).toBe('epochs');
    expect(nearest('learning-rate', ['learning_rate', 'learning_rate_decay'])).toBe('learning_rate');
    expect(nearest('Hidden', ['hidden'])).toBe('hidden');
    expect(nearest('c', ['a', 'b'])).toBeUndefined();
    expect(nearest('layers', ['epochs', 'batch'])).toBeUndefined();
  });
});
