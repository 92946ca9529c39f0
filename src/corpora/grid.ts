import { relative } from 'node:path';
import { MmxError } from '../errors.js';
import { readAlign } from '../formats/align.js';
import { movieName } from '../formats/file-names.js';
import type { Segment } from '../formats/labels.js';
import type { ClipEntry } from './clip.js';
import { type FoundFile, filesBelow, stemOf } from './directory.js';
import { boxFindings, faceSources, loadFace, missingMouth } from './face-movie.js';
import { boxesFor } from './mouth-boxes.js';
import { finding, findingAbout, plural, type RecordedCorpus, recordedCorpus } from './recordings.js';
import { digitNames } from './vocabularies.js';

/** Every letter but w, whose name has more than one syllable. */
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVXYZ'];

const commands: Words = { b: 'bin', l: 'lay', p: 'place', s: 'set' };
const colours: Words = { b: 'blue', g: 'green', r: 'red', w: 'white' };
const prepositions: Words = { a: 'at', b: 'by', i: 'in', w: 'with' };
const adverbs: Words = { a: 'again', n: 'now', p: 'please', s: 'soon' };
type Words = Readonly<Record<string, string>>;

/** A name that spells a sentence, perhaps with the talker before it: `swwp2s`, `id2_vcd_swwp2s`. */
const stemPattern = /^(?:.*[^a-z0-9])?([blps][bgrw][abiw][a-vx-z][1-9z][anps])$/i;
const TALKERS = 34;
const SENTENCES = 1000;
/** Every sentence is 75 frames at 25 a second; labels that end later are of another recording. */
const DURATION = 3;

/** The six words that the name of a sentence spells, in lower case; null when it spells none. */
export function wordsOfStem(stem: string): readonly string[] | null {
  const code = stemPattern.exec(stem)?.[1]?.toLowerCase();
  if (code === undefined) return null;
  const [command = '', colour = '', preposition = '', letter = '', digit = '', adverb = ''] = code;
  return [
    commands[command] ?? '',
    colours[colour] ?? '',
    prepositions[preposition] ?? '',
    letter,
    digit === 'z' ? 'zero' : (digitNames[Number(digit)] ?? ''),
    adverbs[adverb] ?? '',
  ];
}

/** GRID (Cooke et al., 2006): digits cut out of its sentences, an open stand-in for CUAVE. */
export const gridDigits = gridCorpus('grid-digits', 'digits', digitNames, 4);

/** GRID: letters cut out of its sentences, an open stand-in for AVLetters. */
export const gridLetters = gridCorpus('grid-letters', 'letters', letters, 3);

interface Sentence {
  readonly movie: FoundFile;
  readonly talker: string;
  readonly code: string;
  readonly words: readonly string[];
}

/** GRID has no split of its own in this line of work: even talkers train, odd ones test, as with CUAVE. */
function gridCorpus(
  name: string,
  what: string,
  classes: readonly string[],
  position: number,
): RecordedCorpus {
  return recordedCorpus({
    name,
    title: `GRID: 34 talkers, ${what} cut out of 1,000 sentences each`,
    modalities: ['audio', 'video'],
    classes,
    needsBoxes: true,
    cheapToRead: false,
    publishedSplit: true,

    survey(directory, options) {
      const files = filesBelow(directory);
      const movies = files.filter((file) => movieName.test(file.name));
      const sentences = movies.flatMap((movie) => sentenceOf(movie));
      const aligned = alignments(files);
      const boxes = boxesFor(name, directory, options.boxes);
      const clips: ClipEntry[] = [];
      const [unaligned, swapped, unusable]: [string[], string[], string[]] = [[], [], []];
      const used: string[] = [];
      for (const { movie, talker, code, words } of sentences) {
        const place = relative(directory, movie.path);
        const align = aligned.get(`${talker}/${code}`) ?? aligned.get(`/${code}`);
        if (align === undefined) {
          (aligned.talkers.has(talker) ? swapped : unaligned).push(place);
          continue;
        }
        let spoken: Segment | string;
        try {
          spoken = wordIn(readAlign(align.path), words, position);
        } catch (error) {
          if (!(error instanceof MmxError)) throw error;
          spoken = error.message;
        }
        if (typeof spoken === 'string') {
          unusable.push(`${place}: ${spoken}`);
          continue;
        }
        used.push(movie.path, align.path);
        const label = position === 3 ? spoken.label.toUpperCase() : spoken.label;
        const known = { id: `${talker}_${code}_${label}`, speaker: talker, repetition: null, label };
        const source = { file: movie.path, from: spoken.start, to: spoken.end, boxes: () => boxes.of(place) };
        clips.push({
          ...known,
          part: Number(/\d+$/.exec(talker)?.[0] ?? 1) % 2 === 0 ? 'train' : 'test',
          sources: faceSources(source, options),
          missing: () => missingMouth(source, options),
          isUsable: () => options.video === false || !boxes.isWithout(place),
          load: () => ({ ...known, ...loadFace(source, options) }),
        });
      }
      const talkers = new Set(sentences.map((one) => one.talker));
      return {
        clips,
        counts: [
          { of: 'talkers', found: talkers.size, expected: TALKERS },
          { of: 'movies', found: sentences.length, expected: TALKERS * SENTENCES },
          { of: 'alignments', found: aligned.size, expected: TALKERS * SENTENCES },
          { of: `clips of ${what}`, found: clips.length, expected: TALKERS * SENTENCES },
        ],
        findings: [
          ...(sentences.length === 0
            ? [
                finding(
                  'error',
                  `none of ${plural(movies.length, 'movie')} has a name that encodes a sentence, like bbaf2n.mpg`,
                  'the folder should hold the movies (s1/bbaf2n.mpg) and the alignments (alignments/s1/bbaf2n.align)',
                ),
              ]
            : []),
          ...(talkers.size > 0 && talkers.size < TALKERS
            ? [
                finding(
                  'note',
                  `${talkers.size} of ${TALKERS} talkers are there`,
                  'a part of GRID can be used too; results are then for that part',
                ),
              ]
            : []),
          ...(swapped.length > 0
            ? [
                finding(
                  'warning',
                  `${plural(swapped.length, 'movie')} without a matching alignment of their talker`,
                  'they are left out; the public archive has the alignments of many talkers in the folder of another talker: rename the folders (datasets/grid.md)',
                  [...swaps(sentences, aligned), ...swapped],
                ),
              ]
            : []),
          ...findingAbout(
            unaligned,
            'warning',
            (count) => `${plural(count, 'movie')} without alignment`,
            'they are left out',
          ),
          ...findingAbout(
            unusable,
            'warning',
            (count) => `${plural(count, 'alignment')} cannot be used`,
            'these sentences are left out',
          ),
          ...boxFindings(name, directory, boxes, options),
        ],
        files: [...boxes.files(options), ...used].sort(),
      };
    },
  });
}

function sentenceOf(movie: FoundFile): readonly Sentence[] {
  const stem = stemOf(movie.name);
  const words = wordsOfStem(stem);
  const code = stemPattern.exec(stem)?.[1]?.toLowerCase();
  if (words === null || code === undefined) return [];
  return [{ movie, talker: talkerOf(movie), code, words }];
}

/** `s7`, from the nearest folder named so or from the name (`id7_vcd_bbaf2n`, `s7_bbaf2n`); `unknown` otherwise. */
function talkerOf(file: FoundFile): string {
  const places = [stemOf(file.name), ...file.parts.slice(0, -1).reverse()];
  for (const place of places) {
    const number = /^(?:s|id|talker|speaker)[ _-]?0*(\d{1,2})(?!\d)/i.exec(place)?.[1];
    if (number !== undefined) return `s${number}`;
  }
  return 'unknown';
}

interface Alignments extends ReadonlyMap<string, FoundFile> {
  /** Talkers of whom there is a folder of alignments. */
  readonly talkers: ReadonlySet<string>;
}

/** By talker and sentence, `s7/bbaf2n`; with no talker, `/bbaf2n`, where its folder names none. */
function alignments(files: readonly FoundFile[]): Alignments {
  const found = new Map<string, FoundFile>();
  const talkers = new Set<string>();
  for (const file of files) {
    const code = /\.align$/i.test(file.name)
      ? stemPattern.exec(stemOf(file.name))?.[1]?.toLowerCase()
      : undefined;
    if (code === undefined) continue;
    const talker = talkerOf(file);
    if (talker === 'unknown') found.set(`/${code}`, file);
    else {
      talkers.add(talker);
      found.set(`${talker}/${code}`, file);
    }
  }
  return Object.assign(found, { talkers });
}

/** The word at `position` of the sentence, or what is wrong with the alignment. */
function wordIn(segments: readonly Segment[], words: readonly string[], position: number): Segment | string {
  const spoken = segments.filter(({ label }) => !/^(sil|sp)$/i.test(label));
  const labels = spoken.map(({ label }) => label.toLowerCase());
  if (labels.length !== words.length || labels.some((label, index) => label !== words[index])) {
    return `it says '${labels.join(' ').slice(0, 80)}', but the file name says '${words.join(' ')}'`;
  }
  const word = spoken[position];
  if (word === undefined || word.end <= word.start || word.end > DURATION + 0.1) {
    return `the time of '${words[position]}' lies outside the ${DURATION} seconds of a sentence`;
  }
  return { ...word, label: word.label.toLowerCase() };
}

/** The talkers whose movies the alignments of another fit better. */
function swaps(sentences: readonly Sentence[], aligned: Alignments): readonly string[] {
  return [...new Set(sentences.map((one) => one.talker))].flatMap((talker) => {
    const own = sentences.filter((one) => one.talker === talker);
    const fitting = (other: string): number =>
      own.filter(({ code }) => aligned.has(`${other}/${code}`)).length;
    const best = [...aligned.talkers].reduce((a, b) => (fitting(b) > fitting(a) ? b : a), talker);
    if (best === talker || fitting(best) <= own.length / 2) return [];
    return [`${talker}: the alignments of ${best} fit ${fitting(best)} of ${plural(own.length, 'movie')}`];
  });
}
