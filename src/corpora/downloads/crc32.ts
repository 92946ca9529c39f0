import * as zlib from 'node:zlib';

/** CRC-32 of ZIP and PNG (ISO 3309), of a piece of data after others. @param value that of the pieces before */
export type Crc32 = (data: Uint8Array, value?: number) => number;

let table: Uint32Array | undefined;

/** For Node.js 20.0 to 20.14, which have none. */
export const tableCrc32: Crc32 = (data, value = 0) => {
  table ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
    return rest;
  });
  let sum = ~value;
  for (const byte of data) sum = (table[(sum ^ byte) & 0xff] ?? 0) ^ (sum >>> 8);
  return ~sum >>> 0;
};

export const crc32: Crc32 = (zlib as { readonly crc32?: Crc32 }).crc32 ?? tableCrc32;
