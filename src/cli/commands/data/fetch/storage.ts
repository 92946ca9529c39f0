import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Storage } from '../../../../corpora/downloads/storage.js';
import { MmxError } from '../../../../errors.js';
import {
  fileError,
  freeBytes,
  makeDirectory,
  namesIn,
  replaceFile,
} from '../../../../pipeline/store/files.js';
import { isLitter, removeLitter, sweepLitter, temporaryName } from '../../../../pipeline/store/temporary.js';
import { limitError } from '../../../../process-limits.js';

/** The disk, as the pipeline writes to it. */
export const fetchStorage: Storage = {
  replace: (path, content) => {
    replaceFile(path, [content]);
  },
  makeFolder: makeDirectory,
  free: freeBytes,
  temporaryName,
  failure: (error, path, needed) => limitError(error, path) ?? fileError(error, path, needed),
};

const mark = 'fetching';

/**
 * Makes a folder and marks it as this process's: two would write into the same parts. What dead ones left is removed.
 *
 * @returns takes the mark away
 * @throws MmxError `fetch/busy` while another process fetches into it
 */
export function claimFolder(folder: string): () => void {
  const own = temporaryName(mark);
  try {
    makeDirectory(folder);
    writeFileSync(join(folder, own), '', { flag: 'wx' });
  } catch (error) {
    throw fetchStorage.failure(error, folder);
  }
  const release = (): void => {
    removeLitter(join(folder, own));
  };
  // After the own mark is there: of two that come at once at least one sees the other.
  const names = namesIn(folder).filter((name) => name !== own);
  sweepLitter(folder, names);
  const other = names.some(
    (name) => name.startsWith(`${mark}.`) && name.endsWith('.tmp') && !isLitter(join(folder, name)),
  );
  if (!other) return release;
  release();
  throw new MmxError('fetch/busy', `another mmx data fetch is writing into ${folder}`, {
    hint: 'wait for it, or name another folder: --out DIR',
  });
}
