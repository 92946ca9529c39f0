import { describe, expect, it } from 'vitest';
import { MmxError } from '../../../src/errors.js';
import { encodeHtk, parseHtk } from '../../../src/formats/htk.js';
import { encodeIdx, parseIdx } from '../../../src/formats/idx.js';
import { encodeMat, parseMat } from '../../../src/formats/mat.js';
import { readSafetensors, writeSafetensors } from '../../../src/formats/safetensors.js';
import { encodeSphere, parseSphere } from '../../../src/formats/sphere.js';
import { encodeWav, parseWav } from '../../../src/formats/wav.js';
import { matrix } from '../../../src/matrix.js';

const inputsPerReader = 4000;
/** Of buffers outside the JavaScript heap; every valid file here is smaller than 3 kB. */
const memoryLimitBytes = 32 * 2 ** 20;
/** Of processor time, which a busy machine does not stretch; thousands of times what one input takes. */
const slowestInputSeconds = 10;
const seed = 20110628;

/** mulberry32: numbers in [0, 1) that are the same on every machine. */
function generator(state: number): () => number {
  let a = state;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = generator(seed);
const below = (limit: number): number => Math.floor(random() * limit);
const bytesOf = (length: number): Uint8Array => Uint8Array.from({ length }, () => below(256));
const wave = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i) / 2);
const sound = { rate: 16000, samples: wave };
const features = { samplePeriodSeconds: 0.02, kind: 'MFCC_E_D', values: matrix(5, 4, wave.subarray(0, 20)) };

interface Reader {
  readonly name: string;
  /** Files written by our own writers. */
  readonly valid: readonly Uint8Array[];
  /** Reads, and checks what it read. */
  readonly read: (bytes: Uint8Array) => void;
}

function expectSound({ rate, samples }: { rate: number; samples: Float32Array }): void {
  expect(rate).toBeGreaterThan(0);
  expect(samples.length).toBeGreaterThan(0);
  expect(samples.every(Number.isFinite)).toBe(true);
}

const readers: readonly Reader[] = [
  {
    name: 'IDX',
    valid: [encodeIdx({ shape: [3, 4, 2], data: bytesOf(24) }), encodeIdx({ shape: [9], data: bytesOf(9) })],
    read: (bytes) => {
      const { shape, data } = parseIdx(bytes, 'fuzzed');
      expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
    },
  },
  {
    name: 'safetensors',
    valid: [
      writeSafetensors(
        { w: { shape: [2, 3], data: wave.slice(0, 6) }, n: { shape: [], data: Int32Array.of(7) } },
        { who: 'fuzz' },
      ),
    ],
    read: (bytes) => {
      for (const { shape, data } of Object.values(readSafetensors(bytes, 'fuzzed').tensors)) {
        expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
      }
    },
  },
  {
    name: 'MATLAB level 4',
    valid: [true, false].map((littleEndian) =>
      encodeMat(
        {
          vid: { rows: 12, columns: 5, data: bytesOf(60) },
          siz: { rows: 1, columns: 3, data: Float64Array.of(3, 4, 5) },
        },
        { littleEndian },
      ),
    ),
    read: (bytes) => {
      const variables = Object.entries(parseMat(bytes, 'fuzzed'));
      expect(variables.length).toBeGreaterThan(0);
      for (const [name, { rows, columns, data }] of variables) {
        expect(name).toMatch(/^[A-Za-z]\w*$/);
        expect(data.length).toBe(rows * columns);
      }
    },
  },
  {
    name: 'HTK',
    valid: [
      encodeHtk(features),
      encodeHtk(features, { compressed: true }),
      encodeHtk(features, { withChecksum: true }),
    ],
    read: (bytes) => {
      const { kind, samplePeriodSeconds, values } = parseHtk(bytes, 'fuzzed');
      expect(kind).toMatch(/^[A-Z]+(_[EDNATZ0])*$/);
      expect(samplePeriodSeconds).toBeGreaterThan(0);
      expect(values.rows * values.columns).toBeGreaterThan(0);
      expect(values.data.length).toBe(values.rows * values.columns);
      expect(values.data.every(Number.isFinite)).toBe(true);
    },
  },
  {
    name: 'SPHERE',
    valid: [
      encodeSphere(sound),
      encodeSphere(sound, 'ulaw'),
      encodeSphere(sound, 's16', { littleEndian: false }),
    ],
    read: (bytes) => expectSound(parseSphere(bytes, 'fuzzed')),
  },
  {
    name: 'WAV',
    valid: (['u8', 's16', 's24', 'f32', 'f64', 'ulaw', 'alaw'] as const).map((encoding) =>
      encodeWav(sound, encoding),
    ),
    read: (bytes) => expectSound(parseWav(bytes, 'fuzzed')),
  },
];

const sizes = [0, 1, 2, 0x7f, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

/** Places near the beginning, where the headers are, three times out of four. */
function place(bytes: Uint8Array): number {
  return below(random() < 0.75 ? Math.min(bytes.length, 128) : bytes.length);
}

const mutations: readonly ((bytes: Uint8Array, other: Uint8Array) => Uint8Array)[] = [
  function flipBits(bytes) {
    for (let count = 1 + below(8); count > 0; count--) {
      const at = place(bytes);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
    }
    return bytes;
  },
  function replaceBytes(bytes) {
    for (let count = 1 + below(4); count > 0; count--) bytes[place(bytes)] = below(256);
    return bytes;
  },
  function editSizes(bytes) {
    const width = random() < 0.7 ? 4 : 2;
    const at = Math.min(bytes.length - width, place(bytes) & ~(random() < 0.7 ? width - 1 : 0));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const value = random() < 0.6 ? (sizes[below(sizes.length)] ?? 0) : below(2 ** 32);
    if (width === 4) view.setUint32(at, value, random() < 0.5);
    else view.setUint16(at, value & 0xffff, random() < 0.5);
    return bytes;
  },
  function editDigits(bytes) {
    const digits = [...bytes.keys()].filter((at) => (bytes[at] ?? 0) >= 48 && (bytes[at] ?? 0) <= 57);
    if (digits.length === 0) return bytes;
    for (let count = 1 + below(3); count > 0; count--) {
      bytes[digits[below(digits.length)] ?? 0] = random() < 0.9 ? 48 + below(10) : 45;
    }
    return bytes;
  },
  function truncate(bytes) {
    return bytes.subarray(0, below(bytes.length));
  },
  function swapWords(bytes) {
    const size = random() < 0.5 ? 2 : 4;
    const end = random() < 0.5 ? bytes.length : 4 + below(40);
    for (let at = 0; at + size <= Math.min(end, bytes.length); at += size) {
      bytes.subarray(at, at + size).reverse();
    }
    return bytes;
  },
  function splice(bytes, other) {
    return Buffer.concat([bytes.subarray(0, below(bytes.length)), other.subarray(below(other.length))]);
  },
  function duplicate(bytes) {
    const from = below(bytes.length);
    return Buffer.concat([bytes, bytes.subarray(from, from + below(200))]);
  },
];

/** A file of `reader` damaged once to three times, sometimes with a part of any other file; or only random bytes. */
function input(reader: Reader): Uint8Array {
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const start = pick(reader.valid);
  if (random() < 0.04) {
    const keep = start.subarray(0, below(9));
    return Buffer.concat([keep, bytesOf(below(300))]);
  }
  let bytes: Uint8Array = start.slice();
  for (let count = 1 + below(3); count > 0 && bytes.length >= 4; count--) {
    const other = pick(random() < 0.5 ? reader.valid : pick(readers).valid);
    bytes = pick(mutations)(bytes, other);
  }
  // A copy at an odd address now and then: views on it would not be aligned.
  if (random() < 0.8) return new Uint8Array(bytes);
  const shifted = new Uint8Array(bytes.length + 1).subarray(1);
  shifted.set(bytes);
  return shifted;
}

describe('every reader, given damaged files', () => {
  it.each(readers)('$name reads what our writer wrote', ({ valid, read }) => {
    for (const bytes of valid) expect(() => read(bytes)).not.toThrow();
  });

  it.each(readers)(`$name gives a sentence or a sound result for ${inputsPerReader} inputs`, (reader) => {
    let [refused, accepted, slowest, largest] = [0, 0, 0, 0];
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < inputsPerReader; count++) {
      const bytes = input(reader);
      const started = process.cpuUsage();
      try {
        reader.read(bytes);
        accepted++;
      } catch (error) {
        if (!(error instanceof MmxError)) {
          const file = Buffer.from(bytes).toString('base64');
          throw new Error(`${reader.name} failed on input ${count} (${file}): ${String(error)}`, {
            cause: error,
          });
        }
        expect(error.message).toContain('fuzzed');
        expect(error.message).not.toMatch(/[\n\r]/);
        expect(error.message.length).toBeLessThan(1000);
        refused++;
      }
      slowest = Math.max(slowest, process.cpuUsage(started).user / 1e6);
      largest = Math.max(largest, process.memoryUsage().arrayBuffers - before);
    }
    // Damage that no reader notices, and readers that refuse everything, would make this test worthless.
    expect(refused).toBeGreaterThan(inputsPerReader / 4);
    expect(accepted).toBeGreaterThan(10);
    expect(slowest).toBeLessThan(slowestInputSeconds);
    expect(largest).toBeLessThan(memoryLimitBytes);
  });
});
