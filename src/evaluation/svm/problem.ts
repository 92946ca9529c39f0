import { MmxError } from '../../errors.js';
import type { Matrix } from '../../matrix.js';

/** What both solvers are asked to minimise, after the input has been checked. */
export interface SvmProblem {
  /** n × d, finite. */
  readonly x: Matrix;
  /** n labels in 0 … classes − 1. */
  readonly labels: Int32Array;
  /** The classes told from the rest: one weight vector each. */
  readonly targets: readonly number[];
  readonly c: number;
  /** Whether a constant feature 1 is appended, its weight regularised like the others. */
  readonly bias: boolean;
  readonly tolerance: number;
  readonly maxIterations: number;
  /** First guess, one row of d (+ 1) weights a target; zeros when absent. */
  readonly start: readonly Float64Array[] | undefined;
  readonly onProgress: ((progress: SvmProgress) => void) | undefined;
}

export interface SvmProgress {
  readonly iteration: number;
  /** Classes whose subproblem has converged, of `classes`. */
  readonly converged: number;
  readonly classes: number;
}

export interface SvmSolution {
  /** One row of d (+ 1) weights a target. */
  readonly weights: readonly Float64Array[];
  readonly iterations: number;
  readonly converged: boolean;
}

/**
 * @throws MmxError `svm/shape`, `svm/labels`, `svm/not-finite`, `svm/one-class`, `svm/parameter`
 * @returns how many examples each class has
 */
export function checkExamples(x: Matrix, labels: Int32Array, classes: number): Int32Array {
  if (x.rows === 0 || x.columns === 0) {
    throw new MmxError('svm/shape', `the linear SVM was given ${x.rows} examples of ${x.columns} features`);
  }
  if (labels.length !== x.rows) {
    throw new MmxError(
      'svm/shape',
      `the linear SVM was given ${x.rows} examples and ${labels.length} labels`,
    );
  }
  if (!(Number.isInteger(classes) && classes >= 2)) {
    throw new MmxError('svm/parameter', `a linear SVM needs at least 2 classes, got ${classes}`, {
      exitCode: 2,
    });
  }
  checkFinite(x);
  const counts = new Int32Array(classes);
  labels.forEach((label, row) => {
    if (!(label >= 0 && label < classes)) {
      throw new MmxError('svm/labels', `label ${label} of example ${row} is not in 0 to ${classes - 1}`);
    }
    counts[label] = (counts[label] as number) + 1;
  });
  const present = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  if (present < 2) {
    throw new MmxError(
      'svm/one-class',
      `all ${x.rows} training examples have label ${labels[0]}: nothing to tell apart`,
      {
        hint: 'the training part, or a fold of it, needs examples of at least two classes',
      },
    );
  }
  return counts;
}

export function checkPositive(name: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value))) {
    throw new MmxError('svm/parameter', `${name} of the linear SVM must be a number above 0, got ${value}`, {
      exitCode: 2,
    });
  }
}

function checkFinite({ columns, data }: Matrix): void {
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    // A difference from itself is NaN for infinities as well.
    if (value - value !== 0) {
      throw new MmxError(
        'svm/not-finite',
        `feature ${i % columns} of example ${Math.floor(i / columns)} is ${value}: the linear SVM needs finite features`,
        { hint: 'the features come from a model that diverged, or from corrupted data' },
      );
    }
  }
}
