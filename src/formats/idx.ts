import { MmxError } from '../errors.js';
import { readFileBytes } from './bytes.js';

/** An array of unsigned bytes as stored in an IDX file, row-major. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;
const MAXIMUM_RANK = 8;

/**
 * Reads an IDX file of unsigned bytes (the format of the original MNIST files: two zero bytes, element type,
 * rank, big-endian int32 sizes, data).
 *
 * @throws MmxError `formats/idx` naming the file and what is wrong with it
 */
export function readIdx(file: string): IdxArray {
  return parseIdx(readFileBytes(file, 'formats/idx', 'IDX file'), file);
}

/** Parses the bytes of an IDX file; `name` is used in error messages. Throws as {@link readIdx} does. */
export function parseIdx(bytes: Uint8Array, name: string): IdxArray {
  const fail = (problem: string, hint?: string): never => {
    throw new MmxError('formats/idx', `${name} is not a usable IDX file: ${problem}`, hint ? { hint } : {});
  };
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    fail('it is compressed with gzip', `run: gunzip ${name}`);
  }
  if (bytes.length < 4) fail(`it has ${bytes.length} bytes, too few for a header`);
  if (bytes[0] !== 0 || bytes[1] !== 0) {
    fail(`it begins with bytes ${bytes[0]}, ${bytes[1]} where 0, 0 belong`);
  }
  if (bytes[2] !== UNSIGNED_BYTE) {
    fail(`its elements have type 0x${(bytes[2] ?? 0).toString(16)}; only unsigned bytes (0x8) are read`);
  }
  const rank = bytes[3] ?? 0;
  if (rank < 1 || rank > MAXIMUM_RANK) fail(`its rank is ${rank}; 1 to ${MAXIMUM_RANK} are read`);
  const header = 4 + 4 * rank;
  if (bytes.length < header) fail(`it ends inside its header, after ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getInt32(4 + 4 * axis));
  if (shape.some((size) => size < 0)) fail(`its header gives the impossible shape ${shape.join(' x ')}`);
  const expected = shape.reduce((product, size) => product * size, 1);
  const found = bytes.length - header;
  if (expected !== found) {
    fail(`its header promises ${shape.join(' x ')} = ${expected} bytes of data, but ${found} follow`);
  }
  return { shape, data: bytes.subarray(header) };
}

/** The bytes of an IDX file holding `array`. */
export function encodeIdx(array: IdxArray): Uint8Array {
  const header = 4 + 4 * array.shape.length;
  const bytes = new Uint8Array(header + array.data.length);
  bytes[2] = UNSIGNED_BYTE;
  bytes[3] = array.shape.length;
  const view = new DataView(bytes.buffer);
  array.shape.forEach((size, axis) => {
    view.setInt32(4 + 4 * axis, size);
  });
  bytes.set(array.data, header);
  return bytes;
}
