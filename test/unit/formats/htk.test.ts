import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeHtk, parseHtk, readHtk } from '../../../src/formats/htk.js';
import { matrix, matrixFromRows } from '../../../src/matrix.js';
import { edited, expectSentence, goldenBytes, goldenContent, goldenFile } from './golden.js';

interface Content {
  rows: number;
  columns: number;
  values: number[];
}

const features = {
  samplePeriodSeconds: 0.02,
  kind: 'MFCC_E_D',
  values: matrixFromRows([
    [1, 2.5, -3],
    [4, -5, 6],
  ]),
};
const good = encodeHtk(features);
const [framesAt, periodAt, sizeAt, kindAt, dataAt] = [0, 4, 8, 10, 12];

describe('HTK parameter files', () => {
  it.each(['plain.mfcc', 'checksum.mfcc', 'compressed.mfcc', 'compressed-checksum.mfcc'])(
    'reads %s, packed after the HTK Book',
    (name) => {
      const { kind, samplePeriodSeconds, values } = readHtk(goldenFile(name));
      const content = goldenContent<Content>(name);
      expect(kind).toBe('MFCC_E_D');
      expect(samplePeriodSeconds).toBeCloseTo(0.02, 12);
      expect([values.rows, values.columns]).toEqual([content.rows, content.columns]);
      content.values.forEach((value, i) => {
        expect(values.data[i]).toBeCloseTo(value, 5);
      });
    },
  );

  it('writes the bytes the HTK Book asks for', () => {
    const plain = readHtk(goldenFile('plain.mfcc'));
    expect(encodeHtk(plain)).toEqual(goldenBytes('plain.mfcc'));
    expect(encodeHtk(plain, { withChecksum: true })).toEqual(goldenBytes('checksum.mfcc'));
    expect(encodeHtk(plain, { compressed: true, withChecksum: true }).length).toBe(
      goldenBytes('compressed-checksum.mfcc').length,
    );
  });

  it('has the header of an AVLetters file', () => {
    const bytes = encodeHtk({ ...features, values: matrix(31, 26) });
    expect(Array.from(bytes.subarray(0, 12))).toEqual([0, 0, 0, 31, 0, 3, 0x0d, 0x40, 0, 104, 0x01, 0x46]);
  });

  it('restores compressed values to a 65534th of their range', () => {
    const numbers = fc.array(fc.float({ min: -1e4, max: 1e4, noNaN: true }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(numbers, (data) => {
        const values = matrix(3, 2, Float32Array.from(data));
        const restored = parseHtk(encodeHtk({ ...features, values }, { compressed: true }), 'x').values;
        for (let column = 0; column < 2; column++) {
          const of = (m: { data: Float32Array }) => [0, 2, 4].map((i) => m.data[i + column] ?? Number.NaN);
          const range = Math.max(...of(values)) - Math.min(...of(values));
          const size = Math.max(...of(values).map(Math.abs));
          of(restored).forEach((value, i) => {
            const error = Math.abs(value - (of(values)[i] ?? 0));
            // Half a step, and the rounding of A and B to floats.
            expect(error).toBeLessThanOrEqual(range / 65534 + 4e-7 * size + 1e-15);
          });
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(['USER', 'PLP_0_D_A_Z', 'FBANK', 'MFCC_E_D_N_A_T', 'LPCEPSTRA_Z'])('keeps the kind %s', (kind) => {
    const written = encodeHtk({ ...features, kind });
    const read = parseHtk(written, 'x').kind;
    expect(read.split('_').sort()).toEqual(kind.split('_').sort());
    expect(encodeHtk({ ...features, kind: read })).toEqual(written);
  });

  it('says that a cut file is cut, wherever that is', () => {
    for (let length = 0; length < good.length; length++) {
      expectSentence(
        () => parseHtk(good.subarray(0, length), 'a.mfcc'),
        'a.mfcc',
        length < 12
          ? 'too few for a header'
          : `promises 2 frames of 12 bytes, 36 bytes in all, but it has ${length}`,
      );
    }
  });

  const swapHeader = (view: DataView): void => {
    for (const at of [framesAt, periodAt]) view.setInt32(at, view.getInt32(at), true);
    for (const at of [sizeAt, kindAt]) view.setUint16(at, view.getUint16(at), true);
  };
  const swapData = (view: DataView): void => {
    for (let at = dataAt; at < view.byteLength; at += 4) view.setFloat32(at, view.getFloat32(at), true);
  };

  it.each([
    ['stray bytes', Buffer.concat([good, Buffer.alloc(3)]), 'but it has 39'],
    ['absurd counts', edited(good, (v) => v.setInt32(framesAt, 0x7fffffff)), 'promises 2147483647 frames'],
    ['negative counts', edited(good, (v) => v.setInt32(framesAt, -2)), 'promises -2 frames'],
    ['zero frames', edited(good.subarray(0, 12), (v) => v.setInt32(framesAt, 0)), 'it holds no frames'],
    [
      'fewer frames than A and B take',
      edited(good.subarray(0, 36), (v) => {
        v.setUint16(kindAt, 0o2506);
        v.setInt32(framesAt, 4);
        v.setUint16(sizeAt, 6);
      }),
      'it holds no frames',
    ],
    ['no period', edited(good, (v) => v.setInt32(periodAt, 0)), 'frame period is 0'],
    ['a negative period', edited(good, (v) => v.setInt32(periodAt, -5)), 'frame period is -5'],
    ['an unknown kind', edited(good, (v) => v.setUint16(kindAt, 0o77)), 'kind 63 is unknown'],
    ['sound', edited(good, (v) => v.setUint16(kindAt, 0)), 'WAVEFORM samples, not features'],
    ['codebook indices', edited(good, (v) => v.setUint16(kindAt, 10)), 'DISCRETE samples'],
    ['added codebook indices', edited(good, (v) => v.setUint16(kindAt, 0o40506)), '_V'],
    [
      'frames of broken floats',
      edited(good, (v) => {
        v.setUint16(sizeAt, 6);
        v.setInt32(framesAt, 4);
      }),
      'frames of 6 bytes',
    ],
    [
      'NaN',
      edited(good, (v) => v.setFloat32(dataAt + 16, Number.NaN)),
      'component 1 of frame 1 (both counted from 0) is NaN',
    ],
    [
      'infinity',
      edited(good, (v) => v.setFloat32(dataAt, Number.POSITIVE_INFINITY)),
      'frame 0 (both counted from 0) is Infinity',
    ],
    [
      'a swapped file',
      edited(good, (v) => {
        swapHeader(v);
        swapData(v);
      }),
      'little-endian; HTK files are big-endian',
    ],
    ['a swapped header', edited(good, swapHeader), 'little-endian; HTK files are big-endian'],
  ])('says what is wrong with %s', (_, bytes, part) => {
    expectSentence(() => parseHtk(bytes, 'a.mfcc'), 'a.mfcc', part);
  });

  it('names swapped numbers under a big-endian header where they are astronomical', () => {
    // The float of bytes 40 49 0f e1 is, read the wrong way round, −1.7e20.
    const values = matrixFromRows([
      [2.5, new DataView(Uint8Array.of(0x40, 0x49, 0x0f, 0xe1).buffer).getFloat32(0)],
    ]);
    const swapped = edited(encodeHtk({ ...features, values }), swapData);
    expectSentence(() => parseHtk(swapped, 'a.mfcc'), 'a.mfcc', 'its numbers are little-endian');
  });

  it('notices any damaged bit of a file with a checksum', () => {
    const bytes = encodeHtk(features, { withChecksum: true });
    for (let bit = 8 * dataAt; bit < 8 * bytes.length; bit++) {
      const damaged = edited(bytes, (view) =>
        view.setUint8(bit >> 3, view.getUint8(bit >> 3) ^ (1 << (bit & 7))),
      );
      expectSentence(() => parseHtk(damaged, 'a.mfcc'), 'a.mfcc', 'checksum');
    }
  });

  it('refuses the sound file SoX writes, and says what to do', () => {
    const error = expectSentence(() => readHtk(goldenFile('waveform.htk')), 'waveform.htk', 'WAVEFORM');
    expect(error.hint).toContain('HCopy');
  });

  it('writes only what it could read', () => {
    expectSentence(() => encodeHtk({ ...features, kind: 'MFCC_Q' }), 'MFCC_Q', 'kind is unknown');
    expectSentence(() => encodeHtk({ ...features, kind: 'WAVEFORM' }), 'WAVEFORM', 'kind is unknown');
    expectSentence(() => encodeHtk({ ...features, samplePeriodSeconds: 0 }), 'MFCC', 'period of 0 s');
    expectSentence(() => encodeHtk({ ...features, values: matrix(0, 3) }), 'MFCC', '0 frames');
    expectSentence(
      () => encodeHtk({ ...features, values: matrixFromRows([[Number.NaN]]) }),
      'MFCC',
      'not finite',
    );
  });

  it('names a missing file', () => {
    expectSentence(() => readHtk('/nowhere/a.mfcc'), '/nowhere/a.mfcc', 'it does not exist');
  });
});
