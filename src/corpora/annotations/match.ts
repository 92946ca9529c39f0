import { movieName, recordingName } from '../../formats/file-names.js';
import { type FoundFile, stemOf } from '../directory.js';

/** The files that a file of annotations is about. */
export interface MatchedRecording {
  /** A recording of sound, or else the movie. */
  readonly audio: FoundFile;
  readonly video: FoundFile | null;
}

/** What was found for a file of annotations: one recording, or the files among which none can be chosen. */
export type RecordingMatch =
  | ({ readonly found: true } & MatchedRecording)
  | { readonly found: false; readonly candidates: readonly string[] };

/**
 * Makes a function that finds the recording of a file of annotations: one whose name the annotations give (`media`), or one
 * of the same name but for its ending, or one whose name ends in that name after a separator (`id2_swwp2s.mpg` of
 * `swwp2s.align`). Of several the one that lies in a folder of the same name. Where several are as near, none is chosen.
 */
export function recordingFinder(
  files: readonly FoundFile[],
): (annotations: FoundFile, media: readonly string[]) => RecordingMatch {
  const byStem = new Map<string, FoundFile[]>();
  const byEnding = new Map<string, FoundFile[]>();
  for (const file of files) {
    if (!movieName.test(file.name) && !recordingName.test(file.name)) continue;
    const stem = stemOf(file.name).toLowerCase();
    add(byStem, stem, file);
    for (const { index } of stem.matchAll(/[ _.-]/g)) add(byEnding, stem.slice(index + 1), file);
  }
  return (annotations, media) => {
    const named = media.flatMap((name) => byStem.get(stemOf(name).toLowerCase()) ?? []);
    const stem = stemOf(annotations.name).toLowerCase();
    const all = named.length > 0 ? named : (byStem.get(stem) ?? byEnding.get(stem) ?? []);
    const sounds = nearest(
      all.filter(({ name }) => recordingName.test(name)),
      annotations,
    );
    const movies = nearest(
      all.filter(({ name }) => movieName.test(name)),
      annotations,
    );
    const [sound, movie] = [sounds[0], movies[0]];
    const audio = sound ?? movie;
    const isOne =
      sounds.length <= 1 &&
      movies.length <= 1 &&
      (named.length > 0 || sound === undefined || movie === undefined || areOneRecording(sound, movie));
    return isOne && audio !== undefined
      ? { found: true, audio, video: movie ?? null }
      : { found: false, candidates: [...new Set([...sounds, ...movies].map(({ path }) => path))].sort() };
  };
}

function add(files: Map<string, FoundFile[]>, key: string, file: FoundFile): void {
  const known = files.get(key);
  if (known === undefined) files.set(key, [file]);
  else known.push(file);
}

/** Files that were matched by the ends of their names may have different beginnings. */
const areOneRecording = (sound: FoundFile, movie: FoundFile): boolean =>
  stemOf(sound.name).toLowerCase() === stemOf(movie.name).toLowerCase();

function nearest(candidates: readonly FoundFile[], to: FoundFile): readonly FoundFile[] {
  const distinct = [...new Map(candidates.map((one) => [one.path, one])).values()];
  const shared = distinct.map((one) => sharedFolders(one, to));
  const most = shared.reduce((all, count) => Math.max(all, count), 0);
  return distinct.filter((_, index) => shared[index] === most);
}

/** Folders, from the file upwards, of the same name. */
function sharedFolders(a: FoundFile, b: FoundFile): number {
  const [left, right] = [a, b].map(({ parts }) => parts.slice(0, -1).reverse());
  let count = 0;
  while (left?.[count] !== undefined && left[count] === right?.[count]) count++;
  return count;
}
