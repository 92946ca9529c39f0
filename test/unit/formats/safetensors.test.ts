import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MmxError } from '../../../src/errors.js';
import { readSafetensors, type SafeTensor, writeSafetensors } from '../../../src/formats/safetensors.js';

/**
 * Written by the reference implementation (Python package safetensors 0.8.0, `safetensors.numpy.save`, numpy 2.4.6):
 * weights = arange(6, float32).reshape(2, 3) / 4, bias = float64 [1.5, -2.25], labels = int32 [[7, -3]],
 * mask = uint8 [1, 0, 255], scalar = float32 3.25 of shape (), metadata {"who": "reference"}.
 */
const referenceFile = Buffer.from(
  'UAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJ3aG8iOiJyZWZlcmVuY2UifSwiYmlhcyI6eyJkdHlwZSI6IkY2NCIsInNoYXBlIjpb' +
    'Ml0sImRhdGFfb2Zmc2V0cyI6WzAsMTZdfSwic2NhbGFyIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOltdLCJkYXRhX29mZnNldHMi' +
    'OlsxNiwyMF19LCJ3ZWlnaHRzIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsyLDNdLCJkYXRhX29mZnNldHMiOlsyMCw0NF19LCJs' +
    'YWJlbHMiOnsiZHR5cGUiOiJJMzIiLCJzaGFwZSI6WzEsMl0sImRhdGFfb2Zmc2V0cyI6WzQ0LDUyXX0sIm1hc2siOnsiZHR5cGUi' +
    'OiJVOCIsInNoYXBlIjpbM10sImRhdGFfb2Zmc2V0cyI6WzUyLDU1XX19ICAAAAAAAAD4PwAAAAAAAALAAABQQAAAAAAAAIA+AAAA' +
    'PwAAQD8AAIA/AACgPwcAAAD9////AQD/',
  'base64',
);

const referenceTensors: Record<string, SafeTensor> = {
  weights: { shape: [2, 3], data: new Float32Array([0, 0.25, 0.5, 0.75, 1, 1.25]) },
  bias: { shape: [2], data: new Float64Array([1.5, -2.25]) },
  labels: { shape: [1, 2], data: new Int32Array([7, -3]) },
  mask: { shape: [3], data: new Uint8Array([1, 0, 255]) },
  scalar: { shape: [], data: new Float32Array([3.25]) },
};

/** A file from a header as it stands and a number of zero bytes. */
function file(header: unknown, dataBytes: number): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.byteLength));
  return Buffer.concat([length, text, Buffer.alloc(dataBytes)]);
}

function entry(dtype: string, shape: unknown, ...offsets: number[]) {
  return { dtype, shape, data_offsets: offsets };
}

function errorOf(bytes: Uint8Array): MmxError {
  try {
    readSafetensors(bytes, 'model.safetensors');
  } catch (error) {
    if (error instanceof MmxError) return error;
    throw error;
  }
  throw new Error('the file was accepted');
}

describe('against the reference implementation', () => {
  it('reads its file', () => {
    const { tensors, metadata } = readSafetensors(referenceFile, 'reference');
    expect(tensors).toEqual(referenceTensors);
    expect(metadata).toEqual({ who: 'reference' });
  });

  it('lays the data out as it does', () => {
    const ours = writeSafetensors(referenceTensors, { who: 'reference' });
    const dataOf = (bytes: Uint8Array) =>
      Buffer.from(bytes.subarray(8 + Number(Buffer.from(bytes).readBigUInt64LE(0))));
    expect(dataOf(ours).equals(dataOf(referenceFile))).toBe(true);
  });
});

describe('writing', () => {
  it('gives the same bytes whatever the order of the keys', () => {
    const reversed = Object.fromEntries(Object.entries(referenceTensors).reverse());
    const bytes = writeSafetensors(referenceTensors, { a: '1', b: '2' });
    expect(writeSafetensors(reversed, { b: '2', a: '1' })).toEqual(bytes);
  });

  it('pads the header to eight bytes and sorts its keys', () => {
    const bytes = Buffer.from(
      writeSafetensors({ ...referenceTensors, '10': referenceTensors.mask as SafeTensor }),
    );
    const length = Number(bytes.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    const keys = [...bytes.toString('utf8', 8, 8 + length).matchAll(/"([^"]+)":\{/g)].map(([, key]) => key);
    expect(keys).toEqual(['10', 'bias', 'labels', 'mask', 'scalar', 'weights']);
  });

  it('takes views into larger buffers', () => {
    const data = new Float32Array([9, 1, 2, 9]).subarray(1, 3);
    const { tensors } = readSafetensors(writeSafetensors({ x: { shape: [2], data } }), 'x');
    expect(tensors.x?.data).toEqual(new Float32Array([1, 2]));
  });

  it.each([
    [
      'a shape that does not match',
      { x: { shape: [2, 2], data: new Float32Array(3) } },
      /"x".*\[2, 2\] needs 4.*3/,
    ],
    ['a negative extent', { x: { shape: [-1], data: new Float32Array(0) } }, /impossible shape \[-1\]/],
    ['the reserved name', { __metadata__: { shape: [0], data: new Float32Array(0) } }, /reserves/],
  ])('refuses %s', (_, tensors, message) => {
    expect(() => writeSafetensors(tensors)).toThrow(message);
  });
});

describe('a round trip', () => {
  const data = fc.oneof(
    fc.float32Array({ maxLength: 40 }),
    fc.float64Array({ maxLength: 40 }),
    fc.int32Array({ maxLength: 40 }),
    fc.uint8Array({ maxLength: 40 }),
  );
  const name = fc.string({ unit: 'grapheme' }).filter((text) => text !== '__metadata__');

  it('keeps every bit, NaN and -0 included, at any alignment of the buffer', () => {
    fc.assert(
      fc.property(fc.dictionary(name, data), fc.nat(7), (arrays, shift) => {
        const tensors = Object.fromEntries(
          Object.entries(arrays).map(([key, array]) => [key, { shape: [array.length, 1], data: array }]),
        );
        const bytes = writeSafetensors(tensors);
        const shifted = new Uint8Array(bytes.byteLength + shift).subarray(shift);
        shifted.set(bytes);
        const back = readSafetensors(shifted, 'x').tensors;
        expect(Object.keys(back).sort()).toEqual(Object.keys(tensors).sort());
        for (const [key, tensor] of Object.entries(tensors)) {
          expect(back[key]?.shape).toEqual(tensor.shape);
          expect(back[key]?.data.constructor).toBe(tensor.data.constructor);
          const raw = (array: SafeTensor['data'] | undefined) =>
            array && Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('hex');
          expect(raw(back[key]?.data)).toBe(raw(tensor.data));
        }
      }),
    );
  });
});

describe('a damaged file', () => {
  it('is refused at whatever byte it is cut off', () => {
    const bytes = writeSafetensors(referenceTensors);
    for (let length = 0; length < bytes.byteLength; length++) {
      expect(errorOf(bytes.subarray(0, length)).code).toBe('formats/safetensors');
    }
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['less than a header length', Buffer.alloc(5), /truncated: 5 bytes/],
    [
      'an absurd header length',
      Buffer.from('ffffffffffffff7f', 'hex'),
      /claims a header of 9223372036854775807 bytes/,
    ],
    [
      'a header longer than the file',
      Buffer.from('4000000000000000', 'hex'),
      /header ends at byte 72, the file at byte 8/,
    ],
    ['a header that is not JSON', file('{"x":', 0), /header is not JSON/],
    ['a header that is not an object', file('[1]', 0), /not a JSON object/],
    ['an entry that is no object', file({ x: 3 }, 0), /entry of tensor "x" is not an object/],
    [
      'an unknown element type',
      file({ x: entry('BF16', [1], 0, 2) }, 2),
      /"x" has the element type "BF16".*F32/,
    ],
    [
      'an inherited name as element type',
      file({ x: entry('toString', [1], 0, 2) }, 2),
      /element type "toString"/,
    ],
    ['a fractional shape', file({ x: entry('U8', [1.5], 0, 2) }, 2), /impossible shape \[1.5\]/],
    ['an overflowing shape', file({ x: entry('U8', [2 ** 40, 2 ** 40], 0, 2) }, 2), /impossible shape/],
    ['a backward range', file({ x: entry('U8', [2], 2, 0) }, 2), /impossible byte range \[2,0\]/],
    ['a range of three numbers', file({ x: entry('U8', [2], 0, 2, 3) }, 2), /impossible byte range/],
    [
      'a range of the wrong length',
      file({ x: entry('F32', [2], 0, 4) }, 4),
      /needs 8 bytes but its range holds 4/,
    ],
    [
      'a range past the end',
      file({ x: entry('U8', [9], 0, 9) }, 4),
      /truncated: tensor "x" ends at data byte 9 of 4/,
    ],
    [
      'overlapping ranges',
      file({ x: entry('U8', [4], 0, 4), y: entry('U8', [4], 2, 6) }, 6),
      /"y" overlaps another one at data byte 2/,
    ],
    [
      'a hole',
      file({ x: entry('U8', [2], 0, 2), y: entry('U8', [2], 4, 6) }, 6),
      /2 bytes before tensor "y" belong to no tensor/,
    ],
    ['trailing bytes', file({ x: entry('U8', [2], 0, 2) }, 5), /3 bytes after its last tensor/],
    [
      'the same name twice',
      file(
        '{"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"x":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}',
        4,
      ),
      /2 bytes before tensor "x"/,
    ],
    ['metadata that is not text', file({ __metadata__: { a: 1 } }, 0), /must map names to strings/],
  ])('with %s is refused in one sentence', (_, bytes, message) => {
    const error = errorOf(bytes);
    expect(error.code).toBe('formats/safetensors');
    expect(error.message).toMatch(message);
    expect(error.message).toContain('model.safetensors');
    expect(error.message).not.toContain('\n');
  });
});
