/**
 * Event files as TensorBoard reads them: a sequence of TFRecords, each an `Event` of protocol buffers. Only what scalars
 * need is written.
 */

/** A number under a name, at a step and a time. */
export interface ScalarEvent {
  /** e.g. `rbm left/reconstruction`. */
  readonly tag: string;
  /** A whole number, 0 or more. */
  readonly step: number;
  /** Stored in single precision. */
  readonly value: number;
  /** In seconds since 1970. */
  readonly at: number;
}

/** The record that a file begins with. @param at in seconds since 1970 */
export function fileVersionRecord(at: number): Buffer {
  return tfRecord(Buffer.concat([double(1, at), bytes(3, Buffer.from('brain.Event:2'))]));
}

export function scalarRecord({ tag, step, value, at }: ScalarEvent): Buffer {
  const scalar = Buffer.concat([bytes(1, Buffer.from(tag)), float(2, value)]);
  const summary = bytes(1, scalar);
  return tfRecord(Buffer.concat([double(1, at), key(2, 0), varint(step), bytes(5, summary)]));
}

/** Length and data, each followed by its masked CRC-32C. */
export function tfRecord(data: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return Buffer.concat([length, maskedCrc(length), data, maskedCrc(data)]);
}

/** Rotated and shifted: a CRC of data that holds its own CRC says little. */
function maskedCrc(data: Buffer): Buffer {
  const crc = crc32c(data);
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  const written = Buffer.alloc(4);
  written.writeUInt32LE(masked);
  return written;
}

/** Of the Castagnoli polynomial, bits reversed. */
const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = (table[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}

// Fields of protocol buffers: a key of number and wire type, then the value.

const key = (field: number, wireType: number): Buffer => varint(field * 8 + wireType);

/** Of a whole number up to 2⁵³. */
function varint(value: number): Buffer {
  const written: number[] = [];
  let rest = value;
  while (rest >= 128) {
    written.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...written, rest]);
}

function double(field: number, value: number): Buffer {
  const written = Buffer.alloc(8);
  written.writeDoubleLE(value);
  return Buffer.concat([key(field, 1), written]);
}

function float(field: number, value: number): Buffer {
  const written = Buffer.alloc(4);
  written.writeFloatLE(value);
  return Buffer.concat([key(field, 5), written]);
}

const bytes = (field: number, content: Buffer): Buffer =>
  Buffer.concat([key(field, 2), varint(content.length), content]);
