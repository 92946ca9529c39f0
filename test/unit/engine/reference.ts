import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { gaussians, uniforms } from '../../../src/engine/noise.js';

/** Row-major matrix of doubles for computing expected values in plain loops. */
export class Matrix {
  constructor(
    readonly rows: number,
    readonly columns: number,
    readonly values: Float64Array = new Float64Array(rows * columns),
  ) {}

  static gaussian(rows: number, columns: number, step: number): Matrix {
    const values = gaussians({ seed: 11, purpose: 'test/matrix', step }, rows * columns);
    return new Matrix(rows, columns, Float64Array.from(values));
  }

  static uniform(rows: number, columns: number, step: number): Matrix {
    const values = uniforms({ seed: 11, purpose: 'test/uniform', step }, rows * columns);
    return new Matrix(rows, columns, Float64Array.from(values));
  }

  at(row: number, column: number): number {
    const value = this.values[row * this.columns + column];
    if (value === undefined || column >= this.columns) throw new RangeError(`(${row}, ${column})`);
    return value;
  }

  map(change: (value: number, index: number) => number): Matrix {
    return new Matrix(this.rows, this.columns, this.values.map(change));
  }

  zip(other: Matrix, combine: (a: number, b: number) => number): Matrix {
    return this.map((value, i) => combine(value, other.values[i] ?? Number.NaN));
  }

  transpose(): Matrix {
    const out = new Matrix(this.columns, this.rows);
    for (let r = 0; r < this.rows; r++) {
      for (let c = 0; c < this.columns; c++) out.values[c * this.rows + r] = this.at(r, c);
    }
    return out;
  }

  times(other: Matrix): Matrix {
    const out = new Matrix(this.rows, other.columns);
    for (let i = 0; i < this.rows; i++) {
      for (let j = 0; j < other.columns; j++) {
        let sum = 0;
        for (let p = 0; p < this.columns; p++) sum += this.at(i, p) * other.at(p, j);
        out.values[i * other.columns + j] = sum;
      }
    }
    return out;
  }

  columnSums(): Matrix {
    const out = new Matrix(1, this.columns);
    for (let r = 0; r < this.rows; r++) {
      for (let c = 0; c < this.columns; c++) out.values[c] = (out.values[c] ?? 0) + this.at(r, c);
    }
    return out;
  }

  tensor(): tf.Tensor2D {
    return tf.tensor2d(Float32Array.from(this.values), [this.rows, this.columns]);
  }

  vector(): tf.Tensor1D {
    return tf.tensor1d(Float32Array.from(this.values));
  }
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Same shape, and every entry within `tolerance` · max(1, |expected|). */
export function expectClose(actual: tf.Tensor, expected: Matrix, tolerance = 1e-5): void {
  const shape = actual.rank === 1 ? [expected.columns] : [expected.rows, expected.columns];
  expect(actual.shape).toEqual(shape);
  let worst = 0;
  actual.dataSync().forEach((value, i) => {
    const target = expected.values[i] ?? Number.NaN;
    const error = Math.abs(value - target) / Math.max(1, Math.abs(target));
    if (!(error <= worst)) worst = error;
  });
  expect(worst).toBeLessThanOrEqual(tolerance);
}
