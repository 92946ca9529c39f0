import { describe, expect, it } from 'vitest';
import { gaussians } from '../../../src/engine/noise.js';
import { applyStandardisation, fitStandardisation } from '../../../src/evaluation/standardise.js';
import { matrix, matrixFromRows } from '../../../src/matrix.js';

describe('standardise', () => {
  it('the examples it was fitted on get mean 0 and standard deviation 1', () => {
    const data = gaussians({ seed: 1, purpose: 'test', step: 0 }, 600).map(
      (value, i) => value * (1 + (i % 3)) + 100 * (i % 3),
    );
    const x = matrix(200, 3, data);
    const scaled = applyStandardisation(fitStandardisation(x), x);
    for (let j = 0; j < 3; j++) {
      const column = Array.from(scaled.data).filter((_, i) => i % 3 === j);
      const mean = column.reduce((a, b) => a + b, 0) / 200;
      expect(mean).toBeCloseTo(0, 5);
      expect(column.reduce((a, b) => a + (b - mean) ** 2, 0) / 200).toBeCloseTo(1, 5);
    }
  });

  it('other examples are mapped by what was fitted', () => {
    const scaling = fitStandardisation(matrixFromRows([[1], [3]]));
    expect([...applyStandardisation(scaling, matrixFromRows([[2], [7]])).data]).toEqual([0, 5]);
  });

  it('a constant feature becomes zero, elsewhere its distance from the constant', () => {
    const scaling = fitStandardisation(
      matrixFromRows([
        [0.1, 1e6],
        [0.1, 1e6],
        [0.1, 1e6],
      ]),
    );
    expect([...applyStandardisation(scaling, matrixFromRows([[0.1, 1e6 + 3]])).data]).toEqual([0, 3]);
  });

  it('no examples, or other features, are refused', () => {
    expect(() => fitStandardisation(matrix(0, 3))).toThrow(/no examples/);
    expect(() => applyStandardisation(fitStandardisation(matrix(2, 3)), matrix(2, 4))).toThrow(
      /3 features, got 4/,
    );
  });
});
