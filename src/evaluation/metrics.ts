import { MmxError } from '../errors.js';
import type { Matrix } from '../matrix.js';

/** Percentage of predictions that equal the truth. @throws MmxError `metrics/shape` */
export function accuracy(truth: Int32Array, predicted: Int32Array): number {
  checkPaired(truth, predicted);
  const right = truth.reduce((sum, label, i) => sum + (label === predicted[i] ? 1 : 0), 0);
  return (100 * right) / truth.length;
}

/**
 * Counts of (true, predicted) pairs: element [t][p] is the number of examples of class t taken for class p.
 *
 * @throws MmxError `metrics/shape`, `metrics/labels`
 */
export function confusionMatrix(truth: Int32Array, predicted: Int32Array, classes: number): number[][] {
  checkPaired(truth, predicted);
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  truth.forEach((label, i) => {
    const guess = predicted[i] as number;
    const row = counts[label];
    const count = row?.[guess];
    if (row === undefined || count === undefined) {
      throw new MmxError(
        'metrics/labels',
        `example ${i}: label ${label}, predicted ${guess}, is not in 0 to ${classes - 1}`,
      );
    }
    row[guess] = count + 1;
  });
  return counts;
}

/** The column of the largest value of each row; of equals the first. @param scores examples × classes */
export function likeliest({ rows, columns, data }: Matrix): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => {
    const scores = data.subarray(row * columns, (row + 1) * columns);
    return scores.reduce((best, score, index) => (score > (scores[best] ?? 0) ? index : best), 0);
  });
}

export interface ClassScore {
  /** Examples of the class. */
  readonly count: number;
  /** Percentage of the class's examples that were recognised; NaN when it has none. */
  readonly recall: number;
  /** Percentage of the predictions of the class that were right; NaN when it was never predicted. */
  readonly precision: number;
}

/** One score a class, from a confusion matrix. */
export function perClass(confusion: readonly (readonly number[])[]): ClassScore[] {
  return confusion.map((row, label) => {
    const count = row.reduce((sum, value) => sum + value, 0);
    const predicted = confusion.reduce((sum, other) => sum + (other[label] ?? 0), 0);
    const right = row[label] ?? 0;
    return { count, recall: (100 * right) / count, precision: (100 * right) / predicted };
  });
}

/** Adds the counts of one confusion matrix to those of another of the same classes. */
export function addConfusion(sum: number[][], counts: readonly (readonly number[])[]): void {
  counts.forEach((row, truth) => {
    row.forEach((count, answer) => {
      (sum[truth] as number[])[answer] = (sum[truth]?.[answer] ?? 0) + count;
    });
  });
}

function checkPaired(truth: Int32Array, predicted: Int32Array): void {
  if (truth.length !== predicted.length) {
    throw new MmxError(
      'metrics/shape',
      `${truth.length} labels cannot be compared with ${predicted.length} predictions`,
    );
  }
  if (truth.length === 0) throw new MmxError('metrics/shape', 'there are no examples to score');
}
