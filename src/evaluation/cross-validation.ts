import { MmxError } from '../errors.js';
import { gatherRows, type Matrix } from '../matrix.js';
import { type Fold, foldsOfExamples, stratifiedSample } from './folds.js';
import { accuracy } from './metrics.js';
import { fitLinearSvm, type LinearSvm, predict } from './svm/index.js';

export { contiguousFolds, type Fold } from './folds.js';

export interface CrossValidationOptions {
  /** Labels are 0 … classes − 1. */
  readonly classes: number;
  readonly folds: number;
  readonly seed: number;
  /** Group (speaker, repetition) of every example: see {@link foldsOfExamples}. */
  readonly groups?: Int32Array;
  /** Look only at a sample of this size, drawn class by class; of all examples when absent. */
  readonly examples?: number;
  readonly tolerance?: number;
  readonly bias?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface ChosenC {
  readonly c: number;
  /** Mean accuracy (percent) over the folds of each candidate, in ascending order of C. */
  readonly scores: readonly { readonly c: number; readonly accuracy: number }[];
}

/**
 * Picks the C with the best mean accuracy over folds of the examples given, which must be the training part
 * alone. On a tie the smaller C wins. The one-standard-error rule (the smallest C within one standard error of
 * the best) is deliberately not applied: with three folds the error itself is too poorly known.
 *
 * Within a fold every C starts from the solution of the next smaller one.
 *
 * @throws MmxError `cross-validation/grid`, `folds/too-few`, and those of fitLinearSvm
 */
export function chooseC(
  x: Matrix,
  labels: Int32Array,
  cGrid: readonly number[],
  options: CrossValidationOptions,
): ChosenC {
  const grid = [...new Set(cGrid)].sort((a, b) => a - b);
  if (grid.length === 0) {
    throw new MmxError('cross-validation/grid', 'cross-validation needs at least one value of C', {
      exitCode: 2,
    });
  }
  if (labels.length !== x.rows) {
    throw new MmxError(
      'svm/shape',
      `cross-validation was given ${x.rows} examples and ${labels.length} labels`,
    );
  }
  const { folds: k, seed, groups, examples = x.rows, classes, tolerance, bias, onProgress } = options;
  const rows = stratifiedSample(labels, examples, seed);
  const sample = rows.length === x.rows ? x : gatherRows(x, rows);
  const sampleLabels = pick(labels, rows);
  const folds = foldsOfExamples(sampleLabels, groups && pick(groups, rows), k, seed);

  const sums = new Float64Array(grid.length);
  folds.forEach(({ train, test }: Fold, fold) => {
    const training = gatherRows(sample, train);
    const testing = gatherRows(sample, test);
    let svm: LinearSvm | undefined;
    grid.forEach((c, position) => {
      svm = fitLinearSvm(training, pick(sampleLabels, train), {
        c,
        classes,
        ...(tolerance === undefined ? {} : { tolerance }),
        ...(bias === undefined ? {} : { bias }),
        ...(svm ? { warmStart: svm } : {}),
      });
      sums[position] = (sums[position] as number) + accuracy(pick(sampleLabels, test), predict(svm, testing));
      onProgress?.(fold * grid.length + position + 1, folds.length * grid.length);
    });
  });
  const scores = grid.map((c, position) => ({ c, accuracy: (sums[position] as number) / folds.length }));
  // `>` keeps the earlier, smaller C.
  const best = scores.reduce((chosen, score) => (score.accuracy > chosen.accuracy ? score : chosen));
  return { c: best.c, scores };
}

function pick(values: Int32Array, rows: Int32Array): Int32Array {
  return rows.map((row) => values[row] as number);
}
