import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { MmxError } from '../../errors.js';
import { crc32 } from './crc32.js';
import { collision, isFolder, isLitter, missingContent, objectionTo, placed } from './zip-names.js';

/** What an archive may amount to. Anybody may have made it, so all is counted before anything is written. */
export interface ZipLimits {
  readonly entries: number;
  /** Bytes that all files together may unpack to. */
  readonly unpackedBytes: number;
}

/** Entries of an archive: GRID's have about a thousand. */
const mostEntries = 100_000;

/** Sound and movies are hardly compressed, and labels are small. */
export const zipLimits = (archiveBytes: number): ZipLimits => ({
  entries: mostEntries,
  unpackedBytes: 4 * archiveBytes + 2 ** 28,
});

/** A file of an archive. */
export interface ZipMember {
  /** Below the folder of the corpus, with `/`. */
  readonly path: string;
  readonly entry: Entry;
}

/** An archive whose directory has been read and found harmless. */
export interface ZipArchive {
  readonly members: readonly ZipMember[];
  readonly unpackedBytes: number;
  /** The bytes of a member, in pieces. @throws MmxError `fetch/archive` where they are damaged */
  readonly read: (member: ZipMember) => AsyncGenerator<Buffer>;
  readonly close: () => void;
}

/** What an archive holds by its description. */
export interface Expected {
  /** As in {@link placed}. */
  readonly into: string;
  readonly contains: { readonly ending: string; readonly count: number } | undefined;
}

/**
 * Opens a ZIP archive. Its whole directory is checked first, so that nothing of an archive is written in which one entry
 * is not as it should be.
 *
 * @param source its path, or its bytes
 * @param name named in errors
 * @throws MmxError `fetch/archive`; errors of the system when the file cannot be read
 */
export async function openZip(
  source: string | Buffer,
  name: string,
  expected: Expected,
  limits: ZipLimits,
): Promise<ZipArchive> {
  const refuse = (why: string, cause?: unknown): MmxError => archiveError(name, why, cause);
  const options = { autoClose: false, lazyEntries: true, strictFileNames: true } as const;
  let zip: ZipFile;
  try {
    zip = await (typeof source === 'string'
      ? yauzl.openPromise(source, options)
      : yauzl.fromBufferPromise(source, options));
  } catch (error) {
    throw asArchiveError(name, error);
  }
  // Closing may fail when nobody waits for it any more.
  zip.on('error', () => {});
  try {
    if (zip.entryCount > limits.entries) {
      throw refuse(`it has ${zip.entryCount} entries; mmx unpacks at most ${limits.entries}`);
    }
    const { entries, unpackedBytes } = await readDirectory(zip, name, limits);
    const paths = placed(
      entries.map(({ fileName }) => fileName),
      expected.into,
    );
    const twice = collision(paths);
    if (twice !== undefined) throw refuse(`${twice[0]} and ${twice[1]} would become one file`);
    const missing = missingContent(paths, expected.contains);
    if (missing !== undefined) throw refuse(missing);
    const members = entries.map((entry, index) => ({ entry, path: paths[index] ?? entry.fileName }));
    return {
      members,
      unpackedBytes,
      read: ({ entry }) => bytesOf(zip, entry, name),
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw asArchiveError(name, error);
  }
}

/** @throws MmxError `fetch/archive` */
async function readDirectory(
  zip: ZipFile,
  name: string,
  limits: ZipLimits,
): Promise<{ readonly entries: readonly Entry[]; readonly unpackedBytes: number }> {
  const refuse = (why: string): MmxError => archiveError(name, why);
  const entries: Entry[] = [];
  let unpackedBytes = 0;
  let compressedBytes = 0;
  for await (const entry of zip.eachEntry()) {
    const objection = objectionTo(entry);
    if (objection !== undefined) throw refuse(`its entry ${entry.fileName} ${objection}`);
    if (isFolder(entry) || isLitter(entry.fileName)) continue;
    if (!entry.canDecodeFileData()) {
      throw refuse(
        `its entry ${entry.fileName} is encrypted or compressed in a way that mmx does not support`,
      );
    }
    unpackedBytes += entry.uncompressedSize;
    compressedBytes += entry.compressedSize;
    if (unpackedBytes > limits.unpackedBytes) {
      throw refuse(`it unpacks to more than ${limits.unpackedBytes} bytes, as harmful archives do`);
    }
    if (compressedBytes > zip.fileSize)
      throw refuse('its entries overlap, which happens in harmful archives only');
    entries.push(entry);
  }
  return { entries, unpackedBytes };
}

async function* bytesOf(zip: ZipFile, entry: Entry, name: string): AsyncGenerator<Buffer> {
  let sum = 0;
  let bytes = 0;
  try {
    const stream = await zip.openReadStreamPromise(entry);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      sum = crc32(chunk, sum);
      bytes += chunk.length;
      if (bytes > entry.uncompressedSize) break;
      yield chunk;
    }
  } catch (error) {
    throw asArchiveError(name, error, `its entry ${entry.fileName} is damaged`);
  }
  if (bytes !== entry.uncompressedSize)
    throw archiveError(name, `its entry ${entry.fileName} does not have the size that the archive gives`);
  if (sum !== entry.crc32)
    throw archiveError(name, `its entry ${entry.fileName} is damaged: its CRC-32 is wrong`);
}

function archiveError(name: string, why: string, cause?: unknown): MmxError {
  return new MmxError('fetch/archive', `${name} cannot be unpacked: ${why}`, {
    hint: 'nothing was unpacked; remove the archive, if it exists, to fetch it again',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Errors of the system pass through: they are not the archive's. */
function asArchiveError(name: string, error: unknown, what = 'its directory is damaged'): unknown {
  if (error instanceof MmxError || !(error instanceof Error)) return error;
  if ('syscall' in error) return error;
  return archiveError(name, `${what}: ${error.message}`, error);
}
