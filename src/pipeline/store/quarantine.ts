import { randomBytes } from 'node:crypto';
import { lstatSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorCodeOf, makeDirectory, syncDirectory } from './files.js';

/** Where the damaged artifacts of a store lie, each under a name of its own. */
export const quarantineOf = (store: string): string => join(store, 'quarantine');

/**
 * Moves something damaged into the quarantine of a store in one step. Nothing that lies there is overwritten.
 *
 * @returns where it lies now; undefined when it was not there. Errors are the system's own
 */
export function moveToQuarantine(store: string, path: string): string | undefined {
  const directory = quarantineOf(store);
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  makeDirectory(directory);
  const target = join(directory, `${basename(path)}-${randomBytes(6).toString('hex')}`);
  try {
    renameSync(path, target);
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  syncDirectory(directory);
  syncDirectory(dirname(path));
  return target;
}

/** Back to where it was, unless something has been put there since: then it stays, and gc frees it. */
export function putBack(moved: string, path: string): void {
  try {
    renameSync(moved, path);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errorCodeOf(error) ?? '')) throw error;
  }
}
