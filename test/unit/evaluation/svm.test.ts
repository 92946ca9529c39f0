import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { gaussians } from '../../../src/engine/noise.js';
import { decision, fitLinearSvm, type LinearSvm, predict } from '../../../src/evaluation/svm/index.js';
import { type Matrix, matrix, sliceRows } from '../../../src/matrix.js';

interface Reference {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
  readonly c: number;
  readonly scaled_features: readonly number[];
  readonly labels: readonly number[];
  readonly coef: readonly (readonly number[])[];
  readonly intercept: readonly number[];
  readonly correct: number;
  readonly decision: readonly number[] | readonly (readonly number[])[];
}

const references = (
  JSON.parse(readFileSync(new URL('../../golden/svm/linear-svc.json', import.meta.url), 'utf8')) as {
    problems: Reference[];
  }
).problems;

/** Gaussian clouds around class means; features of different scale, so that the problem is not round. */
function clouds(rows: number, columns: number, classes: number, seed = 1): { x: Matrix; labels: Int32Array } {
  const noise = gaussians({ seed, purpose: 'test/noise', step: 0 }, rows * columns);
  const means = gaussians({ seed, purpose: 'test/means', step: 0 }, classes * columns);
  const labels = Int32Array.from({ length: rows }, (_, row) => (row * 7 + Math.floor(row / 5)) % classes);
  const data = noise.map((value, i) => {
    const [row, j] = [Math.floor(i / columns), i % columns];
    return (value + 0.7 * (means[(labels[row] ?? 0) * columns + j] ?? 0)) / (1 + (j % 4)) + 0.5;
  });
  return { x: matrix(rows, columns, data), labels };
}

function weightsOf(svm: LinearSvm, label: number): number[] {
  return [...svm.weights.subarray(label * svm.columns, (label + 1) * svm.columns), svm.bias[label] ?? 0];
}

/** ‖∇f(w)‖ and ‖∇f(0)‖ of one class against the rest, in double precision, without the solver's code. */
function gradientNorms(
  x: Matrix,
  labels: Int32Array,
  label: number,
  c: number,
  w: number[],
): [number, number] {
  const d = x.columns;
  const norm = (weights: number[]): number => {
    const gradient = weights.slice();
    labels.forEach((other, row) => {
      const y = other === label ? 1 : -1;
      const example = [...x.data.subarray(row * d, (row + 1) * d), 1];
      const margin = 1 - y * example.reduce((sum, value, j) => sum + value * (weights[j] ?? 0), 0);
      if (margin <= 0) return;
      example.forEach((value, j) => {
        gradient[j] = (gradient[j] ?? 0) - 2 * c * margin * y * value;
      });
    });
    return Math.hypot(...gradient);
  };
  return [norm(w), norm(w.map(() => 0))];
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe.each(references)('scikit-learn LinearSVC: $name', (reference) => {
  const { rows, columns, classes, c } = reference;
  const x = matrix(
    rows,
    columns,
    Float32Array.from(reference.scaled_features, (value) => value / 64),
  );
  const labels = Int32Array.from(reference.labels);
  // scikit-learn keeps one row for two classes, that of the second.
  const first = classes === 2 ? 1 : 0;

  it.each(['primal', 'dual'] as const)('%s: same weights, decision values and errors', (solver) => {
    const svm = fitLinearSvm(x, labels, { c, classes, tolerance: 1e-7, solver, maxIterations: 100_000 });
    expect(svm.converged).toBe(true);
    reference.coef.forEach((row, index) => {
      const expected = [...row, reference.intercept[index] ?? 0];
      const scale = Math.max(...expected.map(Math.abs));
      expect(largestDifference(weightsOf(svm, first + index), expected)).toBeLessThan(2e-5 * scale);
    });
    const values = decision(svm, sliceRows(x, 0, 5));
    reference.decision.forEach((expected, row) => {
      const ours = values.data.subarray(row * classes + first, (row + 1) * classes);
      expect(largestDifference(ours, [expected].flat())).toBeLessThan(1e-4);
    });
    const right = predict(svm, x).filter((label, row) => label === labels[row]).length;
    expect(right).toBe(reference.correct);
  });
});

describe('optimality', () => {
  it.each([
    ['primal', 300, 20, 1],
    ['primal', 300, 20, 0.01],
    ['dual', 40, 90, 1],
    ['dual', 40, 90, 100],
  ] as const)('%s, %i x %i, C %f: the gradient of the objective vanishes', (solver, rows, columns, c) => {
    const { x, labels } = clouds(rows, columns, 4);
    const svm = fitLinearSvm(x, labels, { c, classes: 4, tolerance: 1e-6, solver, maxIterations: 100_000 });
    expect(svm.converged).toBe(true);
    for (let label = 0; label < 4; label++) {
      const [here, atZero] = gradientNorms(x, labels, label, c, weightsOf(svm, label));
      expect(here).toBeLessThan(2e-5 * atZero);
    }
  });

  it('meets the default tolerance as defined: tolerance · min(n⁺, n⁻)/n · ‖∇f(0)‖', () => {
    const { x, labels } = clouds(500, 30, 5, 2);
    const svm = fitLinearSvm(x, labels, { c: 0.5, classes: 5 });
    for (let label = 0; label < 5; label++) {
      const positive = labels.filter((other) => other === label).length;
      if (positive === 0) continue;
      const [here, atZero] = gradientNorms(x, labels, label, 0.5, weightsOf(svm, label));
      expect(here).toBeLessThan(((1.01e-3 * positive) / 500) * atZero);
    }
  });

  it.each([
    [60, 200],
    [200, 60],
  ])('primal and dual agree on %i x %i', (rows, columns) => {
    const { x, labels } = clouds(rows, columns, 3, 3);
    const options = { c: 0.3, classes: 3, tolerance: 1e-7, maxIterations: 100_000 };
    const primal = fitLinearSvm(x, labels, { ...options, solver: 'primal' });
    const dual = fitLinearSvm(x, labels, { ...options, solver: 'dual' });
    const scale = Math.max(...primal.weights.map(Math.abs));
    expect(largestDifference(primal.weights, dual.weights)).toBeLessThan(5e-5 * scale);
    expect(largestDifference(primal.bias, dual.bias)).toBeLessThan(5e-5 * scale);
  });

  it.each(['primal', 'dual'] as const)('%s: a warm start from another C ends in the same place', (solver) => {
    const { x, labels } = clouds(120, 100, 3, 4);
    const options = { classes: 3, tolerance: 1e-6, solver };
    const far = fitLinearSvm(x, labels, { ...options, c: 3 });
    const cold = fitLinearSvm(x, labels, { ...options, c: 0.1 });
    const warm = fitLinearSvm(x, labels, { ...options, c: 0.1, warmStart: far });
    expect(largestDifference(cold.weights, warm.weights)).toBeLessThan(
      5e-5 * Math.max(...cold.weights.map(Math.abs)),
    );
  });

  it('a warm start from the solution has nothing left to do', () => {
    const { x, labels } = clouds(120, 100, 3, 4);
    const options = { c: 0.1, classes: 3 };
    for (const [solver, least] of [
      ['primal', 0],
      ['dual', 1],
    ] as const) {
      const cold = fitLinearSvm(x, labels, { ...options, solver, tolerance: 1e-6 });
      expect(cold.iterations).toBeGreaterThan(least + 1);
      expect(fitLinearSvm(x, labels, { ...options, solver, warmStart: cold }).iterations).toBe(least);
    }
  });

  it('correlated features and a large C do not stall the dual', () => {
    // 60 examples in 5 dimensions, spread over 80 features: the Gram matrix has rank 5 of 60.
    const { x: low, labels } = clouds(60, 5, 3, 6);
    const spread = gaussians({ seed: 6, purpose: 'test/spread', step: 0 }, 400);
    const x = matrix(60, 80);
    for (let i = 0; i < x.data.length; i++) {
      const [row, j] = [Math.floor(i / 80), i % 80];
      for (let k = 0; k < 5; k++) {
        x.data[i] = (x.data[i] ?? 0) + (low.data[row * 5 + k] ?? 0) * (spread[k * 80 + j] ?? 0);
      }
    }
    const svm = fitLinearSvm(x, labels, { c: 10, classes: 3, tolerance: 1e-6, maxIterations: 200 });
    expect(svm.converged).toBe(true);
    for (let label = 0; label < 3; label++) {
      const [here, atZero] = gradientNorms(x, labels, label, 10, weightsOf(svm, label));
      // The Gram matrix is in single precision, and its error is multiplied by α up to 2C · margin.
      expect(here).toBeLessThan(1e-3 * atZero);
    }
  });
});

describe('behaviour', () => {
  it('two classes are each the negative of the other', () => {
    const { x, labels } = clouds(80, 10, 2);
    const svm = fitLinearSvm(x, labels, { c: 1, classes: 2 });
    expect(weightsOf(svm, 0)).toEqual(weightsOf(svm, 1).map((weight) => -weight));
  });

  it('without a bias the constant feature is not there', () => {
    const { x, labels } = clouds(80, 10, 3);
    const svm = fitLinearSvm(x, labels, { c: 1, classes: 3, bias: false });
    expect([...svm.bias]).toEqual([0, 0, 0]);
  });

  it('a class without training examples is never predicted', () => {
    const { x, labels } = clouds(100, 8, 3);
    const relabelled = labels.map((label) => (label === 1 ? 3 : label));
    const svm = fitLinearSvm(x, relabelled, { c: 1, classes: 4 });
    expect(svm.bias[1]).toBe(Number.NEGATIVE_INFINITY);
    const far = matrix(50, 8, gaussians({ seed: 9, purpose: 'test/far', step: 0 }, 400, 100));
    expect(predict(svm, far)).not.toContain(1);
  });

  it.each(['primal', 'dual'] as const)(
    '%s: bit-identical when repeated, leaks no tensor, spares its input',
    (solver) => {
      const { x, labels } = clouds(90, 95, 3);
      const before = x.data.slice();
      const tensors = tf.memory().numTensors;
      const train = (): LinearSvm => fitLinearSvm(x, labels, { c: 1, classes: 3, solver });
      const [once, again] = [train(), train()];
      predict(once, x);
      expect(once).toEqual(again);
      expect(tf.memory().numTensors).toBe(tensors);
      expect(x.data).toEqual(before);
    },
  );

  it('reports that it stopped early', () => {
    const { x, labels } = clouds(300, 20, 4);
    const svm = fitLinearSvm(x, labels, { c: 1, classes: 4, tolerance: 1e-6, maxIterations: 1 });
    expect(svm).toMatchObject({ converged: false, iterations: 1 });
    const dual = fitLinearSvm(x, labels, {
      c: 1,
      classes: 4,
      tolerance: 1e-6,
      maxIterations: 1,
      solver: 'dual',
    });
    expect(dual).toMatchObject({ converged: false, iterations: 1 });
  });

  it.each(['primal', 'dual'] as const)(
    '%s: examples that are all zero are classified by the bias',
    (solver) => {
      const svm = fitLinearSvm(matrix(5, 3), Int32Array.of(0, 1, 1, 1, 1), { c: 1, classes: 2, solver });
      expect(svm.converged).toBe(true);
      // Minimiser of b²/2 + 4 (1 − b)² + (1 + b)².
      expect(svm.bias[1]).toBeCloseTo(6 / 11, 3);
      expect([...predict(svm, matrix(2, 3))]).toEqual([1, 1]);
    },
  );
});

describe('unusable input', () => {
  const { x, labels } = clouds(20, 4, 3);
  const options = { c: 1, classes: 3 };

  it.each([
    ['one class', () => fitLinearSvm(x, new Int32Array(20), options), 'svm/one-class', /all 20 .* label 0/],
    ['lengths', () => fitLinearSvm(x, labels.slice(1), options), 'svm/shape', /20 examples and 19 labels/],
    ['no rows', () => fitLinearSvm(matrix(0, 4), new Int32Array(0), options), 'svm/shape', /0 examples/],
    [
      'a label',
      () => fitLinearSvm(x, labels, { c: 1, classes: 2 }),
      'svm/labels',
      /label 2 of example \d+ .* 0 to 1/,
    ],
    ['C', () => fitLinearSvm(x, labels, { ...options, c: 0 }), 'svm/parameter', /C .* above 0, got 0/],
    [
      'columns',
      () => predict(fitLinearSvm(x, labels, options), matrix(2, 5)),
      'svm/shape',
      /4 features, got 5/,
    ],
  ])('%s', (_, run, code, message) => {
    expect(run).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('%f is named with its place', (value) => {
    const broken = matrix(20, 4, x.data.slice());
    broken.data[4 * 7 + 2] = value;
    expect(() => fitLinearSvm(broken, labels, options)).toThrow(/feature 2 of example 7 is (NaN|Infinity)/);
  });
});
