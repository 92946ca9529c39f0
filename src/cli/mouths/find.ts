import type { FaceMovieFile } from '../../corpora/mouths/movies.js';
import { type PreparedMovies, type PrepareOptions, prepareMouths } from '../../corpora/mouths/prepare.js';
import { MmxError } from '../../errors.js';
import { replaceFile } from '../../pipeline/store/files.js';
import { createProgress, progressMode } from '../../report/progress/progress.js';
import { showMovies } from './progress.js';

/**
 * Looks through movies, showing how far it is.
 *
 * @param folder where records of finished movies are kept
 * @throws MmxError `mouths/no-movies` when not one of them can be used, and as `prepareMouths`
 */
export async function findShown(
  movies: readonly FaceMovieFile[],
  folder: string,
  options: Pick<PrepareOptions, 'every' | 'jobs' | 'limit' | 'only'> & Parameters<typeof progressMode>[0],
): Promise<PreparedMovies> {
  const { every, jobs, limit, only } = options;
  const { observer, end } = showMovies(createProgress({ mode: progressMode(options), noun: 'movie' }));
  try {
    const write = (file: string, content: Uint8Array): void => {
      replaceFile(file, [content]);
    };
    const found = await prepareMouths({ movies, folder, observer, every, jobs, limit, only, write });
    if (found.records.length === 0) {
      const [first] = found.failures;
      throw new MmxError('mouths/no-movies', first?.reason ?? 'there is no movie to look through');
    }
    return found;
  } finally {
    end();
  }
}
