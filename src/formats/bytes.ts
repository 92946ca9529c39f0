import { endianness } from 'node:os';
import { MmxError } from '../errors.js';
import { readPlainFile } from '../read-file.js';

/** Ends a parse with one sentence; `hint` says what to do about it. */
export type Fail = (problem: string, hint?: string) => never;

/** What our readers call a file that is much too large to be what its name says: 1 GiB. */
const maximumFileBytes = 2 ** 30;

/** A {@link Fail} whose errors read "`name` is not a usable `what`: problem". */
export function failing(code: string, name: string, what: string): Fail {
  return (problem, hint) => {
    throw new MmxError(code, `${name} is not a usable ${what}: ${problem}`, hint ? { hint } : {});
  };
}

/**
 * The whole content of `file`.
 *
 * @param what what the file should be, for the message, e.g. `HTK parameter file`
 * @throws MmxError `code` when it cannot be read, or is larger than 1 GiB
 */
export function readFileBytes(file: string, code: string, what: string): Uint8Array {
  try {
    return readPlainFile(file, maximumFileBytes);
  } catch (cause) {
    throw new MmxError(code, `cannot read the ${what} ${file}: ${whyUnread(cause)}`, { cause });
  }
}

/** Why a file could not be read, to end a sentence with: `it does not exist`, or the system's own words. */
export function whyUnread(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'it does not exist' : message;
}

/** The bytes as characters of one byte each, for magic words and printed headers. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

export type NumberArray = Float64Array | Float32Array | Int32Array | Int16Array | Uint16Array | Uint8Array;

interface NumberArrayConstructor<T extends NumberArray> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): T;
}

/** Numbers of one type copied from file bytes; `bytes.length` must be a multiple of the element's size. */
export function decodeNumbers<T extends NumberArray>(
  bytes: Uint8Array,
  type: NumberArrayConstructor<T>,
  littleEndian: boolean,
): T {
  const copy = new Uint8Array(bytes);
  swapUnlessNative(copy, type.BYTES_PER_ELEMENT, littleEndian);
  return new type(copy.buffer);
}

/** The file bytes of `numbers`, in a copy. */
export function encodeNumbers(numbers: NumberArray, littleEndian: boolean): Uint8Array {
  const copy = new Uint8Array(numbers.byteLength);
  copy.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
  swapUnlessNative(copy, numbers.BYTES_PER_ELEMENT, littleEndian);
  return copy;
}

function swapUnlessNative(bytes: Uint8Array, size: number, littleEndian: boolean): void {
  if ((endianness() === 'LE') === littleEndian) return;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (size === 2) buffer.swap16();
  else if (size === 4) buffer.swap32();
  else if (size === 8) buffer.swap64();
}
