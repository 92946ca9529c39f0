import { describe, expect, it } from 'vitest';
import { fillPatterns, nearest } from '../../../src/config/suggest.js';

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
