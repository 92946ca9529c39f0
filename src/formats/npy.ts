import { MmxError } from '../errors.js';
import { readPlainPart, statusOf } from '../read-file.js';
import {
  decodeNumbers,
  encodeNumbers,
  type Fail,
  failing,
  latin1,
  type NumberArray,
  readFileBytes,
  whyUnread,
} from './bytes.js';

/** An array as numpy stores it, row-major. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: NumberArray;
}

const errorCode = 'formats/npy';
const MAXIMUM_RANK = 8;
/** As numpy writes them, headers have some hundred bytes. */
const HEAD_BYTES = 2 ** 16;
const MAXIMUM_ROW_BYTES = 2 ** 28;
/** By numpy's letter and bytes an element; booleans are read as 0 and 1. */
const types = {
  f8: Float64Array,
  f4: Float32Array,
  i4: Int32Array,
  i2: Int16Array,
  u2: Uint16Array,
  u1: Uint8Array,
  b1: Uint8Array,
} as const;

/**
 * Reads a `.npy` file (NumPy Enhancement Proposal 1: magic, version, header length, header as a Python dictionary,
 * data) of numbers of either byte order, in C order.
 *
 * @throws MmxError `formats/npy` naming the file and what is wrong with it
 */
export function readNpy(file: string): NpyArray {
  return parseNpy(readFileBytes(file, errorCode, 'numpy file'), file);
}

/** Parses the bytes of a `.npy` file; `name` is used in error messages. Throws as {@link readNpy} does. */
export function parseNpy(bytes: Uint8Array, name: string): NpyArray {
  const { shape, type, begin, littleEndian } = parseHead(bytes, name);
  const expected = bytesOf(shape, type);
  const data = bytes.subarray(begin);
  if (expected !== data.length) {
    failing(
      errorCode,
      name,
      'numpy file',
    )(`its header promises ${shape.join(' x ')} of ${type}, ${expected} bytes, but ${data.length} follow`);
  }
  return { shape, data: decodeNumbers<NumberArray>(data, types[type], littleEndian) };
}

/**
 * One of the examples of a `.npy` file, whose first axis counts them. Of a file that is larger than memory no more is read.
 *
 * @param index from 0
 * @throws MmxError `formats/npy` as {@link readNpy} does, and where there is no such example
 */
export function readNpyRow(file: string, index: number): NpyArray {
  const { shape, type, begin, littleEndian } = headOf(file);
  const fail: Fail = failing(errorCode, file, 'numpy file');
  const [count = 0, ...rest] = shape;
  if (shape.length === 0 || index >= count)
    fail(`it has no row ${index}: its shape is [${shape.join(', ')}]`);
  const bytes = bytesOf(rest, type);
  if (bytes > MAXIMUM_ROW_BYTES) fail(`a row of it takes ${bytes} bytes`);
  const data = plainPart(file, begin + index * bytes, bytes);
  if (data.length < bytes) fail(`it ends inside its row ${index}`);
  return { shape: rest, data: decodeNumbers<NumberArray>(data, types[type], littleEndian) };
}

/** The shape of the array in a file, of which nothing else is read. Throws as {@link readNpy} does. */
export const npyShape = (file: string): readonly number[] => headOf(file).shape;

interface Head {
  readonly shape: readonly number[];
  readonly type: keyof typeof types;
  /** Where the data begin. */
  readonly begin: number;
  readonly littleEndian: boolean;
}

/** Files that were looked at last: the rows of one are read one by one. */
const heads = new Map<string, Head>();

function headOf(file: string): Head {
  const { size, mtimeMs } = statusOf(file) ?? { size: 0, mtimeMs: 0 };
  const key = `${file} ${size} ${mtimeMs}`;
  const known = heads.get(key);
  if (known) return known;
  const head = parseHead(plainPart(file, 0, HEAD_BYTES), file);
  if (heads.size > 10) heads.clear();
  heads.set(key, head);
  return head;
}

function plainPart(file: string, from: number, bytes: number): Uint8Array {
  try {
    return readPlainPart(file, from, bytes).bytes;
  } catch (cause) {
    throw new MmxError(errorCode, `cannot read the numpy file ${file}: ${whyUnread(cause)}`, { cause });
  }
}

const bytesOf = (shape: readonly number[], type: keyof typeof types): number =>
  shape.reduce((product, size) => product * size, 1) * types[type].BYTES_PER_ELEMENT;

/** @param bytes of the file, its header at least */
function parseHead(bytes: Uint8Array, name: string): Head {
  const fail: Fail = failing(errorCode, name, 'numpy file');
  if (latin1(bytes.subarray(0, 6)) !== '\x93NUMPY') fail('it does not begin like a numpy file');
  const version = bytes[6] ?? 0;
  const lengthBytes = version === 1 ? 2 : 4;
  const begin = 8 + lengthBytes;
  if (version < 1 || version > 3) fail(`its version is ${version}; 1 to 3 are read`);
  if (bytes.length < begin) fail('it ends inside its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = lengthBytes === 2 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (begin + length > bytes.length) fail('it ends inside its header');
  const header = latin1(bytes.subarray(begin, begin + length));
  const [, order = '', type = ''] = /'descr':\s*'([<>|=])([a-z]\d+)'/.exec(header) ?? [];
  const dimensions = /'shape':\s*\(([\d,\sL]*)\)/.exec(header)?.[1];
  if (type === '' || dimensions === undefined)
    fail(
      `its header cannot be understood: ${header
        .replace(/[^\x20-\x7e]+/g, ' ')
        .trim()
        .slice(0, 80)}`,
    );
  if (!Object.hasOwn(types, type))
    fail(`its elements are of type ${type}; ${Object.keys(types).join(', ')} are read`);
  if (/'fortran_order':\s*True/.test(header))
    fail('it is in Fortran order', 'save it again: np.save(f, np.ascontiguousarray(a))');
  const shape = [...dimensions.matchAll(/\d+/g)].map((match) => Number(match[0]));
  if (shape.length > MAXIMUM_RANK) fail(`its rank is ${shape.length}; up to ${MAXIMUM_RANK} are read`);
  return { shape, type: type as keyof typeof types, begin: begin + length, littleEndian: order !== '>' };
}

/** The bytes of a little-endian `.npy` file. */
export function encodeNpy({ shape, data }: NpyArray): Uint8Array {
  const entry = Object.entries(types).find(([, Type]) => data instanceof Type);
  const type = `${entry?.[0] === 'u1' || entry?.[0] === 'b1' ? '|u1' : `<${entry?.[0]}`}`;
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // The data begin at a multiple of 64 bytes.
  const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const head = Buffer.alloc(10);
  head.write('\x93NUMPY', 'latin1');
  head[6] = 1;
  head.writeUInt16LE(padded.length, 8);
  return new Uint8Array(Buffer.concat([head, Buffer.from(padded, 'latin1'), encodeNumbers(data, true)]));
}
