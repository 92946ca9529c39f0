import { relative } from 'node:path';
import { MmxError } from '../errors.js';
import { movieName } from '../formats/file-names.js';
import { inSeconds, parseLabelLines, readLabelText, type Segment } from '../formats/labels.js';
import type { ClipEntry } from './clip.js';
import { type FoundFile, filesBelow, stemOf } from './directory.js';
import { boxFindings, faceSources, loadFace, missingMouth, probedMovie } from './face-movie.js';
import { boxesFor } from './mouth-boxes.js';
import { finding, findingAbout, plural, recordedCorpus } from './recordings.js';
import { letterNames } from './vocabularies.js';

const MOVIES = 35;
/** A movie without labels serves feature learning in pieces of this many seconds. */
const PIECE = 3;
const labelName = /\.(txt|lab|label|labels|seg)$/i;
/** Talker, then the number of the repetition: `spk1_3.mov`, `Anya-3.avi`. */
const stemPattern = /^(.+?)[ _.-]*(?:rep(?:etition)?|r|take|t)?[ _.-]*([1-7])$/i;

/** Units that label times are counted in; no two are closer than a factor of 20. */
const units = [
  { name: '100 ns', ticks: () => 1e7 },
  { name: 'samples', ticks: ({ audio }: Rates) => audio },
  { name: 'milliseconds', ticks: () => 1000 },
  { name: 'frames', ticks: ({ video }: Rates) => video },
  { name: 'seconds', ticks: () => 1 },
] as const;

interface Rates {
  readonly audio: number;
  readonly video: number;
}

/**
 * AVLetters2 (Cox et al., 2008): 5 talkers, A to Z, seven times each, HD movies. Ngiam et al. (2011, section 5) learn
 * features from it and test nothing on it, so every clip is a training clip. Its layout is known from reports only:
 * names, label times and rates are read from the copy.
 */
export const avletters2 = recordedCorpus({
  name: 'avletters2',
  title: 'AVLetters2: 5 talkers, A to Z, seven times each, for feature learning',
  modalities: ['audio', 'video'],
  classes: letterNames,
  needsBoxes: true,
  cheapToRead: false,
  publishedSplit: true,
  tests: false,

  survey(directory, options) {
    const files = filesBelow(directory);
    const movies = files.filter((file) => movieName.test(file.name));
    const labelFiles = files.filter((file) => labelName.test(file.name));
    const boxes = boxesFor('avletters2', directory, options.boxes);
    const clips: ClipEntry[] = [];
    const [unlabelled, unreadable, odd]: [string[], string[], string[]] = [[], [], []];
    const unitsSeen = new Set<string>();
    const used: string[] = [];
    for (const movie of movies) {
      const place = relative(directory, movie.path);
      const { speaker, repetition } = whoAndWhen(movie);
      const labels = labelFiles.find(
        (file) =>
          stemOf(file.name).toLowerCase() === stemOf(movie.name).toLowerCase() && sharesFolder(file, movie),
      );
      try {
        const { duration, video, audio } = probedMovie(movie.path);
        let pieces: readonly Segment[];
        if (labels === undefined) {
          unlabelled.push(place);
          pieces = equalPieces(duration);
        } else {
          const found = readLabels(labels.path, duration, {
            audio: audio?.rate ?? 48_000,
            video: video?.rate ?? 25,
          });
          unitsSeen.add(found.unit);
          pieces = found.segments;
          used.push(labels.path);
        }
        used.push(movie.path);
        pieces.forEach(({ start, end, label }, index) => {
          const letter = label.toUpperCase();
          const isLetter = letterNames.includes(letter);
          if (labels !== undefined && (!isLetter || end <= start || end > duration)) {
            if (!/^(sil|sp|#|-|_|pau)/i.test(label))
              odd.push(`${place}: '${label}' at ${start.toFixed(2)} s`);
            return;
          }
          const known = {
            id: `${stemOf(place).replaceAll('\\', '/')}_${isLetter ? letter : index + 1}`,
            speaker,
            repetition,
            label: isLetter ? letter : null,
          };
          const source = { file: movie.path, from: start, to: end, boxes: () => boxes.of(place) };
          clips.push({
            ...known,
            part: 'train',
            sources: faceSources(source, options),
            missing: () => missingMouth(source, options),
            isUsable: () => options.video === false || !boxes.isWithout(place),
            load: () => ({ ...known, ...loadFace(source, options) }),
          });
        });
      } catch (error) {
        if (!(error instanceof MmxError) || error.code === 'formats/no-ffmpeg') throw error;
        unreadable.push(error.message);
      }
    }
    return {
      clips,
      counts: [
        { of: 'movies', found: movies.length, expected: MOVIES },
        { of: 'clips with a letter', found: clips.filter((one) => one.label !== null).length, expected: 910 },
      ],
      findings: [
        ...(movies.length === 0
          ? [
              finding(
                'error',
                'there is no movie',
                'the folder should hold one movie per talker and repetition',
              ),
            ]
          : []),
        ...findingAbout(
          unlabelled,
          'note',
          (count) => `${plural(count, 'movie')} without labels (a text file of the same name)`,
          `they are cut into pieces of ${PIECE} seconds: features are learnt without labels`,
        ),
        ...findingAbout(
          unreadable,
          'warning',
          (count) => `${plural(count, 'movie')} cannot be used`,
          'they are left out of feature learning',
        ),
        ...findingAbout(
          odd,
          'note',
          (count) => `${plural(count, 'label')} that are not a letter, or lie beyond the end of the movie`,
          'they are left out',
        ),
        ...(unitsSeen.size > 0
          ? [
              finding(
                'note',
                `label times are read as ${[...unitsSeen].join(', ')}`,
                'the only unit that fits the length of the movies',
              ),
            ]
          : []),
        ...boxFindings('avletters2', directory, boxes, options),
      ],
      files: [...boxes.files(options), ...used].sort(),
    };
  },
});

function whoAndWhen(movie: FoundFile): { speaker: string; repetition: number | null } {
  const stem = stemOf(movie.name);
  const match = stemPattern.exec(stem);
  const folder = movie.parts.at(-2);
  if (match !== null) return { speaker: match[1] ?? stem, repetition: Number(match[2]) };
  const repetition = /^[1-7]$/.test(stem) ? Number(stem) : null;
  return { speaker: folder ?? stem, repetition };
}

/** True when both lie in the same folder, or the labels in one of their own beside the movies'. */
function sharesFolder(labels: FoundFile, movie: FoundFile): boolean {
  const [a, b] = [labels.parts.slice(0, -1), movie.parts.slice(0, -1)];
  const common = (folders: readonly string[]): string =>
    folders.filter((one) => !/label|movie|video/i.test(one)).join('/');
  return common(a) === common(b);
}

/** @throws MmxError `formats/labels` when no unit puts the labels into the movie */
function readLabels(
  file: string,
  duration: number,
  rates: Rates,
): { readonly unit: string; readonly segments: readonly Segment[] } {
  const lines = parseLabelLines(readLabelText(file), file);
  const last = lines.reduce((most, { end }) => Math.max(most, end), 0);
  const unit = units.find(({ ticks }) => {
    const share = last / ticks(rates) / duration;
    return share >= 0.25 && share <= 1.05;
  });
  if (unit === undefined) {
    throw new MmxError(
      'formats/labels',
      `${file} is not usable: its last time, ${last}, does not fit a movie of ${duration.toFixed(1)} s in any known unit`,
    );
  }
  return { unit: unit.name, segments: inSeconds(lines, unit.ticks(rates)) };
}

function equalPieces(duration: number): readonly Segment[] {
  const count = Math.max(1, Math.floor(duration / PIECE));
  return Array.from({ length: count }, (_, index) => ({
    start: index * PIECE,
    end: Math.min(duration, (index + 1) * PIECE),
    label: '',
  }));
}
