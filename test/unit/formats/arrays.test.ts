import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MmxError } from '../../../src/errors.js';
import { encodeNpy, parseNpy } from '../../../src/formats/npy.js';
import { encodePng, parsePng } from '../../../src/formats/png.js';

/** The checksum of PNG's chunks (CRC-32 of ISO 3309). */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** Reads or says in one sentence why not: whatever the bytes. */
function survives(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof MmxError) || /[\r\n]/.test(error.message)) throw error;
  }
}

/** `good` with some bytes changed and cut at some place. */
const damagedCopies = (good: Uint8Array) =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
      fc.nat(good.length),
    )
    .map(([edits, length]) => {
      const bytes = new Uint8Array(good);
      for (const [at, value] of edits) bytes[at] = value;
      return bytes.subarray(0, length);
    });

describe('numpy files', () => {
  const good = encodeNpy({ shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 4, 5, 6) });

  it('are read as written', () => {
    expect(parseNpy(good, 'x')).toEqual({ shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 4, 5, 6) });
    for (const data of [
      new Uint8Array(5),
      new Uint16Array(5),
      new Int16Array(5),
      new Int32Array(5),
      new Float64Array(5),
    ]) {
      expect(parseNpy(encodeNpy({ shape: [5], data }), 'x')).toEqual({ shape: [5], data });
    }
  });

  it('are read as numpy 2.4.6 writes them', () => {
    // numpy.save of numpy.array([[1, 2], [3, 400]], dtype='>i2'), byte for byte.
    const header = "{'descr': '>i2', 'fortran_order': False, 'shape': (2, 2), }".padEnd(117);
    const bytes = Buffer.concat([
      Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'),
      Buffer.from(`${header}\n`, 'latin1'),
      Buffer.from([0, 1, 0, 2, 0, 3, 1, 0x90]),
    ]);
    expect(bytes.length - 8).toBe(128);
    expect(parseNpy(bytes, 'x')).toEqual({ shape: [2, 2], data: Int16Array.of(1, 2, 3, 400) });
  });

  it.each([
    ["'<f4'", "'<c8'", 'of type c8'],
    ['False', 'True ', 'in Fortran order'],
    ['(2, 3)', '(9, 9)', 'promises 9 x 9 of f4, 324 bytes, but 24 follow'],
    ["'descr'", "'other'", 'cannot be understood'],
  ])('with %s made %s are refused', (from, to, message) => {
    const bytes = Buffer.from(Buffer.from(good).toString('latin1').replace(from, to), 'latin1');
    expect(() => parseNpy(bytes, 'x')).toThrow(message);
  });

  it('that are damaged end in one sentence', () => {
    fc.assert(
      fc.property(damagedCopies(good), (bytes) => survives(() => parseNpy(bytes, 'x'))),
      { numRuns: 2000 },
    );
  });
});

describe('PNG pictures', () => {
  const picture = { width: 7, height: 5, data: Uint8Array.from({ length: 35 }, (_, i) => i * 7) };
  const good = encodePng(picture);

  it('are read as written', () => {
    expect(parsePng(good, 'x')).toEqual(picture);
  });

  it('that promise an absurd size are refused before anything is unpacked', () => {
    const bytes = new Uint8Array(good);
    new DataView(bytes.buffer).setUint32(16, 2 ** 31 - 1);
    expect(() => parsePng(bytes, 'x.png')).toThrow(
      'x.png is not a usable PNG picture: it is 2147483647 x 5 pixels',
    );
  });

  it('that are narrow and endlessly high are refused too', () => {
    const bytes = new Uint8Array(good);
    new DataView(bytes.buffer).setUint32(16, 3);
    new DataView(bytes.buffer).setUint32(20, 16_777_219);
    expect(() => parsePng(bytes, 'x.png')).toThrow('it is 3 x 16777219 pixels large');
  });

  it('that unpack to more than their size can need are refused', () => {
    const packed = deflateSync(Buffer.alloc(2 ** 24));
    const head = good.slice(0, 33);
    head[28] = 1; // interlaced
    new DataView(head.buffer).setUint32(29, crc32(head.subarray(12, 29)));
    const data = Buffer.concat([Buffer.from('IDAT'), packed]);
    const chunk = Buffer.alloc(data.length + 8);
    chunk.writeUInt32BE(packed.length, 0);
    data.copy(chunk, 4);
    chunk.writeUInt32BE(crc32(data), data.length + 4);
    const bytes = Buffer.concat([head, chunk, good.slice(-12)]);
    expect(() => parsePng(bytes, 'x.png')).toThrow(
      /x\.png .* inflate to more than the 71 bytes of 7 x 5 pixels/,
    );
  });

  it('that are damaged end in one sentence', () => {
    fc.assert(
      fc.property(damagedCopies(good), (bytes) => survives(() => parsePng(bytes, 'x'))),
      { numRuns: 2000 },
    );
  });
});
