import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MmxError } from '../../../src/errors.js';
import { encodeNpy, parseNpy } from '../../../src/formats/npy.js';
import { encodePng, parsePng } from '../../../src/formats/png.js';

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

  it('that are damaged end in one sentence', () => {
    fc.assert(
      fc.property(damagedCopies(good), (bytes) => survives(() => parsePng(bytes, 'x'))),
      { numRuns: 2000 },
    );
  });
});
