import { relative } from 'node:path';
import { MmxError } from '../errors.js';
import { movieName } from '../formats/file-names.js';
import { readCuaveLabels, type Segment } from '../formats/labels.js';
import type { ClipEntry } from './clip.js';
import { type FoundFile, filesBelow, stemOf } from './directory.js';
import { boxFindings, faceSources, loadFace, missingMouth, probedMovie } from './face-movie.js';
import { boxesFor, type MovieBoxes } from './mouth-boxes.js';
import { findingAbout, type ListOptions, plural, recordedCorpus } from './recordings.js';
import { digitNames } from './vocabularies.js';

const SPEAKERS = 36;
/** Words of the normal part: what is read of a label file that has no other. */
const WORDS = 50;
const speakerName = /^s(\d\d)([mf])?/i;
const labelName = /\.(txt|lab|label|labels|seg)$/i;

/**
 * CUAVE (Patterson et al., 2002): 36 speakers; of each the `normal` part, 50 isolated digits said to the camera. Even
 * speakers train, odd ones test (Ngiam et al., 2011, section 5).
 */
export const cuave = recordedCorpus({
  name: 'cuave',
  title: 'CUAVE: 36 speakers, ten digits five times each, facing the camera',
  modalities: ['audio', 'video'],
  classes: digitNames,
  needsBoxes: true,
  cheapToRead: false,
  publishedSplit: true,

  survey(directory, options) {
    const files = filesBelow(directory);
    const ofSpeaker = (file: FoundFile): boolean => speakerName.test(file.name);
    const movies = firstOfEach(files.filter((file) => ofSpeaker(file) && movieName.test(file.name)));
    const labels = firstOfEach(files.filter((file) => ofSpeaker(file) && labelName.test(file.name)));
    const sounds = firstOfEach(files.filter((file) => ofSpeaker(file) && /\.wav$/i.test(file.name)));
    const boxes = boxesFor('cuave', directory, options.boxes);
    const clips: ClipEntry[] = [];
    const unlabelled: string[] = [];
    const unreadable: string[] = [];
    const odd: string[] = [];
    for (const [speaker, movie] of movies) {
      const label = labels.get(speaker);
      if (label === undefined) {
        unlabelled.push(movie.name);
        continue;
      }
      try {
        const words = normalWords(label.path);
        const source = {
          movie,
          soundFile: sounds.get(speaker)?.path,
          boxes: () => boxes.of(relative(directory, movie.path)),
        };
        const cut = cutOut(speaker, words, source, options);
        clips.push(...cut.clips);
        odd.push(...cut.odd);
      } catch (error) {
        if (!(error instanceof MmxError) || error.code === 'formats/no-ffmpeg') throw error;
        unreadable.push(error.message);
      }
    }
    const absent = Array.from(
      { length: SPEAKERS },
      (_, index) => `s${String(index + 1).padStart(2, '0')}`,
    ).filter((speaker) => !movies.has(speaker));
    return {
      clips,
      counts: [
        { of: 'movies', found: movies.size, expected: SPEAKERS },
        { of: 'label files', found: labels.size, expected: SPEAKERS },
        { of: 'training clips', found: clips.filter((one) => one.part === 'train').length, expected: 900 },
        { of: 'test clips', found: clips.filter((one) => one.part === 'test').length, expected: 900 },
      ],
      findings: [
        ...findingAbout(
          absent,
          movies.size === 0 ? 'error' : 'warning',
          (count) => `the movies of ${plural(count, 'speaker')} are missing`,
          'the movies should be named like s01m.mpg, anywhere in the folder',
        ),
        ...findingAbout(
          unlabelled,
          'warning',
          (count) => `${plural(count, 'movie')} without labels (a text file named like the movie)`,
          'their speakers are left out, so results are not for the whole corpus',
        ),
        ...findingAbout(
          unreadable,
          'warning',
          (count) => `movies or labels of ${plural(count, 'speaker')} cannot be used`,
          'these speakers are left out, so results are not for the whole corpus',
        ),
        ...findingAbout(
          odd,
          'note',
          (count) => `${plural(count, 'label')} of the normal part cannot be used`,
          'they are left out; published counts, about 1,790 of 1,800, leave some out as well',
        ),
        ...boxFindings('cuave', directory, boxes, options),
      ],
      files: [
        ...boxes.files(options),
        ...[...movies.values(), ...labels.values(), ...sounds.values()].map((file) => file.path),
      ].sort(),
    };
  },
});

interface Source {
  readonly movie: FoundFile;
  readonly soundFile: string | undefined;
  readonly boxes: () => MovieBoxes;
}

/** By speaker, `s01`, in order; of several files of one speaker the first. */
function firstOfEach(files: readonly FoundFile[]): ReadonlyMap<string, FoundFile> {
  const result = new Map<string, FoundFile>();
  const byName = [...files].sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
  for (const file of byName) {
    const speaker = `s${speakerName.exec(file.name)?.[1] ?? ''}`;
    if (!result.has(speaker)) result.set(speaker, file);
  }
  return result;
}

/** @throws MmxError `formats/labels` when the file has no normal part */
function normalWords(file: string): readonly Segment[] {
  const sections = readCuaveLabels(file);
  const words = sections.get('normal');
  if (words === undefined || words.length === 0) {
    throw new MmxError('formats/labels', `${file} is not usable: it has no words under a heading '#Normal'`);
  }
  return sections.size === 1 ? words.slice(0, WORDS) : words;
}

function cutOut(
  speaker: string,
  words: readonly Segment[],
  { movie, soundFile, boxes }: Source,
  options: ListOptions,
): { readonly clips: readonly ClipEntry[]; readonly odd: readonly string[] } {
  const { duration } = probedMovie(movie.path);
  const clips: ClipEntry[] = [];
  const odd: string[] = [];
  const said = new Map<string, number>();
  for (const { start, end, label } of words) {
    const word = label.toLowerCase();
    const problem = !digitNames.includes(word)
      ? 'is not a digit'
      : end <= start
        ? 'has no duration'
        : end > duration
          ? `ends after the end of the movie, ${duration.toFixed(2)} s`
          : null;
    if (problem !== null) {
      odd.push(`${stemOf(movie.name)}: '${label}' at ${start.toFixed(2)} s ${problem}`);
      continue;
    }
    const repetition = (said.get(word) ?? 0) + 1;
    said.set(word, repetition);
    const known = { id: `${speaker}_${word}_${repetition}`, speaker, repetition, label: word };
    const source = { file: movie.path, from: start, to: end, soundFile, boxes };
    clips.push({
      ...known,
      part: Number(speaker.slice(1)) % 2 === 0 ? 'train' : 'test',
      sources: faceSources(source, options),
      missing: () => missingMouth(source, options),
      load: () => ({ ...known, ...loadFace(source, options) }),
    });
  }
  return { clips, odd };
}
