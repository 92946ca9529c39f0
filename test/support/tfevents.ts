/**
 * Reads event files of TensorBoard, written from the descriptions of TFRecord and of protocol buffers alone: it shares
 * nothing with the writer.
 */

export interface ReadScalar {
  readonly tag: string;
  readonly step: number;
  readonly value: number;
  readonly at: number;
}

/** Bit by bit, from the polynomial 0x1EDC6F41 with its bits reversed. */
function maskedCrc(data: Uint8Array): bigint {
  let crc = 0xffff_ffffn;
  for (const byte of data) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1n) === 1n ? (crc >> 1n) ^ 0x82f6_3b78n : crc >> 1n;
  }
  crc ^= 0xffff_ffffn;
  return (((crc >> 15n) | (crc << 17n)) + 0xa282_ead8n) & 0xffff_ffffn;
}

/** @throws Error at a CRC that is wrong, or a file that ends within a record */
export function readTfRecords(file: Buffer): readonly Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    const data = file.subarray(at + 12, at + 12 + length);
    const crcs = [file.readUInt32LE(at + 8), file.readUInt32LE(at + 12 + length)].map(BigInt);
    if (crcs[0] !== maskedCrc(file.subarray(at, at + 8)) || crcs[1] !== maskedCrc(data)) {
      throw new Error(`wrong CRC in the record at ${at}`);
    }
    records.push(data);
    at += 16 + length;
  }
  return records;
}

type Field = number | Buffer;

/** Fields of a message by number; of numbers of 32 and 64 bits, their bytes. */
function fieldsOf(message: Buffer): ReadonlyMap<number, Field> {
  const fields = new Map<number, Field>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message.readUInt8(at++);
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const length = { 0: 0, 1: 8, 5: 4 }[key & 7] ?? varint();
    fields.set(key >> 3, (key & 7) === 0 ? varint() : message.subarray(at, at + length));
    at += length;
  }
  return fields;
}

const part = (fields: ReadonlyMap<number, Field>, number: number): Buffer => {
  const field = fields.get(number);
  if (!Buffer.isBuffer(field)) throw new Error(`no field ${number}`);
  return field;
};

/** The scalars of an event file. @throws Error when it does not begin as one */
export function readScalars(file: Buffer): readonly ReadScalar[] {
  const [first, ...events] = readTfRecords(file).map(fieldsOf);
  if (first === undefined || part(first, 3).toString() !== 'brain.Event:2') throw new Error('no version');
  return events.map((event) => {
    const value = fieldsOf(part(fieldsOf(part(event, 5)), 1));
    return {
      tag: part(value, 1).toString(),
      step: Number(event.get(2) ?? 0),
      value: part(value, 2).readFloatLE(),
      at: part(event, 1).readDoubleLE(),
    };
  });
}
