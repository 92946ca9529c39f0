import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { exactField, plainField } from '../csv-field.js';
import { MmxError } from '../errors.js';
import { type CsvKind, type CsvLine, parseCsv, readCsvText } from '../formats/csv.js';
import { copyOfCorpus } from './copies.js';

/** Where the mouth is in one frame, in pixels of the movie's own pictures; fractions allowed. */
export interface MouthBox {
  /** Left and upper edge. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The mouth through one movie. */
export interface MovieBoxes {
  /** The box of a frame, counted from 0; between two that are given, in proportion; beyond them, the nearest. */
  at(frame: number): MouthBox;
}

/** The mouths of the movies of a corpus. */
export interface MouthBoxes {
  readonly file: string;
  /** @param movie path of the movie from the corpus's folder; null when the file has no box for it */
  of(movie: string): MovieBoxes | null;
  /** Whether the file says that no mouth can be seen in a movie. */
  isWithout(movie: string): boolean;
}

/** A line of a box file. */
export interface BoxRow extends MouthBox {
  readonly movie: string;
  /** Null: every frame of the movie. */
  readonly frame: number | null;
}

/** Name of the box file that is looked for in the folder of a corpus. */
export const boxFileName = 'boxes.csv';

/**
 * Where `mmx data prepare` puts what it makes for a corpus, in the working directory. Corpora that share a
 * copy share one folder; every manifest has its own, because two of them may give one name to different movies.
 *
 * @param directory the copy: of a manifest, the folder it lies in
 */
export function preparedFolder(corpus: string, directory: string): string {
  const own =
    corpus === 'manifest'
      ? `-${createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 8)}`
      : '';
  return join('results', 'prepared', `${copyOfCorpus(corpus)}${own}`);
}

const columns = ['movie', 'frame', 'x', 'y', 'w', 'h'] as const;
type Column = (typeof columns)[number];
const LARGEST = 65_536;

/**
 * Reads a box file: CSV with the columns `movie, frame, x, y, w, h`. `movie` is the path from the corpus's folder, or
 * its file name where that is unambiguous; `frame` counts from 0, and `*` stands for the whole movie. A line `movie,*,,,,`
 * says that no mouth can be seen in a movie.
 *
 * @throws MmxError `corpora/boxes` naming file and line
 */
export function readMouthBoxes(file: string): MouthBoxes {
  return readBoxFile(file).boxes;
}

/** As {@link readMouthBoxes}, with the text of the file. */
export function readBoxFile(file: string): { readonly text: string; readonly boxes: MouthBoxes } {
  const text = readCsvText(file, boxTable(file));
  return { text, boxes: parseMouthBoxes(text, file) };
}

/** Parses what {@link readMouthBoxes} reads. */
export function parseMouthBoxes(text: string, file: string): MouthBoxes {
  return boxesOf(parseCsv(text, boxTable(file)), file);
}

/** Bytes: a line a frame of a whole copy of GRID. */
const MAXIMUM_BYTES = 256 * 2 ** 20;

const boxTable = (file: string): CsvKind => ({
  columns,
  limit: MAXIMUM_BYTES,
  unread: (problem, cause) =>
    new MmxError('corpora/boxes', `cannot read the mouth boxes ${file}: ${problem}`, { cause }),
  unusable: (problem, hint) =>
    new MmxError(
      'corpora/boxes',
      `${file} is not a usable box file: ${problem}`,
      hint === undefined ? {} : { hint },
    ),
});

function boxesOf(lines: readonly CsvLine<Column>[], file: string): MouthBoxes {
  const byMovie = new Map<string, BoxRow[]>();
  const names = new Map<string, Set<string>>();
  const without = new Set<string>();
  const isEmpty = ({ record: { frame, x, y, w, h } }: CsvLine<Column>): boolean =>
    frame === '*' && [x, y, w, h].every((field) => (field ?? '') === '');
  for (const { record } of lines.filter(isEmpty)) without.add(keyOf(plainField(record.movie ?? '')));
  const filled = lines.filter((line) => !isEmpty(line));
  for (const row of rowsOf(filled, file)) {
    const key = keyOf(row.movie);
    const known = byMovie.get(key);
    if (known === undefined) byMovie.set(key, [row]);
    else known.push(row);
    const name = nameOf(key);
    names.set(name, (names.get(name) ?? new Set()).add(key));
  }
  const ready = new Map<string, MovieBoxes>();
  return {
    file,
    of(movie) {
      const sameName = names.get(nameOf(keyOf(movie)));
      const only = sameName?.size === 1 ? [...sameName][0] : undefined;
      const key = byMovie.has(keyOf(movie)) ? keyOf(movie) : only;
      const rows = key === undefined ? undefined : byMovie.get(key);
      if (key === undefined || rows === undefined) return null;
      const boxes = ready.get(key) ?? movieBoxes(rows);
      ready.set(key, boxes);
      return boxes;
    },
    isWithout: (movie) => without.has(keyOf(movie)),
  };
}

/**
 * The text of a box file.
 *
 * @param without movies in which no mouth can be seen
 */
export function encodeMouthBoxes(rows: readonly BoxRow[], without: readonly string[] = []): string {
  const number = (value: number): string => String(Number(value.toFixed(2)));
  const lines = rows.map(({ movie, frame, x, y, width, height }) =>
    [exactField(movie), frame ?? '*', number(x), number(y), number(width), number(height)].join(','),
  );
  const empty = without.map((movie) => `${exactField(movie)},*,,,,`);
  return `${[columns.join(','), ...lines, ...empty].join('\n')}\n`;
}

/** The boxes for a corpus of whole faces. */
export interface CorpusBoxes {
  readonly present: boolean;
  readonly file: string;
  /** The box file, where clips depend on it: for the fingerprint of the corpus. */
  files(options: { readonly video?: boolean }): readonly string[];
  /** @throws MmxError saying what to do where there are no boxes for a movie */
  of(movie: string): MovieBoxes;
  /** Whether the box file is there and says that no mouth can be seen in a movie. */
  isWithout(movie: string): boolean;
}

/**
 * The boxes for a corpus of whole faces, read when first needed.
 *
 * @param corpus its name, for the messages
 * @param file the box file named by the user; when absent `boxes.csv` in `directory`, else what `mmx data prepare` wrote
 */
export function boxesFor(corpus: string, directory: string, file: string | undefined): CorpusBoxes {
  const beside = join(directory, boxFileName);
  const prepared = join(preparedFolder(corpus, directory), boxFileName);
  const path = file ?? (!existsSync(beside) && existsSync(prepared) ? prepared : beside);
  let boxes: MouthBoxes | undefined;
  const fail = (movie: string, why: string): never => {
    throw new MmxError(
      'corpora/no-boxes',
      `the position of the mouth in ${movie} of ${corpus} is unknown: ${why}`,
      {
        hint: `run: mmx data prepare ${corpus} --data ${corpus}=${directory}`,
      },
    );
  };
  return {
    present: existsSync(path),
    file: path,
    files: ({ video }) => (video !== false && existsSync(path) ? [path] : []),
    of(movie) {
      if (boxes === undefined && !existsSync(path)) fail(movie, `${path} does not exist`);
      boxes ??= readMouthBoxes(path);
      return boxes.of(movie) ?? fail(movie, `${path} has no box for it`);
    },
    isWithout(movie) {
      if (boxes === undefined && !existsSync(path)) return false;
      boxes ??= readMouthBoxes(path);
      return boxes.isWithout(movie);
    },
  };
}

function rowsOf(lines: readonly CsvLine<Column>[], file: string): readonly BoxRow[] {
  return lines.map(({ record, line }) => {
    const place = `${file}:${line}`;
    const { movie = '', frame = '' } = record;
    const bad = (what: string): never => {
      throw new MmxError('corpora/boxes', `${place}: ${what}`);
    };
    const number = (name: (typeof columns)[number]): number => {
      const written = record[name] ?? '';
      const value = Number(written);
      if (written === '' || !(Math.abs(value) <= LARGEST))
        bad(`${name} is '${written}'; it must be a number`);
      return value;
    };
    if (movie === '') bad('movie is empty');
    if (frame !== '*' && !/^\d{1,9}$/.test(frame))
      bad(`frame is '${frame}'; it must be a number from 0, or * for all frames`);
    const [x, y, width, height] = [number('x'), number('y'), number('w'), number('h')];
    if (width < 1 || height < 1) bad(`the box is ${width} x ${height} pixels`);
    return { movie: plainField(movie), frame: frame === '*' ? null : Number(frame), x, y, width, height };
  });
}

function keyOf(movie: string): string {
  return movie.replaceAll('\\', '/').replace(/^\.\//, '').toLowerCase();
}

function nameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

function movieBoxes(rows: readonly BoxRow[]): MovieBoxes {
  const whole = rows.find((row) => row.frame === null);
  const given = rows
    .filter((row): row is BoxRow & { frame: number } => row.frame !== null)
    .sort((a, b) => a.frame - b.frame);
  return {
    at(frame) {
      let [low, high] = [0, given.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((given[middle]?.frame ?? 0) < frame) low = middle + 1;
        else high = middle;
      }
      const [before, after] = [given[low - 1], given[low]];
      if (after?.frame === frame) return after;
      const nearest = whole ?? before ?? after;
      if (nearest === undefined) throw new Error('a movie without boxes');
      if (whole !== undefined || before === undefined || after === undefined)
        return whole ?? before ?? after ?? nearest;
      const share = (frame - before.frame) / (after.frame - before.frame);
      const between = (name: keyof MouthBox): number => before[name] + share * (after[name] - before[name]);
      return { x: between('x'), y: between('y'), width: between('width'), height: between('height') };
    },
  };
}
