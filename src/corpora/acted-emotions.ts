import { movieName, recordingName } from '../formats/file-names.js';
import { audio } from '../modalities/audio.js';
import { image } from '../modalities/image.js';
import type { ListedCorpus, ListedExample } from './corpus.js';
import { type FoundFile, filesBelow, stemOf } from './directory.js';
import { findingAbout, plural } from './finding.js';
import { listedCorpus } from './listed.js';

/** What the name of a file says of the utterance that it holds. */
interface Utterance {
  /** The same for the recording and the movie of one utterance. */
  readonly id: string;
  readonly actor: string;
  readonly emotion: string;
  /** True of movies without sound. */
  readonly isSilent?: boolean;
}

/** An utterance and its files: a recording, a movie with sound, a movie. */
interface Found extends Utterance {
  recording?: FoundFile;
  sounding?: FoundFile;
  pictures?: FoundFile;
}

/** What distinguishes one corpus of acted emotions from another. */
interface ActedEmotions {
  readonly name: string;
  readonly title: string;
  readonly emotions: readonly string[];
  /** Those of four classes, which both corpora have. */
  readonly four: readonly string[];
  /** Utterances of each part where the copy is whole and all emotions are asked for, if that is known. */
  readonly size?: { readonly train: number; readonly test: number };
  readonly howToGet: string;
  readonly caveat: string;
  /** Undefined for a file that is none of the corpus. @param stem its name without the ending */
  utteranceOf(stem: string): Utterance | undefined;
  /** Whether an actor is tested. The corpora publish no split. */
  isTested(actor: string): boolean;
}

/** Actors who say sentences in given emotions: the sound, and a picture of the face from the middle of the movie. */
function actedEmotions(definition: ActedEmotions): ListedCorpus {
  const { name, title, emotions, four, size, howToGet, caveat } = definition;
  const classesOf = (preset: string): readonly string[] => (preset === 'four' ? four : emotions);
  return listedCorpus({
    ...{ name, title, caveat, howToGet, classesOf },
    ...(size === undefined ? {} : { size }),
    inputs: [
      { name: 'image', kind: image, options: { height: 48, width: 48 } },
      { name: 'audio', kind: audio, options: { seconds: 3 } },
    ],
    classes: emotions,
    presets: ['all', 'four'],
    publishedSplit: false,
    list(directory, { preset = 'all' }) {
      const known = classesOf(preset);
      const utterances = new Map<string, Found>();
      for (const file of filesBelow(directory)) {
        const isMovie = movieName.test(file.name);
        if (!isMovie && !recordingName.test(file.name)) continue;
        const utterance = definition.utteranceOf(stemOf(file.name));
        if (utterance === undefined || !known.includes(utterance.emotion)) continue;
        const found = utterances.get(utterance.id) ?? { ...utterance };
        if (isMovie) found.pictures ??= file;
        if (!isMovie) found.recording ??= file;
        else if (!utterance.isSilent) found.sounding ??= file;
        utterances.set(utterance.id, found);
      }
      const examples = [...utterances.values()]
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .map(({ id, actor, emotion, recording, sounding, pictures }): ListedExample => {
          const heard = recording ?? sounding;
          return {
            part: definition.isTested(actor) ? 'test' : 'train',
            label: emotion,
            group: actor,
            sources: {
              image: pictures ? { value: pictures.path } : null,
              audio: heard ? { value: heard.path } : null,
            },
            place: id,
          };
        });
      const count = (part: ListedExample['part']): number =>
        examples.filter((one) => one.part === part).length;
      const expected = preset === 'all' ? size : undefined;
      return {
        examples,
        counts: [
          { of: 'training utterances', found: count('train'), expected: expected?.train ?? null },
          { of: 'test utterances', found: count('test'), expected: expected?.test ?? null },
        ],
        findings: findingAbout(
          examples.length === 0 ? [directory] : [],
          'error',
          (number) => `${plural(number, 'folder')} without an utterance of ${name}`,
          howToGet,
        ),
      };
    },
  });
}

const ravdessEmotions = ['neutral', 'calm', 'happy', 'sad', 'angry', 'fearful', 'disgust', 'surprised'];

/**
 * RAVDESS (Livingstone and Russo 2018), its speech: 24 actors, two sentences, eight emotions. Names of files are seven numbers:
 * modality, channel (01 speech), emotion, intensity, statement, repetition, actor. Actors 21 to 24 are tested: it publishes no
 * split.
 */
export const ravdess = actedEmotions({
  name: 'ravdess',
  title: 'RAVDESS, speech: 24 actors, eight emotions, sound and a picture of the face',
  emotions: ravdessEmotions,
  four: ['neutral', 'happy', 'sad', 'angry'],
  size: { train: 1200, test: 240 },
  howToGet: 'the folders Actor_01 to Actor_24 with 03-01-….wav, and 01-01-….mp4 for pictures',
  caveat: 'ravdess: the corpus has no published split; actors 21 to 24 are tested (datasets/ravdess.md).',
  utteranceOf(stem) {
    const [, medium, channel, emotion = '', rest = '', actor = ''] =
      /^(\d\d)-(\d\d)-(\d\d)-(\d\d-\d\d-\d\d)-(\d\d)$/.exec(stem) ?? [];
    const name = ravdessEmotions[Number(emotion) - 1];
    return channel === '01' && name !== undefined
      ? { id: `${actor}-${emotion}-${rest}`, actor, emotion: name, isSilent: medium === '02' }
      : undefined;
  },
  isTested: (actor) => Number(actor) > 20,
});

const cremadEmotions: Readonly<Record<string, string>> = {
  ANG: 'angry',
  DIS: 'disgust',
  FEA: 'fearful',
  HAP: 'happy',
  NEU: 'neutral',
  SAD: 'sad',
};

/**
 * CREMA-D (Cao et al. 2014): 91 actors, twelve sentences, six emotions. Names of files: actor, sentence, emotion, level. Actors
 * 1077 to 1091 are tested: it publishes no split.
 */
export const cremaD = actedEmotions({
  name: 'crema-d',
  title: 'CREMA-D: 91 actors, six emotions, sound and a picture of the face',
  emotions: Object.values(cremadEmotions),
  four: ['neutral', 'happy', 'sad', 'angry'],
  howToGet: 'the folders AudioWAV and VideoFlash with 1001_DFA_ANG_XX.wav and .flv',
  caveat: 'crema-d: the corpus has no published split; actors 1077 to 1091 are tested (datasets/crema-d.md).',
  utteranceOf(stem) {
    const [, actor = '', emotion = ''] = /^(1\d{3})_[A-Z]{3}_([A-Z]{3})_[A-Z]{2}$/i.exec(stem) ?? [];
    const name = cremadEmotions[emotion.toUpperCase()];
    return name === undefined ? undefined : { id: stem.toUpperCase(), actor, emotion: name };
  },
  isTested: (actor) => Number(actor) >= 1077,
});
