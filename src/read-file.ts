import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { reachedLimit } from './process-limits.js';

/** Why a file was not read. */
export type UnreadReason =
  | 'missing'
  | 'directory'
  | 'not-plain'
  | 'denied'
  | 'too-large'
  | 'limit'
  | 'name'
  | 'io';

/**
 * A file that cannot be read. `message` ends a sentence that begins with the file: `it does not exist`. Whoever asked
 * for the file makes the `MmxError`, which says what the file should have been.
 */
export class UnreadFile extends Error {
  readonly reason: UnreadReason;

  constructor(reason: UnreadReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'UnreadFile';
    this.reason = reason;
  }
}

/** Bytes asked of the system at once. */
const portionBytes = 1 << 26;

/**
 * The whole content of a plain file. Anything else (a folder, a pipe, a device) is refused without waiting for it, and
 * no more than `limit` bytes are ever held, whatever the size that the file states.
 *
 * @param limit bytes the file may have
 * @throws UnreadFile
 */
export function readPlainFile(path: string, limit: number): Buffer {
  return withPlainFile(path, limit, (handle, size) => readAll(handle, size, limit));
}

/**
 * The first bytes of a plain file of any size: all of them where it is shorter.
 *
 * @throws UnreadFile
 */
export function readPlainHead(path: string, bytes: number): Buffer {
  return withPlainFile(path, Number.POSITIVE_INFINITY, (handle) => {
    const head = Buffer.alloc(bytes);
    return head.subarray(0, readSync(handle, head, 0, bytes, 0));
  });
}

/**
 * SHA-256 of the content of a plain file of any size, in hexadecimal; a portion of it is held at a time.
 *
 * @throws UnreadFile
 */
export function hashPlainFile(path: string): string {
  return withPlainFile(path, Number.POSITIVE_INFINITY, (handle, size) => {
    const hash = createHash('sha256');
    const portion = Buffer.allocUnsafe(Math.max(1, Math.min(size, 1 << 20)));
    for (;;) {
      const read = readSync(handle, portion, 0, portion.length, null);
      if (read === 0) return hash.digest('hex');
      hash.update(portion.subarray(0, read));
    }
  });
}

/** @param limit bytes the file may have */
function withPlainFile<T>(path: string, limit: number, use: (handle: number, size: number) => T): T {
  let handle: number | undefined;
  try {
    // Before it is opened: opening alone can already move a tape or wake a device.
    checkPlain(statSync(path), limit);
    handle = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const status = fstatSync(handle);
    checkPlain(status, limit);
    return use(handle, status.size);
  } catch (error) {
    throw error instanceof UnreadFile ? error : unread(error);
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/**
 * A part of a plain file that others are writing.
 *
 * @param from where it begins; nothing is read where the file has no more bytes than that
 * @param most bytes read
 * @returns the part, and the bytes that the file has now
 * @throws UnreadFile
 */
export function readPlainPart(path: string, from: number, most: number): { bytes: Buffer; size: number } {
  let handle: number | undefined;
  try {
    checkPlain(statSync(path), Number.POSITIVE_INFINITY);
    handle = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const status = fstatSync(handle);
    checkPlain(status, Number.POSITIVE_INFINITY);
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(most, status.size - from)));
    const read = readSync(handle, bytes, 0, bytes.length, from);
    return { bytes: bytes.subarray(0, read), size: status.size };
  } catch (error) {
    throw error instanceof UnreadFile ? error : unread(error);
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** As {@link readPlainFile}, decoded as UTF-8; what is no UTF-8 becomes U+FFFD. */
export function readPlainText(path: string, limit: number): string {
  return readPlainFile(path, limit).toString('utf8');
}

/**
 * What is known of the place that a path names. Undefined where nothing is, where nothing can be (too long a name, links
 * that go round in a circle) and where this user may not look.
 */
export function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** @throws UnreadFile */
function checkPlain(status: Stats, limit: number): void {
  if (status.isDirectory()) throw new UnreadFile('directory', 'it is a directory');
  if (!status.isFile()) throw new UnreadFile('not-plain', 'it is not a plain file');
  if (status.size > limit) throw tooLarge(limit);
}

const tooLarge = (limit: number): UnreadFile =>
  new UnreadFile('too-large', `it is larger than the limit of ${limit} bytes`);

/** A file can be longer than it states: those of /proc state 0, and others grow while they are read. */
function readAll(handle: number, expected: number, limit: number): Buffer {
  let buffer = Buffer.allocUnsafe(expected + 1);
  let filled = 0;
  for (;;) {
    if (filled > limit) throw tooLarge(limit);
    if (filled === buffer.length) {
      const larger = Buffer.allocUnsafe(Math.min(2 * buffer.length + 4096, limit + 1));
      buffer.copy(larger);
      buffer = larger;
    }
    const read = readSync(handle, buffer, filled, Math.min(buffer.length - filled, portionBytes), null);
    if (read === 0) return buffer.subarray(0, filled);
    filled += read;
  }
}

function unread(error: unknown): UnreadFile {
  const limit = reachedLimit(error);
  if (limit !== undefined) return new UnreadFile('limit', limit.reason, error);
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UnreadFile('missing', 'it does not exist', error);
    case 'EACCES':
    case 'EPERM':
      return new UnreadFile('denied', 'permission is denied', error);
    case 'ERR_INVALID_ARG_VALUE':
      return new UnreadFile('name', 'its name holds a NUL character', error);
    case 'ENAMETOOLONG':
      return new UnreadFile('name', 'its name is too long', error);
    case 'ELOOP':
      return new UnreadFile('io', 'its symbolic links form a cycle', error);
    default:
      return new UnreadFile('io', message.replace(/\s+/g, ' '), error);
  }
}
