import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MmxError } from '../../errors.js';
import type { Download } from './description.js';
import type { Network } from './exchange.js';
import type { Digest } from './part-file.js';
import type { PlannedFile } from './plan.js';
import { type FetchedFile, FetchRecord, isDone, isSameFile } from './record.js';
import { type Storage, statusAt } from './storage.js';
import { type Patience, transfer, whatIsWrong } from './transfer.js';
import { unpack } from './unpack.js';

/** Told while files are fetched. Bytes of a file count its transfer, not its unpacking. */
export interface FetchObserver {
  /** @param bytes undefined where nothing tells them */
  readonly started: (name: string, bytes: number | undefined) => void;
  readonly progress: (name: string, bytes: number) => void;
  readonly unpacking: (name: string, done: number, whole: number) => void;
  /** Another try comes after so many seconds. */
  readonly again: (name: string, reason: string, seconds: number) => void;
  /** Files of an archive that were there before with another content, which they keep. */
  readonly kept: (name: string, paths: readonly string[]) => void;
  readonly ended: (name: string, seconds: number) => void;
  readonly failed: (name: string, error: MmxError) => void;
}

export interface FetchOptions {
  readonly folder: string;
  readonly keepArchives: boolean;
  readonly network: Network;
  readonly patience: Patience;
  readonly storage: Storage;
  readonly observer: FetchObserver;
}

/** Files that are not there yet, or not as a whole. @throws MmxError `fetch/record` */
export function filesToFetch(
  download: Download,
  files: readonly PlannedFile[],
  folder: string,
): readonly PlannedFile[] {
  const record = FetchRecord.read(folder, download);
  return files.filter((file) => !isDone(file, record, folder));
}

/**
 * Fetches, verifies and unpacks files one after the other, and writes down each that is done.
 *
 * @returns what is known of each
 * @throws MmxError `fetch/*` or of the storage; an abort passes through. What is done stays done
 */
export async function fetchFiles(
  download: Download,
  files: readonly PlannedFile[],
  options: FetchOptions,
): Promise<readonly FetchedFile[]> {
  const record = FetchRecord.read(options.folder, download);
  const fetched: FetchedFile[] = [];
  for (const file of files) {
    const began = performance.now();
    options.observer.started(file.name, file.bytes);
    try {
      fetched.push(await fetchOne(file, record, options));
    } catch (error) {
      if (error instanceof MmxError) options.observer.failed(file.name, error);
      throw error;
    }
    options.observer.ended(file.name, (performance.now() - began) / 1000);
  }
  return fetched;
}

async function fetchOne(file: PlannedFile, record: FetchRecord, options: FetchOptions): Promise<FetchedFile> {
  const { folder, storage, observer, network } = options;
  const path = join(folder, file.name);
  const whole = await presentFile(file, record, path, options);
  const digest =
    whole ??
    (await transfer(file, path, {
      ...options,
      progress: (bytes) => observer.progress(file.name, bytes),
      again: (reason, seconds) => observer.again(file.name, reason, seconds),
    }));
  const verified = file.md5 !== undefined || file.sha256 !== undefined;
  const entry: FetchedFile = {
    name: file.name,
    ...digest,
    verified,
    from: file.address,
    at: new Date().toISOString(),
    unpacked: null,
  };
  record.set(entry, storage);
  if (file.unpack === undefined) return entry;
  try {
    const { kept, ...unpacked } = await unpack(path, file, folder, {
      storage,
      signal: network.signal,
      progress: (done, all) => observer.unpacking(file.name, done, all),
    });
    if (kept.length > 0) observer.kept(file.name, kept);
    const done = { ...entry, unpacked };
    record.set(done, storage);
    if (!options.keepArchives) await removed(path, storage);
    return done;
  } catch (error) {
    // Nothing but its content says whether such a file is the right one: another may come the next time.
    if (!verified && error instanceof MmxError && error.code === 'fetch/archive')
      await removed(path, storage);
    throw error;
  }
}

/**
 * The digest of a file that is there already: an archive yet to be unpacked, or one that the user has put there.
 *
 * @returns undefined where it must be fetched
 * @throws MmxError `fetch/in-the-way` for another file, which is not overwritten
 */
async function presentFile(
  file: PlannedFile,
  record: FetchRecord,
  path: string,
  { storage, network }: FetchOptions,
): Promise<Digest | undefined> {
  const status = statusAt(path);
  if (status === undefined) return undefined;
  const entry = record.of(file.name);
  if (status.isFile()) {
    const digest = await digestOf(path, storage, network.signal);
    const isKnown = file.md5 !== undefined || file.sha256 !== undefined;
    const isRecorded = entry !== undefined && entry.sha256 === digest.sha256 && isSameFile(file, entry);
    if (isRecorded || (isKnown && whatIsWrong(file, digest) === undefined)) return digest;
  }
  throw new MmxError('fetch/in-the-way', `${path} exists, but it is not the expected file`, {
    hint: 'move it away, and run the same command again',
  });
}

async function digestOf(path: string, storage: Storage, signal: AbortSignal): Promise<Digest> {
  const [md5, sha256] = [createHash('md5'), createHash('sha256')];
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path, { signal }) as AsyncIterable<Buffer>) {
      md5.update(chunk);
      sha256.update(chunk);
      bytes += chunk.length;
    }
  } catch (error) {
    throw signal.aborted ? error : storage.failure(error, path);
  }
  return { bytes, md5: md5.digest('hex'), sha256: sha256.digest('hex') };
}

async function removed(path: string, storage: Storage): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw storage.failure(error, path);
  }
}
