import { dirname, relative } from 'node:path';
import { MmxError } from '../../errors.js';
import { movieName } from '../../formats/file-names.js';
import { statusOf } from '../../read-file.js';
import { filesBelow } from '../directory.js';
import { faceMoviesOf } from '../manifest.js';
import type { RecordedCorpus } from '../recordings.js';

/** A movie of whole faces. */
export interface FaceMovieFile {
  readonly file: string;
  /** Path from the corpus's folder, with `/`: its name in a box file. */
  readonly movie: string;
}

/** The folder of a copy that may be named by a file in it: a manifest. */
export function folderOfCopy(place: string): string {
  return statusOf(place)?.isFile() ? dirname(place) : place;
}

/**
 * The movies of a copy in which mouths have to be found: all in its folder, labelled or not; of a manifest those it
 * names, but for those that show nothing but the mouth.
 *
 * @throws MmxError when the folder does not exist or holds no movie, or the manifest is unusable
 */
export function moviesOf(corpus: RecordedCorpus, place: string): readonly FaceMovieFile[] {
  const status = statusOf(place);
  const isManifest = corpus.name === 'manifest';
  if (!status?.isDirectory() && !(isManifest && status?.isFile())) {
    throw new MmxError(
      'corpora/missing',
      `${corpus.name}: ${place} ${status === undefined ? 'does not exist' : 'is not a folder'}`,
      { exitCode: 2, hint: `name the folder of your copy: --data ${corpus.name}=DIR` },
    );
  }
  const folder = folderOfCopy(place);
  const files = isManifest
    ? faceMoviesOf(place)
    : filesBelow(place).flatMap((file) => (movieName.test(file.name) ? [file.path] : []));
  if (files.length === 0) {
    throw new MmxError('mouths/no-movies', `${corpus.name}: there is no movie of a face in ${place}`, {
      exitCode: 2,
      hint: `see what is there with: mmx data check ${corpus.name} --data ${corpus.name}=${place}`,
    });
  }
  return files.map((file) => ({ file, movie: relative(folder, file).replaceAll('\\', '/') }));
}
