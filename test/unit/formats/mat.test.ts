import { describe, expect, it } from 'vitest';
import { encodeMat, type MatMatrix, parseMat, readMat } from '../../../src/formats/mat.js';
import { edited, expectSentence, goldenBytes, goldenContent, goldenFile } from './golden.js';

type Content = Record<string, { rows: number; columns: number; data: number[] }>;

const plain = (variables: Record<string, MatMatrix>): Content =>
  Object.fromEntries(
    Object.entries(variables).map(([name, { rows, columns, data }]) => [
      name,
      { rows, columns, data: Array.from(data) },
    ]),
  );

const lips = {
  vid: { rows: 12, columns: 2, data: Uint8Array.from({ length: 24 }, (_, i) => i * 9) },
  siz: { rows: 1, columns: 3, data: Float64Array.of(3, 4, 2) },
};
const good = encodeMat(lips);
const [typeAt, rowsAt, columnsAt, imaginaryAt, nameAt] = [0, 4, 8, 12, 16];

describe('MATLAB level 4', () => {
  it.each(['lips-v4.mat', 'types-v4.mat'])('reads %s, written by scipy', (name) => {
    expect(plain(readMat(goldenFile(name)))).toEqual(goldenContent<Content>(name));
  });

  it('gives every variable its own number type', () => {
    const types = Object.entries(readMat(goldenFile('types-v4.mat'))).map(([name, { data }]) => [
      name,
      data.constructor.name,
    ]);
    expect(Object.fromEntries(types)).toEqual({
      d: 'Float64Array',
      f: 'Float32Array',
      i: 'Int32Array',
      s: 'Int16Array',
      u: 'Uint16Array',
      b: 'Uint8Array',
    });
  });

  it('writes the bytes scipy writes', () => {
    for (const name of ['lips-v4.mat', 'types-v4.mat']) {
      expect(encodeMat(readMat(goldenFile(name)))).toEqual(goldenBytes(name));
    }
  });

  it('reads what it writes in either byte order', () => {
    const variables = readMat(goldenFile('types-v4.mat'));
    const big = encodeMat(variables, { littleEndian: false });
    expect(big).not.toEqual(encodeMat(variables));
    expect(parseMat(big, 'x')).toEqual(variables);
    expect(new DataView(big.buffer).getInt32(0, false)).toBe(1000);
    expect(parseMat(encodeMat({ empty: { rows: 0, columns: 7, data: new Uint8Array(0) } }), 'x')).toEqual({
      empty: { rows: 0, columns: 7, data: new Uint8Array(0) },
    });
  });

  it.each([
    ['text-v4.mat', '"title" is text'],
    ['sparse-v4.mat', '"eye" is a sparse matrix'],
    ['complex-v4.mat', '"z" is complex'],
  ])('refuses %s', (name, part) => {
    expectSentence(() => readMat(goldenFile(name)), name, part);
  });

  it('names later formats and says how to save as level 4', () => {
    const error = expectSentence(
      () => readMat(goldenFile('level5.mat')),
      'level5.mat',
      'MATLAB 5.0 MAT-file',
    );
    expect(error.hint).toContain('save -v4');
    const hdf5 = Buffer.from('MATLAB 7.3 MAT-file, Platform: GLNXA64'.padEnd(128));
    expect(expectSentence(() => parseMat(hdf5, 'a.mat'), 'a.mat', 'MATLAB 7.3').hint).toContain('-v4');
  });

  it('says where a file is cut, wherever that is', () => {
    const firstEnd = 20 + 4 + 24;
    for (let length = 0; length < good.length; length++) {
      const cut = () => parseMat(good.subarray(0, length), 'a.mat');
      if (length === firstEnd) expect(Object.keys(cut())).toEqual(['vid']);
      else expectSentence(cut, 'a.mat', length === 0 ? 'empty' : /ends inside|bytes of data, but only/);
    }
  });

  const one = good.subarray(0, 48);
  it.each([
    [
      'another magic',
      edited(one, (v) => v.setInt32(typeAt, 0x504b0304)),
      'no variable of level 4 begins at byte 0',
    ],
    ['a VAX file', edited(one, (v) => v.setInt32(typeAt, 2000, true)), 'VAX D-float'],
    ['an unknown number type', edited(one, (v) => v.setInt32(typeAt, 60, true)), 'no variable of level 4'],
    [
      'a contradictory byte order',
      edited(one, (v) => v.setInt32(typeAt, 1050, true)),
      'its bytes were swapped',
    ],
    ['absurd sizes', edited(one, (v) => v.setInt32(columnsAt, 0x7fffffff, true)), '12 x 2147483647 = '],
    [
      'twice absurd sizes',
      edited(one, (v) => {
        v.setInt32(rowsAt, 0x7fffffff, true);
        v.setInt32(columnsAt, 0x7fffffff, true);
      }),
      'but only 24 follow',
    ],
    ['a negative size', edited(one, (v) => v.setInt32(rowsAt, -1, true)), 'impossible size -1 x 2'],
    ['a complex flag', edited(one, (v) => v.setInt32(imaginaryAt, 1, true)), 'is complex'],
    ['an endless name', edited(one, (v) => v.setInt32(nameAt, 1 << 30, true)), 'a name of 1073741824 bytes'],
    ['no name', edited(one, (v) => v.setInt32(nameAt, 0, true)), 'a name of 0 bytes'],
    ['a name of other characters', edited(one, (v) => v.setUint8(20, 0x2e)), 'impossible name'],
    ['a name without its end', edited(one, (v) => v.setUint8(23, 0x41)), 'impossible name'],
    ['a name repeated', Buffer.concat([one, one]), '"vid" twice'],
    ['stray bytes', Buffer.concat([one, Buffer.alloc(5)]), 'header at byte 48, after 5 bytes'],
  ])('says what is wrong with %s', (_, bytes, part) => {
    expectSentence(() => parseMat(bytes, 'a.mat'), 'a.mat', part);
  });

  it('names double matrices whose header has its bytes swapped', () => {
    const swapped = edited(encodeMat({ siz: lips.siz }), (view) => {
      for (const at of [typeAt, rowsAt, columnsAt, imaginaryAt, nameAt]) {
        view.setInt32(at, view.getInt32(at, true), false);
      }
    });
    expectSentence(() => parseMat(swapped, 'a.mat'), 'a.mat', 'as if its bytes were swapped');
  });

  it('writes only what it could read', () => {
    const data = Uint8Array.of(1);
    expectSentence(() => encodeMat({ '2x': { rows: 1, columns: 1, data } }), '2x', 'name is impossible');
    expectSentence(() => encodeMat({ x: { rows: 1, columns: 2, data } }), '"x"', '1 x 2 does not match');
  });

  it('names a missing file and a folder', () => {
    expectSentence(() => readMat('/nowhere/a.mat'), '/nowhere/a.mat', 'it does not exist');
    expectSentence(() => readMat(import.meta.dirname), import.meta.dirname, 'it is a directory');
  });
});
