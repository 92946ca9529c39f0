import { describe, expect, it } from 'vitest';
import type { Part } from '../../../src/corpora/corpus.js';
import { heldOutRows, withHeldOut } from '../../../src/corpora/held-out.js';
import { errorOf } from '../../support/errors.js';

const rowsOf = (count: number, groups: number[] | undefined, heldOut: number): number[][] => {
  const rows = heldOutRows(count, groups && Int32Array.from(groups), heldOut);
  return [[...rows.train], [...rows.heldOut]];
};

describe('rows that are held out', () => {
  it('are the last ones where there are no groups', () => {
    expect(rowsOf(5, undefined, 2)).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
  });

  it('are whole groups, those that were met last', () => {
    expect(rowsOf(8, [0, 1, 2, 3, 0, 1, 2, 3], 4)).toEqual([
      [0, 1, 4, 5],
      [2, 3, 6, 7],
    ]);
  });

  it('share no group with what is learnt from where groups do not come out even', () => {
    expect(rowsOf(7, [0, 1, 2, 0, 1, 2, 2], 4)).toEqual([
      [0, 3],
      [2, 4, 5, 6],
    ]);
  });

  it('leave something to learn from, or are refused', () => {
    const error = errorOf(() => heldOutRows(4, Int32Array.of(0, 1, 0, 1), 3));
    expect(error).toMatchObject({ code: 'corpora/too-few', exitCode: 2 });
    expect(error.hint).toMatch(/train-folds/);
  });

  it('take inputs, labels and groups with them', () => {
    const train: Part = {
      count: 4,
      inputs: { a: { rows: 4, columns: 1, data: Float32Array.of(10, 11, 12, 13) } },
      labels: Int32Array.of(0, 1, 2, 3),
      groups: Int32Array.of(5, 6, 5, 6),
    };
    const data = withHeldOut(train, 2);
    const shown = ({ count, inputs, labels, groups }: Part) => [
      ...[count, [...(inputs.a?.data ?? [])], [...labels], [...(groups ?? [])]],
    ];
    expect(shown(data.train)).toEqual([2, [10, 12], [0, 2], [5, 5]]);
    expect(shown(data.test)).toEqual([2, [11, 13], [1, 3], [6, 6]]);
  });
});
