import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MmxError } from '../../../src/errors.js';
import { encodeIdx, parseIdx, readIdx } from '../../../src/formats/idx.js';

const good = encodeIdx({ shape: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) });
const edited = (offset: number, value: number): Uint8Array =>
  good.map((byte, i) => (i === offset ? value : byte));

describe('IDX', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 }), (shape) => {
        const size = shape.reduce((a, b) => a * b, 1);
        const array = { shape, data: Uint8Array.from({ length: size }, (_, i) => (i * 37) % 256) };
        expect(parseIdx(encodeIdx(array), 'x')).toEqual(array);
      }),
    );
  });

  it.each([
    ['an empty file', new Uint8Array(0), 'it has 0 bytes'],
    ['a gzip file', Uint8Array.of(0x1f, 0x8b, 8, 0, 0), 'compressed with gzip'],
    ['a wrong magic', edited(0, 80), 'begins with bytes 80, 0'],
    ['another element type', edited(2, 0x0d), 'type 0xd'],
    ['rank 0', edited(3, 0), 'rank is 0'],
    ['a cut header', good.subarray(0, 7), 'ends inside its header'],
    ['cut data', good.subarray(0, good.length - 1), '= 6 bytes of data, but 5 follow'],
    ['stray data', Uint8Array.of(...good, 0), '= 6 bytes of data, but 7 follow'],
    ['a negative size', edited(4, 0xff), 'impossible shape -'],
    ['an absurd size', edited(4, 0x7f), 'bytes of data, but 6 follow'],
  ])('says what is wrong with %s', (_, bytes, sentence) => {
    expect(() => parseIdx(bytes, 'digits.idx')).toThrow(MmxError);
    expect(() => parseIdx(bytes, 'digits.idx')).toThrow(sentence);
    expect(() => parseIdx(bytes, 'digits.idx')).toThrow('digits.idx');
  });

  it('never fails otherwise, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          parseIdx(bytes, 'x');
        } catch (error) {
          expect(error).toBeInstanceOf(MmxError);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('reads from disk and names a missing file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'mmx-idx-')), 'a.idx');
    writeFileSync(file, good);
    expect(readIdx(file).shape).toEqual([2, 3]);
    expect(() => readIdx(`${file}.gone`)).toThrow(`${file}.gone: it does not exist`);
  });
});
