import { probeMovie } from '../../formats/movie.js';
import { encodeMouthBoxes, type MovieBoxes, parseMouthBoxes, readBoxFile } from '../mouth-boxes.js';
import type { FaceMovieFile } from './movies.js';
import type { MovieRecord } from './records.js';

/** A movie with its boxes, wherever they come from. */
export interface PreparedMovie extends FaceMovieFile {
  readonly frames: number;
  /** Percent of the frames looked at in which there was a face; null where boxes were given and nobody looked. */
  readonly foundPercent: number | null;
  readonly boxes: MovieBoxes | null;
}

/** Movies, and the box file that describes them. */
export interface BoxFile {
  readonly movies: readonly PreparedMovie[];
  /** Content of the box file. */
  readonly text: string;
}

/**
 * The box file of what a detector found; of a movie without any face it says so.
 *
 * @param unusable names of more movies in which no mouth can be seen, because they cannot be read
 */
export function boxFileOf(
  movies: readonly FaceMovieFile[],
  records: readonly MovieRecord[],
  unusable: readonly string[] = [],
): BoxFile {
  const broken = new Set(unusable);
  const faceless = records.filter(({ boxes }) => boxes.length === 0).map(({ movie }) => movie);
  const text = encodeMouthBoxes(
    records.flatMap(({ movie, boxes }) => (broken.has(movie) ? [] : boxes)),
    [...new Set([...faceless, ...unusable])],
  );
  const boxes = parseMouthBoxes(text, 'the boxes found');
  const files = new Map(movies.map((one) => [one.movie, one]));
  return {
    text,
    movies: records.flatMap(({ movie, frames, looked, faces }) => {
      const file = files.get(movie);
      const foundPercent = looked === 0 ? 0 : (100 * faces) / looked;
      return file === undefined ? [] : [{ ...file, frames, foundPercent, boxes: boxes.of(movie) }];
    }),
  };
}

/**
 * A box file made by hand or elsewhere, for the movies of a copy.
 *
 * @throws MmxError `corpora/boxes` naming file and line, `formats/movie`
 */
export function boxFileFrom(file: string, movies: readonly FaceMovieFile[]): BoxFile {
  const { text, boxes } = readBoxFile(file);
  return {
    text,
    movies: movies.map((movie) => {
      const { video, duration } = probeMovie(movie.file);
      const frames = video?.frames ?? Math.round(duration * (video?.rate ?? 0));
      return { ...movie, frames, foundPercent: null, boxes: boxes.of(movie.movie) };
    }),
  };
}

/** Fewer faces than in this percentage of the frames, and a movie needs a look. */
export const ENOUGH_PERCENT = 95;

/** The movies with the fewest faces, those with enough left out, worst first. */
export function worstMovies(movies: readonly PreparedMovie[]): readonly PreparedMovie[] {
  return movies
    .filter((one) => one.boxes === null || (one.foundPercent ?? 100) < ENOUGH_PERCENT)
    .sort((a, b) => share(a) - share(b));
}

/** Of many movies those worth a look: the worst, the rest evenly spread over all; in the order of the corpus. */
export function forSheet(movies: readonly PreparedMovie[], most: number): readonly PreparedMovie[] {
  if (movies.length <= most) return movies;
  const chosen = new Set(worstMovies(movies).slice(0, Math.ceil(most / 2)));
  const others = movies.filter((one) => !chosen.has(one));
  const room = most - chosen.size;
  for (let i = 0; i < room; i++) {
    const other = others[Math.floor(((i + 0.5) * others.length) / room)];
    if (other !== undefined) chosen.add(other);
  }
  return movies.filter((one) => chosen.has(one));
}

const share = ({ boxes, foundPercent }: PreparedMovie): number =>
  boxes === null ? -1 : (foundPercent ?? 100);
