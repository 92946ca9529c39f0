import { rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MmxError } from '../../errors.js';
import { statusOf } from '../../read-file.js';
import { fileError, makeDirectory, writeSynced } from './files.js';
import { removeLitter, temporaryName } from './temporary.js';

/**
 * Finds out before hours of work whether anything could be written to a directory, and whether it could be made. Leaves
 * nothing behind.
 *
 * @throws MmxError `store/*`, saying what is in the way
 */
export function checkFolder(directory: string): void {
  const probe = join(directory, temporaryName('probe'));
  const made = foldersMissing(directory);
  try {
    makeDirectory(directory);
    writeSynced(probe, []);
  } catch (error) {
    const obstacle = fileAbove(directory);
    if (obstacle === undefined) throw fileError(error, directory);
    throw new MmxError('store/io', `${directory} cannot be written to: ${obstacle} is not a folder.`, {
      cause: error,
    });
  } finally {
    removeLitter(probe);
    for (const folder of made) removeEmpty(folder);
  }
}

/** What is not there of a path, the deepest first. */
function foldersMissing(path: string): readonly string[] {
  if (statusOf(path) !== undefined || dirname(path) === path) return [];
  return [path, ...foldersMissing(dirname(path))];
}

/** Another process may have put something there, or have removed it. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    return;
  }
}

/** What lies where a folder of this path must be. */
function fileAbove(path: string): string | undefined {
  const status = statusOf(path);
  if (status !== undefined) return status.isDirectory() ? undefined : path;
  return dirname(path) === path ? undefined : fileAbove(dirname(path));
}
