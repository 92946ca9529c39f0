import { dirname, join } from 'node:path';
import { statusOf } from '../../read-file.js';
import { visible } from '../../visible.js';
import { say } from '../output.js';

const name = 'mmx.yaml';

/**
 * The file of the project that the working directory lies in: in that folder, or in the nearest folder above that has one.
 *
 * In a folder that everybody may write to, such as `/tmp`, a file of another user is passed over, with a line that says so:
 * it could send results to any folder of whoever works below.
 *
 * @returns a path relative to the working directory
 */
export function findProject(): string | undefined {
  let folder = workingDirectory();
  let path = name;
  while (folder !== undefined) {
    const status = statusOf(join(folder, name));
    if (status?.isFile()) {
      if (!isForeign(folder, status.uid)) return path;
      say(
        `mmx: ${visible(path)} is passed over: it belongs to another user, in a folder that everybody may write to`,
      );
    }
    const parent = dirname(folder);
    folder = parent === folder ? undefined : parent;
    path = join('..', path);
  }
  return undefined;
}

/** Undefined where it has been removed. */
function workingDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

const writableByAll = 0o002;

function isForeign(folder: string, owner: number): boolean {
  const user = process.getuid?.();
  if (user === undefined || owner === user || owner === 0) return false;
  return ((statusOf(folder)?.mode ?? 0) & writableByAll) !== 0;
}
