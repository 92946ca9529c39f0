import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, fillPatterns, nearest } from '../../../src/config/suggest.js';

describe('editDistance', () => {
  it.each([
    ['', 'abc', 3],
    ['hiden', 'hidden', 1],
    ['ridgee', 'ridge', 1],
    ['ca', 'ac', 1],
    ['bimodal-dnb', 'bimodal-dbn', 1],
    ['kitten', 'sitting', 3],
  ])('of %j and %j is %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it('is symmetric, zero for equal words only, and at most the longer length', () => {
    const word = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      }),
    );
  });
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

describe('fillPatterns', () => {
  it('puts the names a word holds into patterns', () => {
    const name = '[a-z][a-z0-9_]*';
    expect(fillPatterns('shard-left-to-right', [`^shared-${name}-to-${name}$`, `^classic-${name}$`])).toEqual(
      ['shared-left-to-right', 'classic-right'],
    );
    expect(fillPatterns('audio-only-deep-autoencodr', [`^${name}-only-deep-autoencoder$`])).toEqual([
      'audio-only-deep-autoencoder',
    ]);
  });
});
