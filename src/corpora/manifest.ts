import { dirname, join, resolve } from 'node:path';
import { exactField, plainField } from '../csv-field.js';
import { MmxError } from '../errors.js';
import { type CsvLine, readCsv } from '../formats/csv.js';
import { statusOf } from '../read-file.js';
import { type ClipEntry, type ClipSources, filesOf } from './clip.js';
import { boxFindings } from './face-movie.js';
import { audioKind, loadRow, type ManifestRow, sourcesOf, videoKind } from './manifest-row.js';
import { boxesFor } from './mouth-boxes.js';
import { outsideFindings } from './outside.js';
import { type Finding, findingAbout, recordedCorpus } from './recordings.js';

/** Name of the table that is looked for in the folder given. */
export const manifestFileName = 'manifest.csv';

const columns = ['audio', 'video', 'label', 'speaker', 'repetition', 'split'] as const;
const optionalColumns = ['from', 'to', 'video_rate', 'mouth'] as const;
type Column = (typeof columns)[number] | (typeof optionalColumns)[number];

/** A stretch of recordings, as a line of a manifest. */
export interface ManifestClip {
  /** Paths from the folder of the manifest; empty for none. */
  readonly audio: string;
  readonly video: string;
  readonly label: string;
  readonly speaker: string;
  /** From 1; not counted when absent. */
  readonly repetition?: number | undefined;
  readonly split: 'train' | 'test';
  /** Seconds; the whole recording where absent. */
  readonly from?: number;
  readonly to?: number;
}

/** A manifest of clips, with the comments that explain its columns. */
export function encodeManifest(clips: readonly ManifestClip[]): string {
  const seconds = (value: number | undefined): string =>
    value === undefined ? '' : String(Number(value.toFixed(6)));
  const lines = clips.map(({ audio, video, label, speaker, repetition = '', split, from, to }) =>
    [
      quoted(audio),
      quoted(video),
      quoted(label),
      quoted(speaker),
      String(repetition),
      split,
      seconds(from),
      seconds(to),
      '',
      '',
    ].join(','),
  );
  return `${[comments, heading, ...lines].join('\n')}\n`;
}

/** Of a text that is read again: a line that begins with # would be ignored, and blanks around it are left out. */
function quoted(text: string): string {
  const field = exactField(text);
  return /^#|^\s|\s$/.test(field) ? `"${field}"` : field;
}

const comments = `# One line per clip; lines that begin with # are ignored. Paths are relative to this file's folder.
# audio       a .wav or .sph recording, a movie, or an HTK feature file (.mfcc, .htk); empty for none
# video       a movie, a folder of PNG pictures in the order of their names, or an array: .npy (frames x height x width)
#             or .mat (as in AVLetters); empty for none
# label       class of the clip; empty where it serves feature learning only
# speaker     who speaks
# repetition  which time the speaker says it, from 1; may be empty
# split       train or test: features are learnt from train alone
# from, to    may be left out: seconds to cut out of recordings and movies
# video_rate  may be left out: frames a second of folders and arrays, 25 unless given
# mouth       may be left out: whole = the pictures of a movie show nothing but the mouth; otherwise its box is taken
#             from boxes.csv, which mmx data prepare writes`;
const heading = [...columns, ...optionalColumns].join(',');

/** A manifest to start from, for `mmx data init`. */
export function manifestTemplate(): string {
  return `${comments}
${heading}
recordings/one_anna_1.wav,frames/one_anna_1,one,anna,1,train,,,25,
recordings/one_anna_2.wav,arrays/one_anna_2.npy,one,anna,2,test,,,25,
movies/anna.mp4,movies/anna.mp4,two,anna,1,train,3.20,3.95,,
`;
}

/** The user's own recordings, listed in a CSV file. */
export const manifest = recordedCorpus({
  name: 'manifest',
  title: 'your own recordings, listed in a CSV file',
  modalities: ['audio', 'video'],
  classes: [],
  needsBoxes: false,
  cheapToRead: false,
  publishedSplit: false,
  acceptsFile: true,

  survey(place, options) {
    const file = statusOf(place)?.isDirectory() ? join(place, manifestFileName) : place;
    const folder = dirname(resolve(file));
    const boxes = boxesFor('manifest', folder, options.boxes);
    const problems: string[] = [];
    const rows: Line[] = [];
    for (const { record, line } of readTable(file)) {
      try {
        const row = checkedRow(record, folder);
        rows.push({ row, line, sources: sourcesOf(row) });
      } catch (error) {
        if (!(error instanceof MmxError)) throw error;
        problems.push(`${file}:${line}: ${error.message}`);
      }
    }
    const clips = rows.map(({ row, line, sources: { sound, pictures } }, index): ClipEntry => {
      const { speaker, repetition, label, part } = row;
      const known = { id: String(index + 1).padStart(5, '0'), speaker, repetition, label };
      return {
        ...known,
        part,
        place: `line ${line}`,
        sources: {
          sound: options.audio === false ? null : sound,
          pictures: options.video === false ? null : pictures,
        },
        load: () => ({ ...known, ...loadRow(row, boxes, options) }),
      };
    });
    const count = (part: ClipEntry['part']): number => clips.filter((one) => one.part === part).length;
    const faces = rows.some(({ row }) => row.video?.kind === 'movie' && !row.wholeMouth);
    return {
      clips,
      counts: [
        { of: 'training clips', found: count('train'), expected: null },
        { of: 'test clips', found: count('test'), expected: null },
      ],
      findings: [
        ...findingAbout(
          problems,
          'error',
          (number) => `${number === 1 ? 'a line' : `${number} lines`} cannot be used`,
          'correct these lines, or put a # before them',
        ),
        ...outside(rows, folder),
        ...(faces ? boxFindings('manifest', folder, boxes, options) : []),
      ],
      files: [
        ...new Set([file, ...boxes.files(options), ...rows.flatMap(({ sources }) => filesOf(sources))]),
      ].sort(),
    };
  },
});

interface Line {
  readonly row: ManifestRow;
  /** Counted from 1. */
  readonly line: number;
  readonly sources: ClipSources;
}

function outside(rows: readonly Line[], folder: string): readonly Finding[] {
  const named = rows.flatMap(({ row: { audio, video }, line }) =>
    [audio, video].flatMap((one) => (one ? [{ path: one.path, place: `line ${line}: ${one.written}` }] : [])),
  );
  return outsideFindings(named, folder, 'manifest');
}

/**
 * The movies of whole faces that a manifest names, each once: those whose mouths have to be found.
 *
 * @throws MmxError `corpora/manifest` naming the first line that cannot be used
 */
export function faceMoviesOf(place: string): readonly string[] {
  const file = statusOf(place)?.isDirectory() ? join(place, manifestFileName) : place;
  const movies = readTable(file).flatMap(({ record, line }) => {
    try {
      const { video, wholeMouth } = checkedRow(record, dirname(resolve(file)));
      return video?.kind === 'movie' && !wholeMouth ? [video.path] : [];
    } catch (error) {
      if (!(error instanceof MmxError)) throw error;
      throw new MmxError(error.code, `${file}:${line}: ${error.message}`);
    }
  });
  return [...new Set(movies)];
}

type Fields = CsvLine<Column>['record'];

/** Bytes: some hundred thousand lines. */
const MAXIMUM_BYTES = 64 * 2 ** 20;

function readTable(file: string): readonly CsvLine<Column>[] {
  return readCsv<Column>(file, {
    columns,
    optional: optionalColumns,
    limit: MAXIMUM_BYTES,
    unread: (problem, cause) =>
      new MmxError('corpora/manifest', `cannot read the manifest ${file}: ${problem}`, {
        exitCode: 2,
        hint: 'write one to start from: mmx data init',
        cause,
      }),
    unusable: (problem, hint) =>
      new MmxError('corpora/manifest', `${file} is not a usable manifest: ${problem}`, {
        exitCode: 2,
        ...(hint === undefined ? {} : { hint }),
      }),
  });
}

function checkedRow(fields: Fields, folder: string): ManifestRow {
  const bad = (what: string): never => {
    throw new MmxError('corpora/manifest', what);
  };
  const { split = '', repetition = '', mouth = '' } = fields;
  const [audioPath = '', videoPath = '', label = '', speaker = ''] = [
    ...[fields.audio, fields.video, fields.label, fields.speaker].map((field) => plainField(field ?? '')),
  ];
  const number = (name: 'from' | 'to' | 'video_rate'): number | undefined => {
    const written = fields[name] ?? '';
    if (written === '') return undefined;
    const value = Number(written);
    if (!(value >= 0 && value < 1e6))
      bad(`${name} is '${written}'; it must be a number of seconds or of frames per second`);
    return value;
  };
  if (split !== 'train' && split !== 'test') bad(`split is '${split}'; it must be train or test`);
  if (repetition !== '' && !/^[1-9]\d{0,6}$/.test(repetition)) {
    bad(`repetition is '${repetition}'; it must be a number from 1, or empty`);
  }
  if (mouth !== '' && mouth !== 'whole') bad(`mouth is '${mouth}'; it must be whole, or empty`);
  if (speaker === '') bad('speaker is empty');
  const audio = audioPath ? audioKind(resolve(folder, audioPath), audioPath) : null;
  const video = videoPath ? videoKind(resolve(folder, videoPath), videoPath) : null;
  if (audio === null && video === null) bad('both audio and video are empty');
  const [from, to, videoRate] = [number('from'), number('to'), number('video_rate')];
  if (to !== undefined && to <= (from ?? 0)) bad(`to is ${to}, which is not after from, ${from ?? 0}`);
  if (videoRate === 0) bad('video_rate is 0');
  const cut = from !== undefined || to !== undefined;
  if (cut && (audio?.kind === 'features' || (video !== null && video.kind !== 'movie'))) {
    bad('from and to can be given for recordings and movies only');
  }
  return {
    audio,
    video,
    from,
    to,
    videoRate: videoRate ?? 25,
    wholeMouth: mouth === 'whole',
    speaker,
    repetition: repetition === '' ? null : Number(repetition),
    label: label === '' ? null : label,
    part: split === 'test' ? 'test' : 'train',
  };
}
