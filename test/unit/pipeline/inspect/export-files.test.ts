import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNpy } from '../../../../src/formats/npy.js';
import { readSafetensors } from '../../../../src/formats/safetensors.js';
import { matrix } from '../../../../src/matrix.js';
import { writeFeatureCsv, writeNpy, writeWeights } from '../../../../src/pipeline/inspect/export-files.js';
import { filesBelow, temporaryDirectory } from '../../../fixtures/pipeline/place.js';

describe('features as CSV', () => {
  it('give back the same float32 values, ids and labels', () => {
    // Every bit pattern of a spread of exponents, the awkward ones among them.
    const awkward = [0.1, 1 / 3, 1e-30, 1.17549435e-38, 1e-45, 3.4028235e38, -0.5, 16777217, 0.30000001192];
    const values = Float32Array.from({ length: 3000 }, (_, i) =>
      i < awkward.length ? (awkward[i] ?? 0) : Math.sin(i * 12.9898) * 10 ** ((i % 60) - 30),
    );
    const part = {
      name: 'test',
      modalities: ['left'],
      features: matrix(1000, 3, values),
      labels: Int32Array.from({ length: 1000 }, (_, i) => (i % 3) - 1),
      classes: ['a "quoted", name', 'b'],
      ids: Array.from({ length: 1000 }, (_, i) => (i === 0 ? 'one,two' : `clip ${i}`)),
    };
    const path = join(temporaryDirectory(), 'deep', 'test.csv');
    const written = writeFeatureCsv(path, part);
    const text = readFileSync(path, 'utf8');
    expect(written).toEqual({ file: path, bytes: Buffer.byteLength(text) });
    const lines = text.trimEnd().split('\n');
    expect(lines.slice(0, 2).map((line) => line.split(',').slice(0, 5).join(','))).toEqual([
      'id,label,class,f0,f1',
      `"one,two",-1,,${values[0]?.toPrecision(1)}`,
    ]);
    expect(lines[2]).toMatch(/^clip 1,0,"a ""quoted"", name",/);
    expect(lines[3]).toMatch(/^clip 2,1,b,/);
    const read = lines.slice(1).flatMap((line) => line.split(',').slice(-3).map(Number));
    expect(Float32Array.from(read)).toEqual(values);
    expect(Object.keys(filesBelow(join(path, '..')))).toEqual(['test.csv']);
  });

  it('hold no formula for a spreadsheet', () => {
    const part = {
      name: 'test',
      modalities: [],
      features: matrix(1, 1, new Float32Array([-0.5])),
      labels: new Int32Array(1),
      classes: ['@sum(a1)'],
      ids: ['=1+1\u001b'],
    };
    const path = join(temporaryDirectory(), 'a.csv');
    writeFeatureCsv(path, part);
    expect(readFileSync(path, 'utf8').split('\n')[1]).toBe("'=1+1\\x1b,0,'@sum(a1),-0.5");
  });

  it('say so where they cannot be written, and leave nothing', () => {
    const directory = temporaryDirectory();
    const part = {
      name: 'test',
      modalities: [],
      features: matrix(0, 0),
      labels: new Int32Array(0),
      classes: [],
      ids: [],
    };
    writeFeatureCsv(join(directory, 'a'), part);
    expect(() => writeFeatureCsv(join(directory, 'a', 'b.csv'), part)).toThrow(/b\.csv cannot be/);
    expect(Object.keys(filesBelow(directory))).toEqual(['a']);
  });
});

it('weights keep their numbers and say where they come from', () => {
  const path = join(temporaryDirectory(), 'left.safetensors');
  const data = new Float32Array([1, -2.5, 3, 4, 5, 6]);
  writeWeights(
    path,
    { tensors: { weights: { shape: [2, 3], data } }, json: null },
    {
      format: 1,
      hash: 'f'.repeat(64),
      kind: 'rbm',
      version: 2,
      label: 'rbm left, seed 1',
      parameters: { seed: 1 },
      inputs: {},
      engine: { name: 'cpu', description: '', versions: {} },
      seconds: 1,
      created: '2026-01-02T03:04:05.000Z',
      files: {},
    },
  );
  const { tensors, metadata } = readSafetensors(readFileSync(path), path);
  expect(tensors.weights).toEqual({ shape: [2, 3], data });
  expect(metadata).toMatchObject({
    stage: 'f'.repeat(64),
    label: 'rbm left, seed 1',
    parameters: '{"seed":1}',
  });
});

it('arrays are read back as they were', () => {
  const path = join(temporaryDirectory(), 'labels.npy');
  const array = { shape: [2, 2], data: Int32Array.of(1, -1, 2, 3) };
  expect(writeNpy(path, array).sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(readNpy(path)).toEqual(array);
});
