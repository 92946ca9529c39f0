import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { MmxError } from '../errors.js';

/** A file of a corpus, found wherever in the copy it lies. */
export interface FoundFile {
  /** Path as it can be opened. */
  readonly path: string;
  /** Folders from the copy's top down to it, then its name. */
  readonly parts: readonly string[];
  readonly name: string;
}

const MAXIMUM_DEPTH = 8;
const MAXIMUM_FILES = 500_000;

/**
 * All files below a folder, in an order that depends on names only. Names beginning with a dot and `__MACOSX` are passed
 * over: operating systems leave them behind. Links to folders are followed.
 *
 * @throws MmxError `corpora/unreadable` when a folder cannot be listed; `corpora/too-many-files` beyond 500,000
 */
export function filesBelow(directory: string): readonly FoundFile[] {
  const found: FoundFile[] = [];
  const visit = (folder: string, parts: readonly string[]): void => {
    for (const entry of list(folder)) {
      const { name } = entry;
      if (name.startsWith('.') || name === '__MACOSX') continue;
      const path = join(folder, name);
      const isLink = entry.isSymbolicLink();
      const status = isLink ? statSync(path, { throwIfNoEntry: false }) : entry;
      if (status?.isDirectory()) {
        if (parts.length < MAXIMUM_DEPTH) visit(path, [...parts, name]);
      } else if (status?.isFile()) {
        if (found.length >= MAXIMUM_FILES) {
          throw new MmxError(
            'corpora/too-many-files',
            `${directory} holds more than ${MAXIMUM_FILES} files: it is not the folder of one corpus`,
            { exitCode: 2 },
          );
        }
        found.push({ path, parts: [...parts, name], name });
      }
    }
  };
  visit(directory, []);
  return found;
}

/** Name without its last extension. */
export function stemOf(name: string): string {
  const file = basename(name);
  const dot = file.lastIndexOf('.');
  return dot > 0 ? file.slice(0, dot) : file;
}

/** True when the file is in a folder of that name, whatever its letter case. */
export function liesIn(file: FoundFile, folder: string): boolean {
  return file.parts.slice(0, -1).some((part) => part.toLowerCase() === folder.toLowerCase());
}

function list(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : a.name > b.name ? 1 : 0,
    );
  } catch (cause) {
    throw new MmxError('corpora/unreadable', `cannot list the folder ${folder}: ${String(cause)}`, { cause });
  }
}
