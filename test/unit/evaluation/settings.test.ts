import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../../src/evaluation/settings.js';
import { architecturesOf, unusable } from '../../../src/models/architectures.js';

const names: [string, string] = ['audio', 'video'];

describe('settings', () => {
  it('are the rows of the paper’s figure 1, in the modalities’ names', () => {
    const rows = settingsOf(names).map(
      ({ name, featureLearning, supervisedTraining, testing }) =>
        `${name}: ${[featureLearning, supervisedTraining, testing].map((seen) => seen.join('+')).join(' / ')}`,
    );
    expect(rows).toEqual([
      'classic-audio: audio / audio / audio',
      'classic-video: video / video / video',
      'fusion: audio+video / audio+video / audio+video',
      'cross-modality-audio: audio+video / audio / audio',
      'cross-modality-video: audio+video / video / video',
      'shared-audio-to-video: audio+video / audio / video',
      'shared-video-to-audio: audio+video / video / audio',
    ]);
  });

  it('fit the architectures that can be used in them', () => {
    const settings = settingsOf(names);
    const fitting = Object.fromEntries(
      architecturesOf(names).map((architecture) => [
        architecture.name,
        settings.filter((setting) => unusable(architecture, setting) === undefined).map(({ name }) => name),
      ]),
    );
    const [classic, learnt] = [['classic-audio', 'classic-video'], settings.slice(2).map(({ name }) => name)];
    expect(fitting).toEqual({
      preprocessed: [...classic, 'fusion'],
      rbm: [...classic, 'fusion'],
      'shallow-bimodal-rbm': learnt,
      'bimodal-dbn': learnt,
      'audio-only-deep-autoencoder': ['cross-modality-audio'],
      'video-only-deep-autoencoder': ['cross-modality-video'],
      'audio-only-shallow-autoencoder': ['cross-modality-audio'],
      'video-only-shallow-autoencoder': ['cross-modality-video'],
      'bimodal-deep-autoencoder': learnt,
      'raw-cca': learnt,
      'rbm-cca': learnt,
      'stacked-rbm-cca': learnt,
    });
  });

  it('give the reason when they do not fit', () => {
    const [rbm, video] = ['rbm', 'video-only-deep-autoencoder'].map((name) =>
      architecturesOf(names).find((one) => one.name === name),
    );
    const shared = settingsOf(names).find(({ name }) => name === 'shared-video-to-audio');
    if (!rbm || !video || !shared) throw new Error('known names');
    expect(unusable(rbm, shared)).toBe('its features of the two modalities have no space in common');
    const fusion = settingsOf(names).find(({ name }) => name === 'fusion');
    if (!fusion) throw new Error('a known name');
    expect(unusable(video, fusion)).toContain('it encodes only video');
    expect(unusable(video, fusion, ['audio'])).toBeUndefined();
    expect(unusable(video, shared)).toBe('it encodes only video, and the setting shows it audio');
  });
});
