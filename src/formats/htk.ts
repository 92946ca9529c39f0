/**
 * HTK parameter files (The HTK Book 3.4, section 5.10.1): big-endian int32 nSamples, int32 sampPeriod in 100 ns,
 * int16 sampSize in bytes, int16 parmKind, then one vector a frame. Files written with _C hold int16 x′ and, before
 * them, the float vectors A and B of x = (x′ + B) / A, counted as four more frames; those with _K end in a checksum.
 */
import { type Matrix, matrix } from '../matrix.js';
import { decodeNumbers, encodeNumbers, type Fail, failing, readFileBytes } from './bytes.js';

/** Features over time. */
export interface HtkParameters {
  /** Seconds from one frame to the next. */
  readonly samplePeriodSeconds: number;
  /** Base kind and qualifiers as HTK prints them, e.g. `MFCC_E_D`, without those of storage (_C, _K). */
  readonly kind: string;
  /** A row a frame. */
  readonly values: Matrix;
}

const errorCode = 'formats/htk';

/** By the lowest six bits of parmKind. */
const baseKinds = [
  'WAVEFORM',
  'LPC',
  'LPREFC',
  'LPCEPSTRA',
  'LPDELCEP',
  'IREFC',
  'MFCC',
  'FBANK',
  'MELSPEC',
  'USER',
  'DISCRETE',
  'PLP',
] as const;
/** Their numbers are int16: sound, integer reflection coefficients, codebook indices. */
const integerKinds: readonly string[] = ['WAVEFORM', 'IREFC', 'DISCRETE'];

const baseMask = 0o77;
const compressedBit = 0o2000;
const checksumBit = 0o10000;
/** In the order in which HTK prints them. */
const qualifiers = [
  ['_E', 0o100],
  ['_D', 0o400],
  ['_N', 0o200],
  ['_A', 0o1000],
  ['_T', 0o100000],
  ['_Z', 0o4000],
  ['_0', 0o20000],
] as const;
const vectorQuantisedBit = 0o40000;

const headerBytes = 12;
/** 100 ns. */
const periodUnit = 1e-7;
/** In 100 ns: 0.1 ms and 1 s. Beyond, a few numbers would stand for hours, or hours for nothing. */
const shortestPeriod = 1000;
const longestPeriod = 10_000_000;
/** No feature is larger. A float read with its bytes in the wrong order is mostly above this or below its inverse. */
const largestPlausible = 1e20;
const compressedRange = 32767;

/**
 * Reads an HTK parameter file of real-valued features.
 *
 * @throws MmxError `formats/htk` naming the file and what is wrong with it
 */
export function readHtk(file: string): HtkParameters {
  return parseHtk(readFileBytes(file, errorCode, 'HTK parameter file'), file);
}

/** Parses the bytes of an HTK parameter file; `name` is used in error messages. Throws as {@link readHtk} does. */
export function parseHtk(bytes: Uint8Array, name: string): HtkParameters {
  const fail: Fail = failing(errorCode, name, 'HTK parameter file');
  if (bytes.length < headerBytes) fail(`it has ${bytes.length} bytes, too few for a header`);
  const header = readHeader(bytes, false);
  if (header.expectedBytes !== bytes.length) {
    if (readHeader(bytes, true).expectedBytes === bytes.length) {
      fail(
        'its byte order is little-endian; HTK files are big-endian',
        "write it with HTK's BYTEORDER unset",
      );
    }
    const { frames, frameBytes, expectedBytes } = header;
    fail(
      `its header promises ${frames} frames of ${frameBytes} bytes, ${expectedBytes} bytes in all, but it has ${bytes.length}`,
    );
  }
  const { period, frameBytes, parameterKind } = header;
  const base = baseKinds[parameterKind & baseMask];
  if (base === undefined) fail(`its parameter kind ${parameterKind & baseMask} is unknown`);
  if (integerKinds.includes(base)) {
    fail(
      `it holds ${base} samples, not features`,
      `turn it into features first: HCopy -C config ${name} out.mfcc`,
    );
  }
  if (parameterKind & vectorQuantisedBit) fail('it holds codebook indices (_V) beside its features');
  if (!(period >= shortestPeriod && period <= longestPeriod)) {
    fail(`its frame period is ${period} x 100 ns; ${shortestPeriod} to ${longestPeriod} are read`);
  }
  const compressed = (parameterKind & compressedBit) !== 0;
  const elementBytes = compressed ? 2 : 4;
  if (frameBytes === 0 || frameBytes % elementBytes !== 0) {
    fail(`its frames of ${frameBytes} bytes do not hold whole numbers of ${elementBytes} bytes`);
  }
  const columns = frameBytes / elementBytes;
  const rows = header.frames - (compressed ? 4 : 0);
  if (rows <= 0) fail('it holds no frames');
  const dataEnd = bytes.length - (parameterKind & checksumBit ? 2 : 0);
  const data = bytes.subarray(headerBytes, dataEnd);
  if (parameterKind & checksumBit) {
    const stored = ((bytes[dataEnd] ?? 0) << 8) | (bytes[dataEnd + 1] ?? 0);
    const computed = checksum(data);
    if (stored !== computed) fail(`its data have the checksum ${computed}, its last two bytes say ${stored}`);
  }
  const values = matrix(rows, columns, compressed ? decompress(data, columns) : floats(data));
  checkPlausible(values, compressed ? null : data, fail);
  const kind = base + qualifiers.map(([text, bit]) => (parameterKind & bit ? text : '')).join('');
  return { samplePeriodSeconds: period * periodUnit, kind, values };
}

interface Header {
  readonly frames: number;
  readonly period: number;
  readonly frameBytes: number;
  readonly parameterKind: number;
  /** What the length of the file should be. */
  readonly expectedBytes: number;
}

function readHeader(bytes: Uint8Array, littleEndian: boolean): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  const frames = view.getInt32(0, littleEndian);
  const frameBytes = view.getUint16(8, littleEndian);
  const parameterKind = view.getUint16(10, littleEndian);
  const expectedBytes = headerBytes + frames * frameBytes + (parameterKind & checksumBit ? 2 : 0);
  return { frames, period: view.getInt32(4, littleEndian), frameBytes, parameterKind, expectedBytes };
}

function floats(data: Uint8Array, littleEndian = false): Float32Array {
  return decodeNumbers(data, Float32Array, littleEndian);
}

function decompress(data: Uint8Array, columns: number): Float32Array {
  const scale = floats(data.subarray(0, 4 * columns));
  const offset = floats(data.subarray(4 * columns, 8 * columns));
  const stored = decodeNumbers(data.subarray(8 * columns), Int16Array, false);
  return Float32Array.from(
    stored,
    (value, i) => (value + (offset[i % columns] ?? 0)) / (scale[i % columns] ?? 0),
  );
}

/** HTK's checksum: the big-endian 16-bit words, A and B included, as one number modulo 36897. */
function checksum(data: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i + 1 < data.length; i += 2) {
    sum = (sum * 65536 + (data[i] ?? 0) * 256 + (data[i + 1] ?? 0)) % 36897;
  }
  return sum;
}

const plausible = (value: number): boolean => Math.abs(value) < largestPlausible;
const ordinary = (value: number): boolean =>
  value === 0 || (plausible(value) && Math.abs(value) * largestPlausible > 1);

function checkPlausible(values: Matrix, data: Uint8Array | null, fail: Fail): void {
  const index = values.data.findIndex((value) => !plausible(value));
  if (index < 0) return;
  const swapped = data !== null && floats(data, true).every(ordinary);
  const place = `component ${index % values.columns} of frame ${Math.floor(index / values.columns)}`;
  fail(
    swapped
      ? 'its header is big-endian but its numbers are little-endian'
      : `${place} (both counted from 0) is ${values.data[index]}`,
  );
}

/**
 * The bytes of an HTK parameter file.
 *
 * @throws MmxError `formats/htk` when the kind is unknown or the values do not fit the format
 */
export function encodeHtk(
  { samplePeriodSeconds, kind, values }: HtkParameters,
  {
    compressed = false,
    withChecksum = false,
  }: { readonly compressed?: boolean; readonly withChecksum?: boolean } = {},
): Uint8Array {
  const fail: Fail = failing(errorCode, `"${kind}"`, 'set of HTK parameters');
  const [baseName = '', ...marks] = kind.split('_');
  const base = (baseKinds as readonly string[]).indexOf(baseName);
  const bits = marks.map((mark) => qualifiers.find(([text]) => text === `_${mark}`)?.[1]);
  if (base < 0 || integerKinds.includes(baseName) || bits.includes(undefined)) fail('its kind is unknown');
  const period = Math.round(samplePeriodSeconds / periodUnit);
  if (!(period > 0 && period < 2 ** 31)) fail(`its period of ${samplePeriodSeconds} s cannot be written`);
  const frameBytes = values.columns * (compressed ? 2 : 4);
  if (values.rows === 0 || frameBytes === 0 || frameBytes > 65535) {
    fail(`${values.rows} frames of ${values.columns} numbers cannot be written`);
  }
  if (!values.data.every(plausible)) fail('its values are not finite');
  const storage = (compressed ? compressedBit : 0) | (withChecksum ? checksumBit : 0);
  const header = new DataView(new ArrayBuffer(headerBytes));
  header.setInt32(0, values.rows + (compressed ? 4 : 0));
  header.setInt32(4, period);
  header.setUint16(8, frameBytes);
  header.setUint16(
    10,
    bits.reduce<number>((sum, bit) => sum | (bit ?? 0), base | storage),
  );
  const data = compressed ? compress(values) : encodeNumbers(values.data, false);
  const sum = withChecksum ? checksum(data) : 0;
  const tail = withChecksum ? Uint8Array.of(sum >> 8, sum & 0xff) : new Uint8Array(0);
  return new Uint8Array(Buffer.concat([new Uint8Array(header.buffer), data, tail]));
}

/** A = 2·32767 / (max − min) and B = (max + min)·32767 / (max − min) a component, as in the HTK Book. */
function compress({ rows, columns, data }: Matrix): Uint8Array {
  const scale = new Float32Array(columns);
  const offset = new Float32Array(columns);
  const stored = new Int16Array(rows * columns);
  for (let column = 0; column < columns; column++) {
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = column; i < data.length; i += columns) {
      least = Math.min(least, data[i] ?? 0);
      most = Math.max(most, data[i] ?? 0);
    }
    // A component that is constant, or too nearly so for a float scale, is all offset: x = B / A with A = 1.
    const range = most - least;
    const varies = Math.fround((2 * compressedRange) / range) < largestPlausible;
    scale[column] = varies ? (2 * compressedRange) / range : 1;
    offset[column] = varies ? ((most + least) * compressedRange) / range : most;
    for (let i = column; i < data.length; i += columns) {
      const value = Math.round((data[i] ?? 0) * (scale[column] ?? 0) - (offset[column] ?? 0));
      stored[i] = Math.max(-compressedRange, Math.min(compressedRange, value));
    }
  }
  return Buffer.concat([scale, offset, stored].map((numbers) => encodeNumbers(numbers, false)));
}
