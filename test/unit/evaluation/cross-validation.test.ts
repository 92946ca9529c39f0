import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { gaussians } from '../../../src/engine/noise.js';
import { chooseC, contiguousFolds } from '../../../src/evaluation/cross-validation.js';
import {
  type Fold,
  foldsOfExamples,
  groupedFolds,
  stratifiedFolds,
  stratifiedSample,
} from '../../../src/evaluation/folds.js';
import { fitLinearSvm, predict } from '../../../src/evaluation/svm/index.js';
import { gatherRows, type Matrix, matrix } from '../../../src/matrix.js';

function countsOf(labels: Int32Array, rows: Int32Array): number[] {
  const counts: number[] = [];
  for (const row of rows) counts[labels[row] as number] = (counts[labels[row] as number] ?? 0) + 1;
  return counts;
}

function expectPartition(folds: readonly Fold[], n: number): void {
  expect(folds.flatMap(({ test }) => [...test]).sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
  for (const { train, test } of folds) {
    expect([...train, ...test].sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
  }
}

const unbalanced = Int32Array.from({ length: 103 }, (_, i) => (i % 10 < 7 ? 0 : i % 10 < 9 ? 2 : 1));

describe('folds', () => {
  it('contiguous folds split like KFold without shuffling', () => {
    const folds = contiguousFolds(11, 3);
    expectPartition(folds, 11);
    expect(folds.map(({ test }) => [...test])).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9, 10],
    ]);
  });

  it('stratified folds differ by at most one example of any class, and in size', () => {
    const folds = stratifiedFolds(unbalanced, 4, 1);
    expectPartition(folds, 103);
    const sizes = folds.map(({ test }) => test.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    for (const label of [0, 1, 2]) {
      const counts = folds.map(({ test }) => countsOf(unbalanced, test)[label] ?? 0);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  });

  it('folds of examples keep groups whole, as many folds as there are groups at most', () => {
    const labels = Int32Array.from({ length: 12 }, (_, i) => i % 3);
    const repetitions = Int32Array.from({ length: 12 }, (_, i) => (i < 6 ? 1 : 2));
    expect(foldsOfExamples(labels, repetitions, 5, 1)).toEqual(groupedFolds(repetitions, 2, 1));
    expect(foldsOfExamples(labels, labels, 2, 1)).toEqual(groupedFolds(labels, 2, 1));
    // One group leaves nothing to keep apart.
    expect(foldsOfExamples(labels, new Int32Array(12), 3, 1)).toEqual(stratifiedFolds(labels, 3, 1));
    expect(foldsOfExamples(labels, undefined, 3, 1)).toEqual(stratifiedFolds(labels, 3, 1));
  });

  it('the split depends on the seed alone', () => {
    expect(stratifiedFolds(unbalanced, 3, 5)).toEqual(stratifiedFolds(unbalanced, 3, 5));
    expect(stratifiedFolds(unbalanced, 3, 5)).not.toEqual(stratifiedFolds(unbalanced, 3, 6));
  });

  it('no group is split, and folds stay even', () => {
    const groups = Int32Array.from({ length: 90 }, (_, i) => (i < 30 ? 7 : 100 + (i % 12)));
    const folds = groupedFolds(groups, 3, 1);
    expectPartition(folds, 90);
    for (const { train, test } of folds) {
      const held = new Set([...test].map((row) => groups[row]));
      expect([...train].some((row) => held.has(groups[row]))).toBe(false);
      expect(test.length).toBe(30);
    }
  });

  it('a stratified sample keeps the shares of the classes', () => {
    const sample = stratifiedSample(unbalanced, 20, 3);
    expect(new Set(sample).size).toBe(20);
    const all = countsOf(unbalanced, Int32Array.from(unbalanced.keys()));
    countsOf(unbalanced, sample).forEach((count, label) => {
      expect(Math.abs(count - (20 * (all[label] ?? 0)) / 103)).toBeLessThanOrEqual(1);
    });
    expect(stratifiedSample(unbalanced, 500, 3)).toEqual(Int32Array.from(unbalanced.keys()));
  });

  it('too few examples or groups, or one fold, are refused', () => {
    expect(() => contiguousFolds(2, 3)).toThrow(/2 examples cannot be split into 3 folds/);
    expect(() => groupedFolds(Int32Array.of(1, 1, 2), 3, 0)).toThrow(/2 groups cannot be split into 3/);
    expect(() => stratifiedFolds(unbalanced, 1, 0)).toThrow(/at least 2 folds, got 1/);
  });
});

describe('chooseC', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  /** Two informative features among many of pure noise: a large C overfits, a tiny one ignores the rare class. */
  function noisy(rows: number): { x: Matrix; labels: Int32Array } {
    const data = gaussians({ seed: 4, purpose: 'test/cv', step: 0 }, rows * 40);
    const labels = Int32Array.from({ length: rows }, (_, row) =>
      (data[row * 40] ?? 0) + (data[row * 40 + 1] ?? 0) > 0.8 ? 1 : 0,
    );
    return { x: matrix(rows, 40, data), labels };
  }

  it('scores are the mean accuracies of models fitted by hand on the same folds', () => {
    const { x, labels } = noisy(90);
    const grid = [1, 0.001];
    const choice = chooseC(x, labels, grid, { classes: 2, folds: 3, seed: 2, tolerance: 1e-5 });
    expect(choice.scores.map(({ c }) => c)).toEqual([0.001, 1]);
    for (const { c, accuracy } of choice.scores) {
      let sum = 0;
      for (const { train, test } of stratifiedFolds(labels, 3, 2)) {
        const pick = (rows: Int32Array): Int32Array => rows.map((row) => labels[row] ?? 0);
        const svm = fitLinearSvm(gatherRows(x, train), pick(train), { c, classes: 2, tolerance: 1e-5 });
        const predicted = predict(svm, gatherRows(x, test));
        sum += (100 * pick(test).filter((label, i) => label === predicted[i]).length) / test.length;
      }
      expect(accuracy).toBeCloseTo(sum / 3, 10);
    }
    const best = Math.max(...choice.scores.map(({ accuracy }) => accuracy));
    expect(choice.scores.find(({ c }) => c === choice.c)?.accuracy).toBe(best);
  });

  it('the smaller C wins a tie', () => {
    const x = matrix(
      12,
      1,
      Float32Array.from({ length: 12 }, (_, i) => (i % 2 ? 5 : -5)),
    );
    const labels = Int32Array.from({ length: 12 }, (_, i) => i % 2);
    const choice = chooseC(x, labels, [10, 1, 0.1], { classes: 2, folds: 3, seed: 1 });
    expect(choice.scores.every(({ accuracy }) => accuracy === 100)).toBe(true);
    expect(choice.c).toBe(0.1);
  });

  it('with groups, what only identifies the speaker does not help', () => {
    // Speakers say one class each and are told apart by one-hot features: perfect within a speaker, useless across.
    const speakers = 12;
    const groups = Int32Array.from({ length: 96 }, (_, i) => i % speakers);
    const labels = groups.map((speaker) => speaker % 2);
    const x = matrix(96, speakers);
    groups.forEach((speaker, row) => {
      x.data[row * speakers + speaker] = 1;
    });
    const options = { classes: 2, folds: 3, seed: 1 };
    const split = chooseC(x, labels, [1], options).scores[0]?.accuracy;
    const whole = chooseC(x, labels, [1], { ...options, groups }).scores[0]?.accuracy;
    expect(split).toBe(100);
    expect(whole).toBeLessThanOrEqual(60);
  });

  it('looks at a sample when told to, the same one for the same seed', () => {
    const { x, labels } = noisy(300);
    const options = { classes: 2, folds: 2, seed: 3 };
    const sample = chooseC(x, labels, [0.1], { ...options, examples: 40 });
    expect(sample).toEqual(chooseC(x, labels, [0.1], { ...options, examples: 40 }));
    const rows = stratifiedSample(labels, 40, 3);
    expect(sample).toEqual(
      chooseC(
        gatherRows(x, rows),
        rows.map((row) => labels[row] ?? 0),
        [0.1],
        options,
      ),
    );
  });

  it('an empty grid is refused', () => {
    const { x, labels } = noisy(30);
    expect(() => chooseC(x, labels, [], { classes: 2, folds: 3, seed: 1 })).toThrow(
      /at least one value of C/,
    );
  });
});
