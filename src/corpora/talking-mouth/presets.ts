import { permutation } from '../../engine/noise.js';
import { digitNames, letterNames } from '../vocabularies.js';
import type { PresetName } from './difficulty.js';
import type { SpeechRequest } from './flite.js';

/** One thing one speaker says once. */
export interface Line {
  readonly speaker: string;
  /** Names the clip together with speaker and repetition. */
  readonly word: string;
  readonly repetition: number;
  readonly label: string | null;
  readonly part: 'train' | 'test';
  readonly prompt: SpeechRequest['prompt'];
  /** What the mouth says in place of a phone that is heard, at the same time; absent where they agree. */
  readonly seen?: Readonly<Record<string, string>>;
}

export interface Preset {
  readonly speakers: number;
  /** Fewest speakers at which both parts have all classes. */
  readonly fewestSpeakers: number;
  readonly classes: readonly string[];
  /** Frames a second. */
  readonly frameRate: number;
  lines(speakers: number, seed: number): readonly Line[];
  /** What is heard and what is seen differ; no class is right. */
  mixed?(speakers: number): readonly Line[];
}

const syllables: Readonly<Record<string, string>> = {
  ga: 'pau g aa1 pau',
  ba: 'pau b aa1 pau',
  da: 'pau d aa1 pau',
};

/** Short everyday sentences that together hold every phone of English. */
const sentences = [
  'She had a dark blue jacket on',
  'We could go to the beach tomorrow',
  'The boy who sings is my brother',
  'Put the cheese on the top shelf',
  'Both of them thought it was funny',
  'A heavy storm moved over the hills',
  'Please bring five oranges and a melon',
  'My father never drinks coffee at night',
  'How many pages did you read',
  'The garage door was open all day',
  'Joyce usually paints with oil',
  'Large waves broke over the stone wall',
  'It is a pleasure to watch them dance',
  'The young judge gave a short speech',
  'Where did you leave your brown shoes',
  'Nothing rhymes with orange or month',
  'The path goes down along the river',
  'Ask her which way the wind blows',
  'Two thick books lay on the chair',
  'Our neighbour found a very small dog',
  'The television was loud but broken',
  'Fresh bread smells good in the morning',
  'He washed the windows with warm water',
  'Could you lend me a yellow pencil',
  'The ship sails for the north at noon',
  'They heard a voice behind the house',
  'Give the baby a spoon of soup',
  'Every garden needs rain and patience',
  'The choir sang until the lights went out',
  'Perhaps the answer is under your thumb',
];
const sentencesEach = 8;

const numbered = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(index + 1).padStart(2, '0')}`);

const repeated = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

/** Everyone says every word so many times. */
function recital(
  speakers: readonly string[],
  words: readonly string[],
  times: number,
  rest: (line: {
    readonly speaker: string;
    /** From 1. */
    readonly number: number;
    readonly word: string;
    readonly repetition: number;
  }) => Pick<Line, 'part' | 'prompt'>,
): readonly Line[] {
  return speakers.flatMap((speaker, index) =>
    words.flatMap((word) =>
      repeated(times).map((repetition) => ({
        speaker,
        word,
        repetition,
        label: word,
        ...rest({ speaker, number: index + 1, word, repetition }),
      })),
    ),
  );
}

/** Repetitions of a syllable from this one on are for testing: 23 speakers make 46 test clips a condition. */
const firstTested = 4;

export const presets: Readonly<Record<PresetName, Preset>> = {
  /** The shape of CUAVE's isolated digits: odd speakers test. */
  digits: {
    speakers: 36,
    fewestSpeakers: 2,
    classes: digitNames,
    frameRate: 30_000 / 1001,
    lines: (speakers) =>
      recital(numbered('s', speakers), digitNames, 5, ({ number, word }) => ({
        part: number % 2 === 0 ? 'train' : 'test',
        prompt: { text: word },
      })),
  },
  /** The shape of AVLetters: the third repetition tests. */
  letters: {
    speakers: 10,
    fewestSpeakers: 1,
    classes: letterNames,
    frameRate: 25,
    lines: (speakers) =>
      recital(numbered('l', speakers), letterNames, 3, ({ word, repetition }) => ({
        part: repetition <= 2 ? 'train' : 'test',
        prompt: { text: word },
      })),
  },
  /** What the Stanford volunteers read, for feature learning only. */
  sentences: {
    speakers: 23,
    fewestSpeakers: 1,
    classes: [],
    frameRate: 25,
    lines: (speakers, seed) =>
      numbered('v', speakers).flatMap((speaker) => {
        const purpose = `talking-mouth/sentences/${speaker}`;
        const chosen = permutation({ seed, purpose, step: 0 }, sentences.length).subarray(0, sentencesEach);
        const read = Array.from(chosen, (index) => ({
          word: `sentence-${String(index + 1).padStart(2, '0')}`,
          text: sentences[index] ?? '',
        }));
        const words = [...digitNames, ...letterNames].map((word) => ({ word, text: word }));
        return [...words, ...read].map(({ word, text }) => ({
          speaker,
          word,
          repetition: 1,
          label: null,
          part: 'train' as const,
          prompt: { text },
        }));
      }),
  },
  /** The same volunteers' syllables (McGurk and MacDonald 1976). */
  mcgurk: {
    speakers: 23,
    fewestSpeakers: 1,
    classes: Object.keys(syllables),
    frameRate: 25,
    lines: (speakers) =>
      recital(numbered('v', speakers), Object.keys(syllables), 5, ({ word, repetition }) => ({
        part: repetition < firstTested ? 'train' : 'test',
        prompt: { phones: syllables[word] ?? '' },
      })),
    mixed: (speakers) =>
      numbered('v', speakers).flatMap((speaker) =>
        repeated(5)
          .filter((repetition) => repetition >= firstTested)
          .map((repetition) => ({
            speaker,
            word: 'ba',
            repetition,
            label: null,
            part: 'test' as const,
            prompt: { phones: syllables.ba ?? '' },
            seen: { b: 'g' },
          })),
      ),
  },
};
