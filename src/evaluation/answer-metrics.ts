import { MmxError } from '../errors.js';

/** Counts of answers: element [t][p] is the number of examples of class t taken for class p. */
export type Confusion = readonly (readonly number[])[];

/** What is told of a classifier's answers to test examples: in percent, and more of it is better. */
export interface AnswerMetric {
  /** As tables and published numbers have it. */
  readonly unit: string;
  /** In the middle of a sentence: `macro F1`. */
  readonly title: string;
}

/** Percent of test examples that are classified correctly. */
export const accuracyMetric: AnswerMetric = { unit: 'accuracy_pct', title: 'accuracy' };

interface ClassMetric extends AnswerMetric {
  /** What a reader of a table must know of it, in a sentence. */
  readonly note: string;
  /** @throws MmxError `metrics/shape` without examples */
  of(confusion: Confusion): number;
}

const classMetric = (
  unit: string,
  title: string,
  note: string,
  mean: (classes: readonly ClassCounts[]) => number,
): ClassMetric => ({ unit, title, note, of: (confusion) => 100 * mean(classesIn(confusion)) });

/**
 * Metrics of corpora whose classes are not of one size, by the names that configs have for them, as scikit-learn defines
 * them. A class that was neither asked nor answered is none; F1 of a class that is never answered right is 0. Answers of
 * several folds, or draws of noise, are counted together.
 */
export const answerMetrics = {
  'weighted-f1': classMetric(
    'weighted_f1_pct',
    'weighted F1',
    'Weighted F1: the mean of the F1 scores of the classes, each by its share of the test examples.',
    (classes) => {
      const total = classes.reduce((sum, { asked }) => sum + asked, 0);
      return classes.reduce((sum, one) => sum + one.asked * f1(one), 0) / total;
    },
  ),
  'macro-f1': classMetric(
    'macro_f1_pct',
    'macro F1',
    'Macro F1: the mean of the F1 scores of the classes, each counting the same.',
    (classes) => classes.reduce((sum, one) => sum + f1(one), 0) / classes.length,
  ),
  'balanced-accuracy': classMetric(
    'balanced_accuracy_pct',
    'balanced accuracy',
    'Balanced accuracy: the mean recall of the classes, each counting the same (unweighted average recall).',
    (classes) => {
      const tested = classes.filter(({ asked }) => asked > 0);
      return tested.reduce((sum, { right, asked }) => sum + right / asked, 0) / tested.length;
    },
  ),
} as const satisfies Readonly<Record<string, ClassMetric>>;

/** The metric that a unit is of; undefined of units in which more is not better, and of others. */
export const metricOfUnit = (unit: string): AnswerMetric | undefined =>
  [accuracyMetric, ...Object.values(answerMetrics)].find((metric) => metric.unit === unit);

interface ClassCounts {
  /** Test examples of the class. */
  readonly asked: number;
  /** Test examples that were taken for it. */
  readonly answered: number;
  readonly right: number;
}

function classesIn(confusion: Confusion): readonly ClassCounts[] {
  const answered = new Float64Array(confusion.length);
  for (const row of confusion) {
    for (const [label, count] of row.entries()) answered[label] = (answered[label] ?? 0) + count;
  }
  const classes = confusion
    .map(
      (row, label): ClassCounts => ({
        asked: row.reduce((sum, count) => sum + count, 0),
        answered: answered[label] ?? 0,
        right: row[label] ?? 0,
      }),
    )
    .filter(({ asked, answered: taken }) => asked + taken > 0);
  if (classes.length === 0) throw new MmxError('metrics/shape', 'there are no examples to score');
  return classes;
}

/** From 0 to 1: the harmonic mean of precision and recall. */
const f1 = ({ asked, answered, right }: ClassCounts): number => (2 * right) / (asked + answered);
