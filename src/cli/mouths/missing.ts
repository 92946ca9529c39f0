import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { copyOfCorpus } from '../../corpora/copies.js';
import { probedMovie } from '../../corpora/face-movie.js';
import { boxFileName, preparedFolder } from '../../corpora/mouth-boxes.js';
import { type FaceMovieFile, folderOfCopy, moviesOf } from '../../corpora/mouths/movies.js';
import type { MovieRecord } from '../../corpora/mouths/records.js';
import { boxFileOf } from '../../corpora/mouths/summary.js';
import { recordedCorpora } from '../../corpora/registry.js';
import { MmxError } from '../../errors.js';
import type { MissingMouths } from '../../pipeline/plan/experiment.js';
import type { PreparedRun } from '../../pipeline/plan/prepare.js';
import { replaceFile } from '../../pipeline/store/files.js';
import { jobsOf, type RunFlags } from '../options/run.js';
import { say } from '../output.js';
import { findShown } from './find.js';
import { writeSheets } from './sheets.js';
import { fewNames } from './summary.js';

/** Movies of one copy, whichever of the corpora that are read from it ask for them. */
interface MissingOfCopy extends MissingMouths {
  /** Name of the copy. */
  readonly copy: string;
  /** What `--data` names. */
  readonly place: string;
}

function missingOf({ experiments, local }: PreparedRun): readonly MissingOfCopy[] {
  const byPlace = new Map<string, MissingOfCopy>();
  for (const one of experiments.flatMap(({ resolved }) => resolved.clips?.missing ?? [])) {
    const place = local[one.corpus] ?? '';
    const key = JSON.stringify([copyOfCorpus(one.corpus), place]);
    const before = byPlace.get(key) ?? { ...one, copy: copyOfCorpus(one.corpus), place, movies: new Map() };
    const movies = new Map(before.movies);
    for (const [movie, end] of one.movies) movies.set(movie, Math.max(end, movies.get(movie) ?? 0));
    byPlace.set(key, { ...before, movies });
  }
  return [...byPlace.values()];
}

/** @throws MmxError `corpora/no-boxes` where mouths have to be found before anything can be computed */
export function refuseMissingMouths(prepared: PreparedRun): void {
  const [first] = missingOf(prepared);
  if (first === undefined) return;
  const { error, movies } = first;
  if (movies.size < 2) throw error;
  throw new MmxError(error.code, `${error.message} (the same holds for ${movies.size - 1} more movies)`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error,
  });
}

/** What a plan says of mouths that have to be found first. */
export const missingLines = (prepared: PreparedRun): readonly string[] =>
  missingOf(prepared).map(
    ({ copy, movies }) => `before these stages: mouths are to be found in ${movies.size} movies of ${copy}`,
  );

/**
 * Finds the mouths in the movies that a run reads, as `mmx data prepare` does in all movies of a copy, and puts them where
 * it puts them. A copy with a box file of its own is left alone: that file is used before any other.
 *
 * Movies that cannot be read, show no face or end before their clips do are marked there: runs leave them out and count them.
 *
 * @returns whether there were any to find
 * @throws MmxError as `mmx data prepare`
 */
export async function findMissingMouths(prepared: PreparedRun, flags: RunFlags): Promise<boolean> {
  const missing = missingOf(prepared).filter(
    ({ place }) => !existsSync(join(folderOfCopy(place), boxFileName)),
  );
  for (const { corpus: name, copy, place, movies } of missing) {
    const corpus = recordedCorpora.find((one) => one.name === name);
    if (corpus === undefined) throw new Error(`${name} has movies and is no recorded corpus`);
    const folder = preparedFolder(name, folderOfCopy(place));
    if (flags.quiet !== true) {
      say(`finding the mouths in ${movies.size} movies of ${copy}; they are kept in ${folder}`);
    }
    const all = moviesOf(corpus, place);
    const jobs = jobsOf(flags, prepared.engine.name);
    const found = await findShown(all, folder, { ...flags, every: 1, jobs, only: new Set(movies.keys()) });
    const unusable = [...found.failures.map(({ movie }) => movie), ...tooShort(all, found.records, movies)];
    const file = boxFileOf(all, found.records, unusable);
    replaceFile(join(folder, boxFileName), [Buffer.from(file.text)]);
    const sheets = await writeSheets(file.movies, folder);
    if (flags.quiet !== true) say(...fewNames(sheets).map((sheet) => `look at what was found: ${sheet}`));
  }
  return missing.length > 0;
}

/** The movies that end before the last of their clips; only those with fewer frames than others are asked for their rate. */
function tooShort(
  movies: readonly FaceMovieFile[],
  records: readonly MovieRecord[],
  ends: ReadonlyMap<string, number>,
): readonly string[] {
  const files = new Map(movies.map(({ movie, file }) => [movie, file]));
  const longest = records.reduce((most, { frames }) => Math.max(most, frames), 0);
  return records.flatMap(({ movie, frames }) => {
    const file = files.get(movie);
    const end = file === undefined ? undefined : ends.get(file);
    if (file === undefined || end === undefined || !Number.isFinite(end) || frames === longest) return [];
    const { video } = probedMovie(file);
    return video !== null && frames / video.rate < end ? [movie] : [];
  });
}
