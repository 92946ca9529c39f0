/**
 * The safetensors format, version 0.x (https://huggingface.co/docs/safetensors): eight bytes of little-endian
 * header length, a JSON header naming each tensor's dtype, shape and byte range, then the raw numbers.
 * Only the element types of our artifacts are read and written; everything else about the file is checked
 * strictly, because a tensor file that is silently wrong is a wrong result.
 */
import { MmxError } from '../errors.js';
import { isRecord } from '../json.js';

export type TensorArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** Numbers in row-major order; `data.length` is the product of `shape` (1 for a scalar, shape `[]`). */
export interface SafeTensor {
  readonly shape: readonly number[];
  readonly data: TensorArray;
}

export interface SafetensorsFile {
  readonly tensors: Readonly<Record<string, SafeTensor>>;
  /** The free-form `__metadata__` of the header; empty when absent. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** In the order in which the reference implementation lays out their data. */
const dtypes = ['F64', 'F32', 'I32', 'U8'] as const;

type Dtype = (typeof dtypes)[number];

const elementBytes: Readonly<Record<Dtype, number>> = { F64: 8, F32: 4, I32: 4, U8: 1 };

/** The limit of the reference implementation: a longer header is a damaged file, not a large model. */
const maximumHeaderBytes = 100_000_000;

const metadataKey = '__metadata__';

function fail(message: string): never {
  throw new MmxError('formats/safetensors', message);
}

function dtypeOf(data: TensorArray): Dtype {
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof Float64Array) return 'F64';
  if (data instanceof Int32Array) return 'I32';
  return 'U8';
}

function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/**
 * The file as a list of chunks to be written one after the other; the data chunks are views of the tensors, not
 * copies. The bytes depend only on the content: header keys are sorted, data is ordered by element type
 * (largest first, so that every tensor is aligned) and then by name as in the reference implementation, the header is padded to eight bytes.
 *
 * @throws MmxError `formats/safetensors` when a shape does not match its data or a name is reserved
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, SafeTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const names = Object.keys(tensors).sort();
  const header = new Map<string, unknown>();
  if (Object.keys(metadata).length > 0) {
    const entries = Object.keys(metadata).sort();
    header.set(metadataKey, Object.fromEntries(entries.map((key) => [key, metadata[key]])));
  }
  for (const name of names) {
    const { shape, data } = tensors[name] as SafeTensor;
    if (name === metadataKey)
      fail(`A tensor may not be called "${metadataKey}": the format reserves the name.`);
    if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
      fail(`Tensor "${name}" has the impossible shape [${shape.join(', ')}].`);
    }
    if (elementCount(shape) !== data.length) {
      fail(
        `Tensor "${name}" of shape [${shape.join(', ')}] needs ${elementCount(shape)} numbers but has ${data.length}.`,
      );
    }
    // Reserves the place of the key, so that the header is in the order of the names.
    header.set(name, undefined);
  }

  const chunks: Uint8Array[] = [];
  let offset = 0;
  const rankOf = (name: string) => dtypes.indexOf(dtypeOf((tensors[name] as SafeTensor).data));
  const inDataOrder = [...names].sort((a, b) => rankOf(a) - rankOf(b));
  for (const name of inDataOrder) {
    const { shape, data } = tensors[name] as SafeTensor;
    header.set(name, {
      dtype: dtypeOf(data),
      shape,
      data_offsets: [offset, offset + data.byteLength],
    });
    chunks.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    offset += data.byteLength;
  }

  // Written member by member: an object would put names that look like numbers first.
  const members = [...header].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  const text = new TextEncoder().encode(`{${members.join(',')}}`);
  const padded = Math.ceil(text.byteLength / 8) * 8;
  const head = new Uint8Array(8 + padded).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(padded), true);
  head.set(text, 8);
  return [head, ...chunks];
}

/** As `encodeSafetensors`, in one piece. */
export function writeSafetensors(
  tensors: Readonly<Record<string, SafeTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  return new Uint8Array(Buffer.concat(encodeSafetensors(tensors, metadata)));
}

interface Entry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function parseEntry(name: string, value: unknown, path: string): Entry {
  if (!isRecord(value)) fail(`${path}: the header entry of tensor "${name}" is not an object.`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(elementBytes, dtype)) {
    const known = Object.keys(elementBytes).join(', ');
    fail(`${path}: tensor "${name}" has the element type ${JSON.stringify(dtype)}; readable are ${known}.`);
  }
  if (!Array.isArray(shape) || !shape.every(isSize) || !isSize(elementCount(shape))) {
    fail(`${path}: tensor "${name}" has the impossible shape ${JSON.stringify(shape)}.`);
  }
  const [begin, end] = Array.isArray(offsets) && offsets.length === 2 ? (offsets as unknown[]) : [];
  if (!isSize(begin) || !isSize(end) || begin > end) {
    fail(`${path}: tensor "${name}" has the impossible byte range ${JSON.stringify(offsets)}.`);
  }
  const needed = elementCount(shape) * elementBytes[dtype as Dtype];
  if (end - begin !== needed) {
    fail(
      `${path}: tensor "${name}" (${dtype}, shape [${shape.join(', ')}]) needs ${needed} bytes but its range holds ${end - begin}.`,
    );
  }
  return { name, dtype: dtype as Dtype, shape, begin, end };
}

function parseHeader(
  bytes: Uint8Array,
  path: string,
): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.byteLength < 8)
    fail(`${path} is truncated: ${bytes.byteLength} bytes, the header length alone is 8.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(maximumHeaderBytes)) {
    fail(`${path} is not a safetensors file: it claims a header of ${length} bytes.`);
  }
  const dataStart = 8 + Number(length);
  if (dataStart > bytes.byteLength) {
    fail(`${path} is truncated: its header ends at byte ${dataStart}, the file at byte ${bytes.byteLength}.`);
  }
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, dataStart)));
  } catch {
    fail(`${path} is not a safetensors file: its header is not JSON.`);
  }
  if (!isRecord(header)) fail(`${path} is not a safetensors file: its header is not a JSON object.`);
  return { header, dataStart };
}

function parseMetadata(value: unknown, path: string): Record<string, string> {
  if (value === undefined) return {};
  if (!isRecord(value) || !Object.values(value).every((member) => typeof member === 'string')) {
    fail(`${path}: "${metadataKey}" of the header must map names to strings.`);
  }
  return value as Record<string, string>;
}

/** The byte ranges must tile the data section: no hole, no overlap, nothing after the last one. */
function checkRanges(entries: readonly Entry[], dataBytes: number, path: string): void {
  const sorted = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let expected = 0;
  for (const { name, begin, end } of sorted) {
    if (begin < expected) fail(`${path}: tensor "${name}" overlaps another one at data byte ${begin}.`);
    if (begin > expected)
      fail(`${path}: ${begin - expected} bytes before tensor "${name}" belong to no tensor.`);
    if (end > dataBytes) {
      fail(`${path} is truncated: tensor "${name}" ends at data byte ${end} of ${dataBytes}.`);
    }
    expected = end;
  }
  if (expected !== dataBytes) {
    fail(`${path} has ${dataBytes - expected} bytes after its last tensor that belong to no tensor.`);
  }
}

function viewOf(bytes: Uint8Array, start: number, entry: Entry): TensorArray {
  const byteLength = entry.end - entry.begin;
  let { buffer } = bytes;
  let offset = bytes.byteOffset + start + entry.begin;
  const size = elementBytes[entry.dtype];
  if (offset % size !== 0) {
    buffer = bytes.slice(start + entry.begin, start + entry.end).buffer;
    offset = 0;
  }
  const length = byteLength / size;
  switch (entry.dtype) {
    case 'F64':
      return new Float64Array(buffer, offset, length);
    case 'F32':
      return new Float32Array(buffer, offset, length);
    case 'I32':
      return new Int32Array(buffer, offset, length);
    case 'U8':
      return new Uint8Array(buffer, offset, length);
  }
}

/**
 * Reads a whole file. Tensors are views of `bytes` where their alignment allows it (it always does for files we
 * wrote), copies otherwise. `path` only names the file in errors.
 *
 * @throws MmxError `formats/safetensors`, one sentence naming the file and what is wrong with it
 */
export function readSafetensors(bytes: Uint8Array, path: string): SafetensorsFile {
  const { header, dataStart } = parseHeader(bytes, path);
  const entries = Object.keys(header)
    .filter((name) => name !== metadataKey)
    .sort()
    .map((name) => parseEntry(name, header[name], path));
  checkRanges(entries, bytes.byteLength - dataStart, path);
  const tensors = Object.fromEntries(
    entries.map((entry) => [entry.name, { shape: entry.shape, data: viewOf(bytes, dataStart, entry) }]),
  );
  return { tensors, metadata: parseMetadata(header[metadataKey], path) };
}
