import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clip } from '../../src/corpora/clip.js';
import { wordsOfStem } from '../../src/corpora/grid.js';
import { encodeMouthBoxes } from '../../src/corpora/mouth-boxes.js';
import { talkingMouth } from '../../src/corpora/talking-mouth/index.js';
import { encodeAlign } from '../../src/formats/align.js';
import type { Segment } from '../../src/formats/labels.js';
import { encodeWav } from '../../src/formats/wav.js';

/** Folders in the formats of GRID: movies and alignments of sentences, and where the mouths are. */

export interface Sentence {
  readonly talker: number;
  /** Spells its words, like `bbaf2n`. */
  readonly stem: string;
}

const picture = { width: 360, height: 288 };
const rate = 25;
const pictures = 75;
/** Where the letter and the digit begin, in pictures; each lasts at most so many. */
const [letterAt, digitAt, longest] = [15, 42, 24];
/** As in the recordings, the mouth is below the middle. */
export const mouthBox = { x: 140, y: 190, width: 80, height: 60 };

/**
 * Writes sentences of which letter and digit are said by the embedded corpus's speakers: MPEG-1 program streams of 75
 * pictures of 360x288 with sound at 44.1 kHz. The other words are silent, with a still mouth.
 */
export function writeSyntheticGrid(folder: string, sentences: readonly Sentence[]): void {
  const letters = talkingMouth('letters', { seed: 1 }).entries;
  const digits = talkingMouth('digits', { seed: 1 }).entries;
  for (const { talker, stem } of sentences) {
    const [, , , letter = '', digit = ''] = wordsOfStem(stem) ?? [];
    const said = (entries: typeof letters, label: string): Clip => {
      const speakers = [...new Set(entries.map(({ speaker }) => speaker))];
      const speaker = speakers[talker % speakers.length];
      const entry = entries.find((one) => one.speaker === speaker && one.label === label);
      if (entry === undefined) throw new Error(`nobody says ${label}`);
      return entry.load();
    };
    const clips = [said(letters, letter.toUpperCase()), said(digits, digit)] as const;
    writeMovie(join(folder, `s${talker}`, `${stem}.mpg`), clips);
    const [letterEnd, digitEnd] = [letterAt + lengthOf(clips[0]), digitAt + lengthOf(clips[1])];
    writeAlignment(folder, { talker, stem }, [5, 8, 11, letterAt, letterEnd, digitAt, digitEnd, 72]);
  }
  writeBoxes(folder, sentences);
}

/**
 * A folder of recorded sentences: copies, given to talkers as a test needs them, with alignments that are made up from one
 * that is known, because few recordings come with their own.
 */
export function writeRecordedGrid(
  folder: string,
  sentences: readonly (Sentence & { readonly file: string })[],
): void {
  for (const { talker, stem, file } of sentences) {
    const movie = join(folder, `s${talker}`, `${stem}.mpg`);
    mkdirSync(dirname(movie), { recursive: true });
    copyFileSync(file, movie);
    writeAlignment(folder, { talker, stem }, [12, 19, 27, 30.5, 36, 36, 43, 55]);
  }
  writeBoxes(folder, sentences);
}

/** @param times in pictures: where three words begin, letter and digit begin and end, and the last word ends */
function writeAlignment(folder: string, { talker, stem }: Sentence, times: readonly number[]): void {
  const [
    command = 0,
    colour = 0,
    preposition = 0,
    letter = 0,
    letterEnd = 0,
    digit = 0,
    digitEnd = 0,
    end = 0,
  ] = times;
  const words = wordsOfStem(stem) ?? [];
  const spans = [
    [command, colour],
    [colour, preposition],
    [preposition, letter],
    [letter, letterEnd],
    [digit, digitEnd],
    [digitEnd, end],
  ];
  const segments = spans.map(
    ([from = 0, to = 0], index): Segment => ({
      start: from / rate,
      end: to / rate,
      label: words[index] ?? '',
    }),
  );
  const file = join(folder, 'alignments', `s${talker}`, `${stem}.align`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, encodeAlign(segments));
}

function writeBoxes(folder: string, sentences: readonly Sentence[]): void {
  const rows = sentences.map(({ talker, stem }) => ({
    movie: `s${talker}/${stem}.mpg`,
    frame: null,
    ...mouthBox,
  }));
  writeFileSync(join(folder, 'boxes.csv'), encodeMouthBoxes(rows));
}

const tracksOf = ({ audio, video }: Clip) => {
  if (audio?.kind !== 'waveform' || video === null) throw new Error('a talking mouth is heard and seen');
  return { audio, video };
};

/** Pictures, at GRID's rate. */
function lengthOf(clip: Clip): number {
  const { video } = tracksOf(clip);
  return Math.min(longest, Math.floor((video.count / video.rate) * rate));
}

function writeMovie(file: string, [letter, digit]: readonly [Clip, Clip]): void {
  const { rate: hertz } = tracksOf(letter).audio;
  const samples = new Float32Array((pictures / rate) * hertz);
  const frames = new Uint8Array(pictures * picture.width * picture.height).fill(90);
  for (const [clip, at] of [
    [letter, letterAt],
    [digit, digitAt],
  ] as const) {
    const { audio, video } = tracksOf(clip);
    const count = lengthOf(clip);
    samples.set(
      audio.samples.subarray(0, Math.floor((count / rate) * hertz)),
      Math.round((at / rate) * hertz),
    );
    for (let t = 0; t < count; t++) {
      const source = Math.min(video.count - 1, Math.floor(((t + 0.5) / rate) * video.rate));
      for (let row = 0; row < video.height; row++) {
        const begin = (source * video.height + row) * video.width;
        const target = ((at + t) * picture.height + mouthBox.y + row) * picture.width + mouthBox.x;
        frames.set(video.data.subarray(begin, begin + video.width), target);
      }
    }
  }
  mkdirSync(dirname(file), { recursive: true });
  const sound = `${file}.wav`;
  writeFileSync(sound, encodeWav({ samples, rate: hertz }));
  const size = `${picture.width}x${picture.height}`;
  execFileSync(
    'ffmpeg',
    [
      ...['-y', '-loglevel', 'error', '-f', 'rawvideo', '-pixel_format', 'gray', '-video_size', size],
      ...['-framerate', String(rate), '-i', 'pipe:0', '-i', sound],
      ...['-c:v', 'mpeg1video', '-pix_fmt', 'yuv420p', '-q:v', '3', '-c:a', 'mp2', '-ar', '44100', file],
    ],
    { input: frames, stdio: ['pipe', 'ignore', 'inherit'] },
  );
  rmSync(sound);
}
