/** Durable writing, and the sentences for the ways in which it fails. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { MmxError } from '../../errors.js';
import { isTemporaryName, removeLitter, sweepLitter, temporaryName } from './temporary.js';

export { removeLitter, temporaryName } from './temporary.js';

/** Size and checksum of a file, taken from the bytes handed to the system, not read back. */
export interface FileDigest {
  readonly bytes: number;
  readonly sha256: string;
}

export function errorCodeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** `12.3 MB` and the like, decimal units. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** Bytes free where a path is or would be; undefined where the system does not tell. */
export function freeBytes(path: string): number | undefined {
  for (let at = path; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = statfsSync(at);
      return bavail * bsize;
    } catch {
      if (dirname(at) === at) return undefined;
    }
  }
}

/**
 * Refuses what cannot fit before a byte of it is written: while it filled the disk, whatever another process stores in
 * the same moment would be lost too. Quotas and races are still found out by writing.
 *
 * @throws an error as the system's own ENOSPC
 */
export function checkSpace(path: string, bytes: number): void {
  const free = freeBytes(path);
  if (free === undefined || bytes <= free) return;
  throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
}

/**
 * Turns a failed file operation into one sentence: `store/no-space`, `store/read-only`, `store/permission` or
 * `store/io`. An `MmxError` passes through.
 */
export function fileError(error: unknown, path: string, neededBytes?: number): MmxError {
  if (error instanceof MmxError) return error;
  const continues = 'then run the same command again. Finished stages are kept, and the run continues.';
  switch (errorCodeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT': {
      const reason = errorCodeOf(error) === 'EDQUOT' ? 'the disk quota is used up' : 'the disk is full';
      const free = freeBytes(path);
      const amounts = [
        ...(neededBytes === undefined ? [] : [`${formatBytes(neededBytes)} needed`]),
        // Another process may have made room since.
        ...(free === undefined || free >= (neededBytes ?? Infinity) ? [] : [`${formatBytes(free)} free`]),
      ].join(', ');
      return new MmxError(
        'store/no-space',
        `${path} cannot be written: ${reason}${amounts ? ` (${amounts})` : ''}.`,
        { hint: `Make room, ${continues}`, cause: error },
      );
    }
    case 'EROFS':
      return new MmxError('store/read-only', `${path} cannot be written: the file system is read-only.`, {
        hint: `Make it writable or work in another directory, ${continues}`,
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
      return new MmxError('store/permission', `${path} cannot be accessed: permission denied.`, {
        hint: `Check the owner and mode of ${dirname(path)}, ${continues}`,
        cause: error,
      });
    default: {
      // Node writes `ENOENT: no such file or directory, mkdir '/proc/x'`; the path is at the head of the sentence already.
      const message = error instanceof Error ? error.message : String(error);
      const reason = message.replace(/^[A-Z]+: (.*), \w+ '.*'$/s, '$1');
      return new MmxError('store/io', `${path} cannot be accessed: ${reason}.`, { cause: error });
    }
  }
}

/** Tries at a directory whose parent another process may remove meanwhile; where ENOENT is final they end too. */
const DIRECTORY_TRIES = 5;

/**
 * As `mkdir -p`. Node's own `recursive` reports ENOENT on a read-only file system, which sends people looking for a
 * missing directory. Errors are the system's own.
 */
export function makeDirectory(path: string): void {
  for (let left = DIRECTORY_TRIES - 1; ; left -= 1) {
    try {
      mkdirSync(path);
      return;
    } catch (error) {
      const code = errorCodeOf(error);
      if (code === 'EEXIST' && statSync(path).isDirectory()) return;
      if (code !== 'ENOENT' || dirname(path) === path || left === 0) throw error;
    }
    makeDirectory(dirname(path));
  }
}

/** Writes and fsyncs a new file. Errors are the system's own: the caller knows which sentence to make of them. */
export function writeSynced(path: string, chunks: readonly Uint8Array[]): FileDigest {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = openSync(path, 'wx');
  try {
    for (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.byteLength;
      for (let offset = 0; offset < chunk.byteLength; ) {
        // Bounded writes: Linux moves at most 2 GiB a call, and a nearly full disk writes less than asked.
        const length = Math.min(chunk.byteLength - offset, 1 << 28);
        offset += writeSync(file, chunk, offset, length);
      }
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Makes a rename inside `directory` survive a power cut; systems that cannot sync directories are left alone. */
export function syncDirectory(directory: string): void {
  try {
    const file = openSync(directory, 'r');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const code = errorCodeOf(error);
    if (code !== 'EISDIR' && code !== 'EPERM' && code !== 'EINVAL' && code !== 'ENOTSUP') throw error;
  }
}

/** A file that is to be replaced, and its new content. */
export interface Replacement {
  readonly name: string;
  readonly chunks: readonly Uint8Array[];
}

/**
 * Replaces files of a directory, which is made if need be. All are on the disk before the first takes its name, and each
 * takes it in one step, in the order given: readers see an old file or a new one, never a part. What dead writers left
 * unfinished in the directory goes.
 *
 * @throws MmxError `store/*`; nothing unfinished remains
 */
export function replaceFiles(directory: string, files: readonly Replacement[]): readonly FileDigest[] {
  const planned = files.map(({ name, chunks }) => ({
    path: join(directory, name),
    temporary: join(directory, temporaryName(name)),
    chunks,
    bytes: chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0),
  }));
  let current: { path: string; bytes?: number } = { path: directory };
  const write = (): FileDigest[] => {
    const digests = planned.map(({ path, temporary, chunks, bytes }) => {
      current = { path, bytes };
      return writeSynced(temporary, chunks);
    });
    for (const { path, temporary } of planned) {
      current = { path };
      renameSync(temporary, path);
    }
    syncDirectory(directory);
    return digests;
  };
  const clear = (): void => {
    for (const { temporary } of planned) removeLitter(temporary);
  };
  try {
    makeDirectory(directory);
    sweepTemporaries(directory);
    try {
      return write();
    } catch (error) {
      // Another process may remove the directory of a finished stage at any moment: once more, in a new one.
      if (errorCodeOf(error) !== 'ENOENT') throw error;
      clear();
      makeDirectory(directory);
      return write();
    }
  } catch (error) {
    // Before the clean-up, so that the free space in the message is that at the time of failing.
    const failure = fileError(error, current.path, current.bytes);
    clear();
    throw failure;
  }
}

/**
 * Replaces `path` by new content in one step, as `replaceFiles` does.
 *
 * @throws MmxError `store/*`; nothing unfinished remains
 */
export function replaceFile(path: string, chunks: readonly Uint8Array[]): FileDigest {
  const directory = dirname(path);
  const name = path.slice(directory.length + 1);
  const [digest] = replaceFiles(directory, [{ name, chunks }]);
  if (digest === undefined) throw new Error('one file gives one digest');
  return digest;
}

/** Names in a folder; none where there is no such folder. @throws MmxError `store/*` */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    const code = errorCodeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw fileError(error, directory);
  }
}

/** In any folder, of anybody: only names that mmx has given are judged. A folder that cannot be listed is left as it is. */
function sweepTemporaries(directory: string): void {
  let names: readonly string[];
  try {
    names = readdirSync(directory);
  } catch {
    return;
  }
  sweepLitter(directory, names.filter(isTemporaryName));
}
