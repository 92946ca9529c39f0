import { movieName, recordingName } from '../../formats/file-names.js';
import { type FoundFile, stemOf } from '../directory.js';

/** The files that a file of annotations is about. */
export interface MatchedRecording {
  /** A recording of sound, or else the movie. */
  readonly audio: FoundFile;
  readonly video: FoundFile | null;
}

/**
 * Makes a function that finds the recording of a file of annotations: one whose name the annotations give (`media`), or one
 * of the same name but for its ending. Of several the one that lies in a folder of the same name; null where there is
 * none, or where several are as near.
 */
export function recordingFinder(
  files: readonly FoundFile[],
): (annotations: FoundFile, media: readonly string[]) => MatchedRecording | null {
  const byStem = new Map<string, FoundFile[]>();
  for (const file of files) {
    if (!movieName.test(file.name) && !recordingName.test(file.name)) continue;
    const stem = stemOf(file.name).toLowerCase();
    const known = byStem.get(stem);
    if (known === undefined) byStem.set(stem, [file]);
    else known.push(file);
  }
  return (annotations, media) => {
    const named = media.flatMap((name) => byStem.get(stemOf(name).toLowerCase()) ?? []);
    const all = named.length > 0 ? named : (byStem.get(stemOf(annotations.name).toLowerCase()) ?? []);
    const sound = nearest(
      all.filter(({ name }) => recordingName.test(name)),
      annotations,
    );
    const movie = nearest(
      all.filter(({ name }) => movieName.test(name)),
      annotations,
    );
    if (sound === 'several' || movie === 'several') return null;
    const audio = sound ?? movie;
    return audio === null ? null : { audio, video: movie };
  };
}

function nearest(candidates: readonly FoundFile[], to: FoundFile): FoundFile | 'several' | null {
  const distinct = [...new Map(candidates.map((one) => [one.path, one])).values()];
  const shared = distinct.map((one) => sharedFolders(one, to));
  const most = Math.max(...shared);
  const [first, ...more] = distinct.filter((_, index) => shared[index] === most);
  return first === undefined ? null : more.length > 0 ? 'several' : first;
}

/** Folders, from the file upwards, of the same name. */
function sharedFolders(a: FoundFile, b: FoundFile): number {
  const [left, right] = [a, b].map(({ parts }) => parts.slice(0, -1).reverse());
  let count = 0;
  while (left?.[count] !== undefined && left[count] === right?.[count]) count++;
  return count;
}
