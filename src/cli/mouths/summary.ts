import type { PreparedMovies } from '../../corpora/mouths/prepare.js';
import { type BoxFile, worstMovies } from '../../corpora/mouths/summary.js';

/** What `mmx data prepare --json` prints of the movies; null where nobody looked. */
export function numbersOf({ movies }: BoxFile, found: PreparedMovies | undefined) {
  const looked = found?.records.reduce((sum, one) => sum + one.looked, 0) ?? null;
  const faces = found?.records.reduce((sum, one) => sum + one.faces, 0) ?? null;
  return {
    movies: movies.length,
    kept: found?.kept ?? null,
    left: found?.left ?? 0,
    frames: movies.reduce((sum, one) => sum + one.frames, 0),
    looked,
    faces,
    found_percent: looked === null || faces === null || looked === 0 ? null : (100 * faces) / looked,
    seconds_a_frame: found === undefined || found.looked === 0 ? null : found.seconds / found.looked,
    detector: found?.detector ?? null,
    without: movies.filter((one) => one.boxes === null).map((one) => one.movie),
    worst: worstMovies(movies).map(({ movie, foundPercent }) => ({ movie, found_percent: foundPercent })),
    failures: found?.failures ?? [],
  };
}

/** The same for people. */
export function linesOf(file: BoxFile, found: PreparedMovies | undefined): readonly string[] {
  const numbers = numbersOf(file, found);
  const { kept, left, looked, found_percent: percent, seconds_a_frame: pace, worst, without } = numbers;
  const line = (kind: string, text: string): string => `${kind.padEnd(8)}${text}`;
  const share = (value: number | null): string => (value === null ? 'no box' : `${value.toFixed(1)} %`);
  const movies = [
    String(numbers.movies),
    ...(kept ? [`${kept} of them done before`] : []),
    ...(left > 0 ? [`${left} more to do`] : []),
  ];
  const faces =
    percent === null ? '' : `; mouths found in ${numbers.faces} of ${looked} looked at (${share(percent)})`;
  const seconds = pace === null ? '' : `, ${pace.toFixed(3)} s a frame`;
  const poor = worst.map((one) => `${one.movie} ${share(one.found_percent)}`);
  return [
    line('movies', movies.join(', ')),
    line('frames', `${numbers.frames}${faces}${seconds}`),
    ...(poor.length > 0 ? [line('worst', fewNames(poor).join(', '))] : []),
    ...(without.length > 0 ? [line('no box', `for ${without.length}: their pictures cannot be used`)] : []),
    ...numbers.failures.map(({ reason }) => line('failed', reason)),
  ];
}

/** A long list takes too much room: the first of it and the number of the rest. */
export function fewNames(names: readonly string[]): readonly string[] {
  return names.length <= 6 ? names : [...names.slice(0, 5), `and ${names.length - 5} more`];
}
