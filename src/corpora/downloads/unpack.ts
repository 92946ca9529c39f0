import { closeSync, openSync, readSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MmxError } from '../../errors.js';
import type { PlannedFile } from './plan.js';
import { type Storage, statusAt } from './storage.js';
import { openZip, type ZipArchive, type ZipMember, zipLimits } from './zip-archive.js';

/** Names that are written down; which of them are there tells later whether the archive was unpacked. */
const mostRoots = 100;

/** What became of an archive. */
export interface Unpacked {
  readonly files: number;
  readonly bytes: number;
  /** Names right below the folder that they were unpacked into. */
  readonly roots: string[];
  /** Files that were there before with another content, which they keep. */
  readonly kept: readonly string[];
}

export interface UnpackOptions {
  readonly storage: Storage;
  readonly signal: AbortSignal;
  /** Bytes that are unpacked, of how many. */
  readonly progress: (done: number, whole: number) => void;
}

/**
 * Unpacks an archive beside its place, and moves its files there once all are whole. A file that is there already stays
 * as it is.
 *
 * @throws MmxError `fetch/archive`, or of the storage; an abort passes through. Nothing has changed then
 */
export async function unpack(
  archive: string,
  file: Pick<PlannedFile, 'name' | 'unpack' | 'contains'>,
  folder: string,
  { storage, signal, progress }: UnpackOptions,
): Promise<Unpacked> {
  const temporary = join(folder, storage.temporaryName(file.name));
  try {
    const size = statusAt(archive)?.size ?? 0;
    const expected = { into: file.unpack?.into ?? '.', contains: file.contains };
    const zip = await openZip(archive, file.name, expected, zipLimits(size));
    try {
      const free = storage.free(folder);
      if (free !== undefined && free < zip.unpackedBytes) {
        throw storage.failure(
          Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }),
          join(folder, file.name),
          zip.unpackedBytes,
        );
      }
      let done = 0;
      for (const member of zip.members) {
        await writeMember(zip, member, temporary, storage, (bytes) => {
          signal.throwIfAborted();
          done += bytes;
          progress(done, zip.unpackedBytes);
        });
      }
      const kept = await moveInto(zip.members, temporary, folder, storage);
      const roots = [...new Set(zip.members.map(({ path }) => path.split('/')[0] ?? path))].slice(
        0,
        mostRoots,
      );
      return { files: zip.members.length, bytes: zip.unpackedBytes, roots, kept };
    } finally {
      zip.close();
    }
  } catch (error) {
    if (error instanceof MmxError || signal.aborted) throw error;
    throw storage.failure(error, archive);
  } finally {
    await rm(temporary, { recursive: true, force: true }).catch(() => {});
  }
}

async function writeMember(
  zip: ZipArchive,
  member: ZipMember,
  temporary: string,
  storage: Storage,
  wrote: (bytes: number) => void,
): Promise<void> {
  const path = join(temporary, member.path);
  storage.makeFolder(dirname(path));
  const handle = await open(path, 'wx');
  try {
    wrote(0);
    for await (const chunk of zip.read(member)) {
      await handle.writeFile(chunk);
      wrote(chunk.length);
    }
  } finally {
    await handle.close();
  }
}

/** @returns files that were there before with another content */
async function moveInto(
  members: readonly ZipMember[],
  temporary: string,
  folder: string,
  storage: Storage,
): Promise<readonly string[]> {
  const kept: string[] = [];
  for (const { path } of members) {
    const [from, to] = [join(temporary, path), join(folder, path)];
    if (statusAt(to) !== undefined) {
      if (!hasSameContent(from, to)) kept.push(path);
      continue;
    }
    storage.makeFolder(dirname(to));
    await rename(from, to);
  }
  return kept;
}

const portionBytes = 1 << 20;

function hasSameContent(first: string, second: string): boolean {
  const [one, other] = [statusAt(first), statusAt(second)];
  if (!one?.isFile() || !other?.isFile() || one.size !== other.size) return false;
  const handles = [first, second].map((path) => openSync(path, 'r'));
  try {
    for (let at = 0; at < one.size; at += portionBytes) {
      const [a, b] = handles.map((handle) => {
        const buffer = Buffer.alloc(Math.min(portionBytes, one.size - at));
        readSync(handle, buffer, 0, buffer.length, at);
        return buffer;
      });
      if (a === undefined || b === undefined || !a.equals(b)) return false;
    }
    return true;
  } finally {
    for (const handle of handles) closeSync(handle);
  }
}
