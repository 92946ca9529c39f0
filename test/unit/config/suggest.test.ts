import { describe, expect, it } from 'vitest';
import { fillPatterns } from '../../../src/config/suggest.js';

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
