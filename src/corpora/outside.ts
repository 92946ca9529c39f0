import { isAbsolute, relative } from 'node:path';
import { type Finding, findingAbout, plural } from './finding.js';

/** A path that a list of the user's names. */
interface NamedPath {
  /** Absolute. */
  readonly path: string;
  /** As the list has it, and the line. */
  readonly place: string;
}

/** Paths that lead out of the folder of a list. @param list what it is called: `manifest` */
export function outsideFindings(
  paths: readonly NamedPath[],
  folder: string,
  list: string,
): readonly Finding[] {
  const isOutside = (path: string): boolean => {
    const way = relative(folder, path);
    return isAbsolute(way) || /^\.\.([\\/]|$)/.test(way);
  };
  const first = new Map<string, string>();
  for (const { path, place } of paths) if (isOutside(path) && !first.has(path)) first.set(path, place);
  return findingAbout(
    [...first.values()],
    'warning',
    (count) =>
      `${plural(count, 'path')} ${count === 1 ? 'points' : 'point'} outside the folder of the ${list}`,
    `a copy of the folder is incomplete without them; if the ${list} comes from somebody else, check that these paths are intended`,
  );
}
