import { describe, expect, it } from 'vitest';
import { architecturesOf, unusable } from '../../../src/architectures/index.js';
import { nameOfRecorded, settingOfLists, settingsOf } from '../../../src/evaluation/settings.js';

const names = ['audio', 'video'];

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
      'fusion-to-audio: audio+video / audio+video / audio',
      'fusion-to-video: audio+video / audio+video / video',
    ]);
  });

  it('are named for any number of modalities', () => {
    const named = (modalities: readonly string[]) => settingsOf(modalities).map(({ name }) => name);
    expect(named(['text'])).toEqual(['classic-text']);
    const of3 = settingsOf(['text', 'audio', 'video']);
    expect(of3).toHaveLength(3 + 1 + 3 + 6 + 3);
    expect(of3.find(({ name }) => name === 'shared-text-to-video')).toMatchObject({
      featureLearning: ['text', 'audio', 'video'],
      supervisedTraining: ['text'],
      testing: ['video'],
    });
  });

  it('fit the architectures that can be used in them', () => {
    const settings = settingsOf(names);
    const fitting = Object.fromEntries(
      architecturesOf(names).map((architecture) => [
        architecture.name,
        settings.filter((setting) => unusable(architecture, setting) === undefined).map(({ name }) => name),
      ]),
    );
    const classic = ['classic-audio', 'classic-video'];
    const learnt = settings.slice(2).map(({ name }) => name);
    const beside = learnt.filter((name) => !name.startsWith('fusion-to-'));
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
      'raw-cca': beside,
      'rbm-cca': beside,
      'stacked-rbm-cca': beside,
      contrastive: learnt,
      'stacked-autoencoder': settings.map(({ name }) => name),
      'fusion-network': [...classic, 'fusion', 'fusion-to-audio', 'fusion-to-video'],
    });
  });

  it('give the reason when they do not fit', () => {
    const [rbm, video] = ['rbm', 'video-only-deep-autoencoder'].map((name) =>
      architecturesOf(names).find((one) => one.name === name),
    );
    const shared = settingsOf(names).find(({ name }) => name === 'shared-video-to-audio');
    if (!rbm || !video || !shared) throw new Error('known names');
    expect(unusable(rbm, shared)).toBe('its features of different modalities do not share a space');
    const fusion = settingsOf(names).find(({ name }) => name === 'fusion');
    if (!fusion) throw new Error('a known name');
    expect(unusable(video, fusion)).toContain('it encodes only video');
    expect(unusable(video, fusion, ['audio'])).toBeUndefined();
    expect(unusable(video, shared)).toBe('it encodes only video, and the setting shows it audio');
  });
});

describe('lists of modalities', () => {
  const of3 = ['text', 'audio', 'video'];

  it('that are those of a named setting are that setting', () => {
    for (const modalities of [['text'], names, of3]) {
      for (const setting of settingsOf(modalities)) {
        const lists = {
          learn: setting.featureLearning.toReversed(),
          train: setting.supervisedTraining.toReversed(),
          test: setting.testing.toReversed(),
        };
        expect(settingOfLists(lists, modalities)).toEqual(setting);
        expect(nameOfRecorded(lists, modalities)).toBe(setting.name);
      }
    }
  });

  it('learn from what is shown, and test what is trained on, where nothing else is said', () => {
    expect(settingOfLists({ train: ['video', 'audio'] }, names).name).toBe('fusion');
    expect(settingOfLists({ train: ['video'], test: ['audio'] }, names).name).toBe('shared-video-to-audio');
    expect(settingOfLists({ train: ['audio'] }, names).name).toBe('classic-audio');
  });

  it('have otherwise a name that says them in the order of the corpus', () => {
    const setting = {
      name: 'learn text+audio+video, train text+video, test audio',
      isNamed: false,
      featureLearning: ['text', 'audio', 'video'],
      supervisedTraining: ['text', 'video'],
      testing: ['audio'],
    };
    expect(settingOfLists({ train: ['text', 'video'], test: ['audio'] }, of3)).toEqual(setting);
    expect(settingOfLists({ train: ['video', 'text'], test: ['audio'], learn: of3 }, of3)).toEqual(setting);
  });

  it('of a corpus that is not known are told as they were written', () => {
    expect(nameOfRecorded('fusion', [])).toBe('fusion');
    expect(nameOfRecorded({ train: ['video', 'text'], test: ['audio'] }, [])).toBe(
      'learn video+text+audio, train video+text, test audio',
    );
  });
});
