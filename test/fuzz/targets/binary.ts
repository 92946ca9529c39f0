/** Readers of binary files, given what our own writers wrote, damaged. */
import { encodeHtk, parseHtk } from '../../../src/formats/htk.js';
import { encodeIdx, parseIdx } from '../../../src/formats/idx.js';
import { encodeMat, parseMat } from '../../../src/formats/mat.js';
import { encodeNpy, parseNpy } from '../../../src/formats/npy.js';
import { encodePng, parsePng } from '../../../src/formats/png.js';
import { readSafetensors, writeSafetensors } from '../../../src/formats/safetensors.js';
import { encodeSphere, parseSphere } from '../../../src/formats/sphere.js';
import { encodeWav, parseWav } from '../../../src/formats/wav.js';
import { matrix } from '../../../src/matrix.js';
import { damagedBytes, oddlyPlaced } from '../core/bytes.js';
import { bytesIn, fuzzed, inputOfFiles } from '../core/inputs.js';
import { Random } from '../core/random.js';
import { check, type FuzzInput, type Target } from '../core/target.js';
import { samplesTarget } from './samples.js';
import { colourPng, severalChannels } from './valid-binary.js';

const fixed = new Random(20110628, 'valid files', 0);
const wave = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i) / 2);
const sound = { rate: 16000, samples: wave };
const features = { samplePeriodSeconds: 0.02, kind: 'MFCC_E_D', values: matrix(5, 4, wave.subarray(0, 20)) };

interface Reader {
  readonly name: string;
  readonly weight: number;
  readonly valid: readonly Uint8Array[];
  /** Reads, and checks what it read. */
  readonly read: (bytes: Uint8Array, input: FuzzInput) => void;
  /** Words that go with an input. */
  readonly words?: (random: Random) => readonly string[];
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

function checkSound({ rate, samples }: { rate: number; samples: Float32Array }): void {
  check(rate > 0, 'the rate is positive');
  check(samples.length > 0, 'there are samples');
  check(samples.every(Number.isFinite), 'samples are finite');
}

const channelWords = (random: Random): readonly string[] =>
  random.chance(0.8) ? [] : [random.pick(['0', '1', '2', '-1', '0.5'])];
const choiceOf = ({ words: [channel] }: FuzzInput) =>
  channel === undefined ? {} : { channel: Number(channel) };

const readers: readonly Reader[] = [
  {
    name: 'idx',
    weight: 40,
    valid: [
      encodeIdx({ shape: [3, 4, 2], data: fixed.bytes(24) }),
      encodeIdx({ shape: [9], data: fixed.bytes(9) }),
    ],
    read: (bytes) => {
      const { shape, data } = parseIdx(bytes, fuzzed);
      check(data.length === sizeOf(shape), 'the shape fits the data');
    },
  },
  {
    name: 'safetensors',
    weight: 50,
    valid: [
      writeSafetensors(
        { w: { shape: [2, 3], data: wave.slice(0, 6) }, n: { shape: [], data: Int32Array.of(7) } },
        { who: 'fuzz' },
      ),
      writeSafetensors({
        d: { shape: [0, 3], data: new Float64Array(0) },
        u: { shape: [5], data: fixed.bytes(5) },
      }),
    ],
    read: (bytes) => {
      const { tensors, metadata } = readSafetensors(bytes, fuzzed);
      for (const { shape, data } of Object.values(tensors)) {
        check(data.length === sizeOf(shape), 'the shape fits the data');
      }
      check(
        Object.values(metadata).every((value) => typeof value === 'string'),
        'metadata are texts',
      );
    },
  },
  {
    name: 'mat',
    weight: 40,
    valid: [true, false].map((littleEndian) =>
      encodeMat(
        {
          vid: { rows: 12, columns: 5, data: fixed.bytes(60) },
          siz: { rows: 1, columns: 3, data: Float64Array.of(3, 4, 5) },
        },
        { littleEndian },
      ),
    ),
    read: (bytes) => {
      const variables = Object.entries(parseMat(bytes, fuzzed));
      check(variables.length > 0, 'there are variables');
      for (const [name, { rows, columns, data }] of variables) {
        check(/^[A-Za-z]\w*$/.test(name), 'names are those of MATLAB');
        check(data.length === rows * columns, 'the size fits the data');
      }
    },
  },
  {
    name: 'htk',
    weight: 40,
    valid: [
      encodeHtk(features),
      encodeHtk(features, { compressed: true }),
      encodeHtk(features, { withChecksum: true }),
    ],
    read: (bytes) => {
      const { kind, samplePeriodSeconds, values } = parseHtk(bytes, fuzzed);
      check(/^[A-Z]+(_[EDNATZ0])*$/.test(kind), 'the kind is one of HTK');
      check(samplePeriodSeconds > 0, 'the period is positive');
      check(values.rows * values.columns > 0, 'there are values');
      check(values.data.length === values.rows * values.columns, 'the size fits the data');
      check(values.data.every(Number.isFinite), 'values are finite');
    },
  },
  {
    name: 'sphere',
    weight: 30,
    valid: [
      encodeSphere(sound),
      encodeSphere(sound, 'ulaw'),
      encodeSphere(sound, 's16', { littleEndian: false }),
      encodeWav(sound),
    ],
    words: channelWords,
    read: (bytes, input) => checkSound(parseSphere(bytes, fuzzed, choiceOf(input))),
  },
  {
    name: 'wav',
    weight: 50,
    valid: [
      ...(['u8', 's16', 's24', 's32', 'f32', 'f64', 'ulaw', 'alaw'] as const).map((encoding) =>
        encodeWav(sound, encoding),
      ),
      ...severalChannels(encodeWav(sound)),
    ],
    words: channelWords,
    read: (bytes, input) => checkSound(parseWav(bytes, fuzzed, choiceOf(input))),
  },
  {
    name: 'png',
    weight: 25,
    valid: [encodePng({ width: 5, height: 4, data: fixed.bytes(20) }), ...colourPng(fixed)],
    read: (bytes) => {
      const { width, height, data } = parsePng(bytes, fuzzed);
      check(data.length === width * height, 'the size fits the data');
    },
  },
  {
    name: 'npy',
    weight: 40,
    valid: [Float64Array, Float32Array, Int32Array, Int16Array, Uint16Array, Uint8Array].map((type) =>
      encodeNpy({ shape: [2, 3, 2], data: new type(12).fill(3) }),
    ),
    read: (bytes) => {
      const { shape, data } = parseNpy(bytes, fuzzed);
      check(data.length === sizeOf(shape), 'the shape fits the data');
    },
  },
];

const everyFile = readers.flatMap(({ valid }) => valid);

function targetOf({ name, weight, valid, read, words }: Reader): Target {
  return {
    name: `binary/${name}`,
    weight,
    onDisk: false,
    least: { accepted: 0.003, refused: 0.25 },
    make(random) {
      const others = random.chance(0.5) ? valid : everyFile;
      const bytes = random.chance(0.01)
        ? random.pick(valid)
        : damagedBytes(random.pick(valid), others, random);
      return inputOfFiles({ [fuzzed]: oddlyPlaced(bytes, random) }, words?.(random));
    },
    run(input) {
      read(bytesIn(input), input);
      return 'accepted';
    },
  };
}

export const binaryTargets: readonly Target[] = [...readers.map(targetOf), samplesTarget];
