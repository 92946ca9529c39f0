import { describe, expect, it } from 'vitest';
import { gaussians } from '../../../src/engine/noise.js';
import { type Matrix, matrix, matrixFromRows } from '../../../src/matrix.js';
import { type DeepWeights, receptiveFields, strongestUnits } from '../../../src/models/connections.js';

/** Two modalities of 3 and 2 inputs, 2 and 3 first-layer units, and three joint units. */
const small: DeepWeights = {
  first: [
    matrixFromRows([
      [1, 0],
      [0, 2],
      [1, 1],
    ]),
    matrixFromRows([
      [1, 2, 3],
      [10, 20, 30],
    ]),
  ],
  joint: matrixFromRows([
    [3, 1, 0],
    [4, 0, 0],
    [0, 2, 6],
    [0, -3, 8],
    [0, 6, 0],
  ]),
};

function noise(purpose: string, rows: number, columns: number): Matrix {
  return matrix(rows, columns, gaussians({ seed: 3, purpose: `test/${purpose}`, step: 0 }, rows * columns));
}

const random: DeepWeights = {
  first: [noise('a', 7, 5), noise('b', 4, 6)],
  joint: noise('joint', 11, 9),
};

describe('the strongest units', () => {
  it('are those connected to both modalities, by the geometric mean of the norms', () => {
    expect(strongestUnits(small, 3)).toEqual([
      { unit: 1, norms: [1, 7], strength: Math.sqrt(7) },
      // The strongest weights of all, but of one modality: nothing bimodal.
      { unit: 0, norms: [5, 0], strength: 0 },
      { unit: 2, norms: [0, 10], strength: 0 },
    ]);
  });

  it('stay the same when all weights to one modality grow', () => {
    const grown = { ...random, joint: { ...random.joint, data: random.joint.data.slice() } };
    for (let i = 0; i < 5 * 9; i++) (grown.joint.data[i] as number) *= 40;
    const order = (weights: DeepWeights): readonly number[] =>
      strongestUnits(weights, 9).map(({ unit }) => unit);
    expect(order(grown)).toEqual(order(random));
    expect(new Set(order(random)).size).toBe(9);
  });

  it('are as many as asked for, or as there are', () => {
    expect(strongestUnits(random, 4)).toEqual(strongestUnits(random, 100).slice(0, 4));
    expect(strongestUnits(random, 100)).toHaveLength(9);
  });
});

describe('a receptive field', () => {
  it('of all features is the product of the two layers', () => {
    for (const [modality, offset] of [
      [0, 0],
      [1, 5],
    ] as const) {
      const features = random.first[modality] as Matrix;
      const fields = receptiveFields(random, modality, [8, 2], 100);
      for (const [index, unit] of [8, 2].entries()) {
        for (let row = 0; row < features.rows; row++) {
          let expected = 0;
          for (let j = 0; j < features.columns; j++) {
            expected +=
              (features.data[row * features.columns + j] ?? 0) *
              (random.joint.data[(offset + j) * 9 + unit] ?? 0);
          }
          expect(fields.data[index * features.rows + row]).toBeCloseTo(expected, 5);
        }
      }
    }
  });

  it('sums the features with the largest connections, inhibiting ones as their negative', () => {
    const fields = (strongest: number): readonly number[] => [
      ...receptiveFields(small, 1, [1], strongest).data,
    ];
    expect(fields(1)).toEqual([6 * 3, 6 * 30]);
    expect(fields(2)).toEqual([6 * 3 - 3 * 2, 6 * 30 - 3 * 20]);
    expect(fields(3)).toEqual([6 * 3 - 3 * 2 + 2 * 1, 6 * 30 - 3 * 20 + 2 * 10]);
    expect([...receptiveFields(small, 0, [0, 2], 1).data]).toEqual([0, 8, 4, 0, 0, 0]);
  });

  it('takes the first of equal connections', () => {
    const equal = { first: [matrixFromRows([[1, 2]])], joint: matrixFromRows([[-5], [5]]) };
    expect([...receptiveFields(equal, 0, [0], 1).data]).toEqual([-5]);
  });
});

describe('layers that do not fit together', () => {
  it('are refused in one sentence', () => {
    const lacking = { ...small, first: small.first.slice(0, 1) };
    expect(() => strongestUnits(lacking, 1)).toThrow(
      'first layers of 2 units do not fit joint weights of 5 rows',
    );
    expect(() => receptiveFields(lacking, 0, [0], 1)).toThrow('do not fit');
    expect(() => receptiveFields(small, 2, [0], 1)).toThrow('modality 2 of 2 does not exist');
    expect(() => receptiveFields(small, 0, [3], 1)).toThrow('joint unit 3 of 3 does not exist');
  });
});
