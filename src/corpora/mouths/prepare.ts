import { MmxError } from '../../errors.js';
import { type MouthDetector, startDetector } from './detector.js';
import { findMouths } from './find-mouths.js';
import type { FaceMovieFile } from './movies.js';
import {
  encodeRecord,
  type Making,
  type MovieRecord,
  makingOf,
  readRecord,
  recordFile,
  recordOf,
} from './records.js';

export interface PrepareOptions {
  readonly movies: readonly FaceMovieFile[];
  /** Where records of finished movies are kept. */
  readonly folder: string;
  /** Each so many-th frame is looked at. */
  readonly every: number;
  /** Paths of the movies to look through, besides those that are done; all when absent. */
  readonly only?: ReadonlySet<string> | undefined;
  /** Movies to look through at most, besides those that are done. */
  readonly limit?: number | undefined;
  /** Detectors at work at the same time. */
  readonly jobs: number;
  /** Replaces a file in one step, folders included. */
  readonly write: (file: string, content: Uint8Array) => void;
  readonly start?: () => Promise<MouthDetector>;
  readonly observer?: PrepareObserver;
}

/** Is told how the work goes. */
export interface PrepareObserver {
  /** @param bytes of the movies to do */
  begin(movies: {
    readonly todo: number;
    readonly kept: number;
    readonly bytes: number;
    readonly jobs: number;
  }): void;
  started(movie: string, bytes: number): void;
  progress(movie: string, frames: number, expected: number): void;
  /** @param record null when the movie cannot be used */
  ended(movie: string, record: MovieRecord | null, seconds: number): void;
}

export interface PreparedMovies {
  readonly detector: string;
  /** Of all movies that are done, in their order. */
  readonly records: readonly MovieRecord[];
  /** How many of them were done before. */
  readonly kept: number;
  /** Movies that cannot be used, and why. */
  readonly failures: readonly { readonly movie: string; readonly reason: string }[];
  /** Movies beyond the limit. */
  readonly left: number;
  /** Seconds that the detectors and ffmpeg worked, and frames they looked at in this time. */
  readonly seconds: number;
  readonly looked: number;
}

/**
 * Finds the mouths in movies. A movie that is done is kept unless it, the detector or `every` has changed; one that
 * cannot be read is reported, and the others go on.
 *
 * @throws MmxError `mouths/no-detector` and `mouths/detector`, `formats/no-ffmpeg`, and what `write` throws
 */
export async function prepareMouths(options: PrepareOptions): Promise<PreparedMovies> {
  const { movies, folder, every, only, observer, start = () => startDetector() } = options;
  const first = await start();
  const detectors = [first];
  try {
    const records = new Map<string, MovieRecord>();
    const failures: { movie: string; reason: string }[] = [];
    const open: { readonly movie: FaceMovieFile; readonly made: Making }[] = [];
    for (const movie of movies) {
      const made = makingOf(movie.file, first.name, every);
      const known = readRecord(folder, movie.movie, made);
      if (known !== undefined) records.set(movie.movie, known);
      else if (only?.has(movie.file) ?? true) open.push({ movie, made });
    }
    const todo = open.slice(0, options.limit);
    const kept = records.size;
    const jobs = Math.max(1, Math.min(options.jobs, todo.length));
    const bytes = todo.reduce((sum, { made }) => sum + made.bytes, 0);
    observer?.begin({ todo: todo.length, kept, bytes, jobs });
    const totals = { seconds: 0, looked: 0 };
    let stopped = false;
    const queue = todo[Symbol.iterator]();
    const work = async (detector: MouthDetector): Promise<void> => {
      for (const { movie, made } of queue) {
        if (stopped) return;
        const { file, movie: name } = movie;
        const began = performance.now();
        const seconds = (): number => (performance.now() - began) / 1000;
        observer?.started(name, made.bytes);
        try {
          const progress = (frames: number, expected: number): void =>
            observer?.progress(name, frames, expected);
          const found = await findMouths(file, detector, { every, progress });
          const record = recordOf(name, found, made);
          options.write(recordFile(folder, name), encodeRecord(record));
          records.set(name, record);
          totals.seconds += seconds();
          totals.looked += found.looked;
          observer?.ended(name, record, seconds());
        } catch (error) {
          observer?.ended(name, null, seconds());
          if (!(error instanceof MmxError) || error.code !== 'formats/movie') throw error;
          failures.push({ movie: name, reason: error.message });
        }
      }
    };
    const begun = async (index: number): Promise<void> => {
      const detector = index === 0 ? first : await start();
      if (index > 0) detectors.push(detector);
      // Another failed while this one was starting, and all there were have been stopped already.
      if (stopped) detector.stop();
      else await work(detector);
    };
    await Promise.all(
      Array.from({ length: jobs }, (_, index) =>
        begun(index).catch((error: unknown) => {
          stopped = true;
          throw error;
        }),
      ),
    );
    return {
      detector: first.name,
      records: movies.flatMap(({ movie }) => records.get(movie) ?? []),
      ...{ kept, failures, left: open.length - todo.length },
      ...totals,
    };
  } finally {
    for (const detector of detectors) detector.stop();
  }
}
