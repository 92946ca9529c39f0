import { describe, expect, it } from 'vitest';
import {
  concatColumns,
  concatRows,
  gatherRows,
  matrix,
  matrixFromRows,
  rowSource,
  sliceColumns,
  sliceRows,
  sourceOf,
} from '../../src/matrix.js';

const a = matrixFromRows([
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 9],
]);

describe('matrix', () => {
  it('rows are viewed or gathered, columns copied', () => {
    expect(sliceRows(a, 1, 2)).toEqual(matrixFromRows([[4, 5, 6]]));
    expect(sliceRows(a, 1).data.buffer).toBe(a.data.buffer);
    expect(gatherRows(a, [2, 0, 2])).toEqual(
      matrixFromRows([
        [7, 8, 9],
        [1, 2, 3],
        [7, 8, 9],
      ]),
    );
    expect(sliceColumns(a, 1, 3)).toEqual(
      matrixFromRows([
        [2, 3],
        [5, 6],
        [8, 9],
      ]),
    );
    expect(sourceOf(a).readRows(0, 2)).toEqual(sliceRows(a, 0, 2));
  });

  it('rows are copied to where they are wanted', () => {
    const out = new Float32Array(5);
    rowSource(rowSource(a)).copyRow(1, out, 1);
    expect([...out]).toEqual([0, 4, 5, 6, 0]);
    expect(() => rowSource(a).copyRow(3, out, 0)).toThrow(/row 3 of a 3 x 3 matrix/);
  });

  it('parts put together again are the whole', () => {
    expect(concatRows([sliceRows(a, 0, 1), sliceRows(a, 1)])).toEqual(a);
    expect(concatColumns([sliceColumns(a, 0, 2), sliceColumns(a, 2)])).toEqual(a);
  });

  it('shapes that do not fit are refused with their sizes', () => {
    expect(() => matrix(2, 2, new Float32Array(3))).toThrow(/2 x 2 matrix needs 4 numbers, got 3/);
    expect(() => matrixFromRows([[1], [1, 2]])).toThrow(/row 1 has 2 numbers, row 0 has 1/);
    expect(() => concatRows([a, matrix(1, 2)])).toThrow(/3 and 2 columns/);
    expect(() => concatColumns([a, matrix(1, 2)])).toThrow(/3 and 1 rows/);
    expect(() => gatherRows(a, [3])).toThrow(/row 3 of a 3 x 3 matrix/);
    expect(() => sliceRows(a, 2, 4)).toThrow(/rows 2 to 4/);
    expect(() => sliceColumns(a, -1)).toThrow(/columns -1 to 3/);
  });
});
