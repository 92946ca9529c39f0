import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { gaussians } from '../../../src/engine/noise.js';
import { CovarianceStream } from '../../../src/frontend/covariance.js';
import { type Matrix, matrix, matrixFromRows, sliceRows } from '../../../src/matrix.js';
import {
  activationChanges,
  driveVariances,
  type ModalityBlock,
  squaredNorms,
  unimodality,
} from '../../../src/models/unimodality.js';
import { errorOf } from '../../support/errors.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function normal(rows: number, columns: number, purpose: string): Matrix {
  return matrix(rows, columns, gaussians({ seed: 11, purpose, step: 0 }, rows * columns));
}

/** Correlated columns with means far from zero, of unequal spread. */
function samples(rows: number, columns: number, purpose: string): Matrix {
  const source = normal(rows, columns, purpose);
  const result = matrix(rows, columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const own = source.data[row * columns + column] ?? 0;
      const neighbour = source.data[row * columns + ((column + 1) % columns)] ?? 0;
      result.data[row * columns + column] = 5 + (1 + column / 4) * (own + 0.6 * neighbour);
    }
  }
  return result;
}

function covarianceOf(values: Matrix, chunk: number): Matrix {
  const stream = new CovarianceStream(values.columns);
  for (let from = 0; from < values.rows; from += chunk) {
    stream.push(sliceRows(values, from, Math.min(values.rows, from + chunk)));
  }
  return matrix(values.columns, values.columns, Float32Array.from(stream.finish().values));
}

/** Variance over the samples of w · v, computed from the drives themselves. */
function driveVariance(values: Matrix, weights: Matrix, unit: number): number {
  const drives = Array.from({ length: values.rows }, (_, row) => {
    let drive = 0;
    for (let i = 0; i < values.columns; i++) {
      drive += (values.data[row * values.columns + i] ?? 0) * (weights.data[i * weights.columns + unit] ?? 0);
    }
    return drive;
  });
  const mean = drives.reduce((sum, drive) => sum + drive, 0) / drives.length;
  return drives.reduce((sum, drive) => sum + (drive - mean) ** 2, 0) / (drives.length - 1);
}

const identity = (n: number): Matrix => {
  const result = matrix(n, n);
  for (let i = 0; i < n; i++) result.data[i * n + i] = 1;
  return result;
};

const byVariance = (blocks: readonly ModalityBlock[]) => unimodality(blocks.map(driveVariances));

describe('unimodality', () => {
  it('agrees with the variances of the drives over the samples', () => {
    const units = 515; // more than one block of units
    const audio = samples(700, 7, 'audio');
    const video = samples(700, 5, 'video');
    const audioWeights = normal(7, units, 'audio weights');
    const videoWeights = normal(5, units, 'video weights');
    const { shares, unimodal, histogram, silent } = byVariance([
      { weights: audioWeights, covariance: covarianceOf(audio, 90) },
      { weights: videoWeights, covariance: covarianceOf(video, 90) },
    ]);
    const expected = Array.from({ length: units }, (_, unit) => {
      const a = driveVariance(audio, audioWeights, unit);
      const v = driveVariance(video, videoWeights, unit);
      return Math.max(a, v) / (a + v);
    });
    expected.forEach((share, unit) => {
      expect(shares[unit]).toBeCloseTo(share, 4);
    });
    expect(unimodal).toBeCloseTo((100 * expected.filter((share) => share >= 0.9).length) / units, 1);
    expect(unimodal).toBeGreaterThan(5);
    expect(unimodal).toBeLessThan(95);
    expect(histogram).toHaveLength(10);
    expect(histogram.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
    expect(histogram[9]).toBe(expected.filter((share) => share >= 0.9).length);
    expect(histogram[6]).toBe(expected.filter((share) => share >= 0.6 && share < 0.7).length);
    expect(silent).toBe(0);
  });

  it('weighs connections by how much their inputs move, not by their size', () => {
    const weak = matrixFromRows([[0.01]]);
    const [audio, video]: ModalityBlock[] = [
      { weights: matrixFromRows([[10]]), covariance: weak },
      { weights: matrixFromRows([[1]]), covariance: identity(1) },
    ];
    if (audio === undefined || video === undefined) throw new Error('two blocks');
    // 10² × 0.01 = 1² × 1: equal shares, though the weights differ by ten.
    expect(byVariance([audio, video]).shares[0]).toBeCloseTo(0.5, 6);
  });

  it('calls a unit unimodal from a share of exactly 0.9, and leaves silent ones out', () => {
    // Shares 0.9 (9 : 1), 0.8 (4 : 1), 1 (one modality only) and none at all.
    const { shares, unimodal, histogram, silent } = byVariance([
      { weights: matrixFromRows([[3, 2, 0, 0]]), covariance: identity(1) },
      { weights: matrixFromRows([[1, 1, 2, 0]]), covariance: identity(1) },
    ]);
    expect([...shares]).toEqual([0.9, 0.8, 1, Number.NaN]);
    expect(unimodal).toBeCloseTo(200 / 3, 10);
    expect(histogram).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
    expect(silent).toBe(1);
  });

  it('takes three modalities', () => {
    const block = { weights: matrixFromRows([[1, 5]]), covariance: identity(1) };
    const other = { weights: matrixFromRows([[1, 1]]), covariance: identity(1) };
    const { shares } = byVariance([block, other, other]);
    expect(shares[0]).toBeCloseTo(1 / 3, 10);
    expect(shares[1]).toBeCloseTo(25 / 27, 10);
  });

  it('by weights goes by their squares alone', () => {
    const [audio, video] = [
      matrixFromRows([
        [3, 1, 0],
        [4, 1, 0],
      ]),
      matrixFromRows([[0, 1, 2]]),
    ];
    expect([...squaredNorms(audio)]).toEqual([25, 2, 0]);
    const { shares, unimodal } = unimodality([squaredNorms(audio), squaredNorms(video)]);
    expect(shares[0]).toBe(1);
    expect(shares[1]).toBeCloseTo(2 / 3, 10);
    expect(unimodal).toBeCloseTo(200 / 3, 10);
  });

  it('by activation goes by the mean change, whichever way it goes', () => {
    const whole = matrixFromRows([
      [0.5, 1],
      [0.5, 0],
    ]);
    const withheld = matrixFromRows([
      [0.75, 1],
      [0, 0.5],
    ]);
    expect([...activationChanges(whole, withheld)]).toEqual([0.375, 0.25]);
  });

  it('says what does not fit', () => {
    const block = (rows: number, units: number, inputs = rows): ModalityBlock => ({
      weights: normal(rows, units, 'w'),
      covariance: identity(inputs),
    });
    expect(errorOf(() => byVariance([block(3, 2)])).message).toMatch(/at least two modalities/);
    expect(errorOf(() => byVariance([block(3, 2), block(3, 4)])).message).toMatch(/drives 4 hidden units/);
    expect(errorOf(() => byVariance([block(3, 2), block(3, 2, 4)])).message).toMatch(/4 x 4 covariance/);
    const zero = { weights: matrix(2, 3), covariance: identity(2) };
    expect(errorOf(() => byVariance([zero, zero])).message).toMatch(/none of the 3 hidden units/);
    const diverged = { weights: matrixFromRows([[Number.NaN, 1]]), covariance: identity(1) };
    expect(errorOf(() => byVariance([diverged, diverged])).message).toMatch(/unit 0 has no finite variance/);
    expect(errorOf(() => activationChanges(matrix(2, 3), matrix(2, 4))).message).toMatch(/2 x 3 .* 2 x 4/);
  });
});
