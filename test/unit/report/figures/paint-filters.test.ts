import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { matrix, matrixFromRows } from '../../../../src/matrix.js';
import type { Filter } from '../../../../src/pipeline/inspect/filters.js';
import { diverging, grey } from '../../../../src/report/figures/canvas.js';
import { paintFilters } from '../../../../src/report/figures/paint-filters.js';

function read(bytes: Uint8Array) {
  const { width, height, data } = PNG.sync.read(Buffer.from(bytes));
  return {
    width,
    height,
    at: (x: number, y: number) => [...data.subarray(4 * (y * width + x)).subarray(0, 3)],
  };
}

const picture = matrixFromRows([
  [2, 0],
  [0, -4],
]);
const small = (unit: number): Filter => ({
  unit,
  norm: 1,
  parts: [{ modality: 'left', kind: 'picture', frames: [picture] }],
});

describe('a sheet of filters', () => {
  it('doubles the pixels of plain pictures, on a scale of its own around mid grey', () => {
    const { width, height, at } = read(paintFilters({ units: [small(0)] }));
    expect([width, height]).toEqual([4 + 12, 4 + 12]);
    expect([at(6, 6), at(7, 7), at(8, 6), at(9, 9)]).toEqual([
      [...grey(0.5)],
      [...grey(0.5)],
      [...grey(0)],
      [...grey(-1)],
    ]);
  });

  it('fills rows from the left', () => {
    const many = read(paintFilters({ units: Array.from({ length: 64 }, (_, unit) => small(unit)) }));
    // 63 tiles of 4 pixels and 6 between fit into 640.
    expect([many.width, many.height]).toEqual([6 + 63 * 10, 6 + 2 * 10]);
    expect(many.at(6, 16)).toEqual([...grey(0.5)]);
    expect(many.at(16, 16)).toEqual([255, 255, 255]);
  });

  it('puts sound beside pictures, frequency upwards, each on its own scale', () => {
    const unit: Filter = {
      unit: 0,
      norm: 1,
      parts: [
        { modality: 'audio', kind: 'spectrogram', frames: [matrixFromRows([[8], [-4]])] },
        { modality: 'video', kind: 'picture', frames: [picture, matrix(2, 2)] },
      ],
    };
    const { width, at } = read(paintFilters({ units: [unit] }));
    expect(width).toBe(12 + 40 + 2 + 40 + 2 + 40);
    // The lowest frequency, of the largest weight, is at the bottom.
    expect(at(6, 6 + 39)).toEqual([...diverging(1)]);
    expect(at(6, 6)).toEqual([...diverging(-0.5)]);
    expect(at(6 + 42, 6)).toEqual([...grey(0.5)]);
    expect(at(6 + 84, 6)).toEqual([...grey(0)]);
  });

  it('is drawn where all weights are zero, and where there are no units', () => {
    const blank: Filter = {
      unit: 0,
      norm: 0,
      parts: [{ modality: 'left', kind: 'picture', frames: [matrix(2, 2)] }],
    };
    expect(read(paintFilters({ units: [blank] })).at(6, 6)).toEqual([...grey(0)]);
    expect(read(paintFilters({ units: [] })).width).toBeGreaterThan(0);
  });
});

it('large pictures are made smaller, small ones are doubled', () => {
  const sheet = (rows: number, columns: number) => {
    const parts = [{ modality: 'photo', kind: 'picture' as const, frames: [matrix(rows, columns)] }];
    const { width, height } = PNG.sync.read(
      Buffer.from(paintFilters({ units: [{ unit: 0, norm: 1, parts }] })),
    );
    return [width - 12, height - 12];
  };
  expect(sheet(28, 14)).toEqual([28, 56]);
  expect(sheet(1024, 512)).toEqual([64, 128]);
  expect(sheet(1, 1_000_000)).toEqual([128, 1]);
});
