import { describe, expect, it } from 'vitest';
import { answerMetrics } from '../../../src/evaluation/answer-metrics.js';
import { accuracy, confusionMatrix } from '../../../src/evaluation/metrics.js';

/*
 * What scikit-learn defines (`f1_score` with `zero_division=0`, `balanced_accuracy_score`), computed here example by
 * example and not from a confusion matrix. Labels are those among the truth and the answers.
 */

interface Answers {
  readonly truth: readonly number[];
  readonly predicted: readonly number[];
}

const labelsOf = ({ truth, predicted }: Answers): number[] => [...new Set([...truth, ...predicted])].sort();

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

function f1Of({ truth, predicted }: Answers, label: number): number {
  const hits = truth.filter((one, i) => one === label && predicted[i] === label).length;
  const precision = share(hits, predicted.filter((one) => one === label).length);
  const recall = share(hits, truth.filter((one) => one === label).length);
  return share(2 * precision * recall, precision + recall);
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

const reference: Record<string, (answers: Answers) => number> = {
  'macro-f1': (answers) => 100 * mean(labelsOf(answers).map((label) => f1Of(answers, label))),
  'weighted-f1': (answers) => 100 * mean(answers.truth.map((label) => f1Of(answers, label))),
  'balanced-accuracy': ({ truth, predicted }) =>
    100 *
    mean(
      [...new Set(truth)].map((label) => {
        const own = predicted.filter((_, i) => truth[i] === label);
        return own.filter((one) => one === label).length / own.length;
      }),
    ),
};

const counted = ({ truth, predicted }: Answers, classes: number): number[][] =>
  confusionMatrix(Int32Array.from(truth), Int32Array.from(predicted), classes);

/** Uneven classes: a third of the draws are answered with the most frequent one. */
function drawn(seed: number, count: number, classes: number): Answers {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const truth = Array.from({ length: count }, () => Math.floor(classes * random() ** 3));
  const predicted = truth.map((label) => (random() < 0.6 ? label : Math.floor(classes * random() ** 2)));
  return { truth, predicted };
}

describe('metrics of answers', () => {
  it.each(Object.keys(reference))('%s is that of scikit-learn', (name) => {
    for (let seed = 1; seed <= 40; seed++) {
      const classes = 2 + (seed % 7);
      const answers = drawn(seed, 5 + 9 * seed, classes);
      // More classes than there are examples of: nothing is known of them, and nothing is counted.
      const confusion = counted(answers, classes + 2);
      const expected = reference[name]?.(answers) ?? Number.NaN;
      expect(answerMetrics[name as keyof typeof answerMetrics].of(confusion)).toBeCloseTo(expected, 10);
    }
  });

  it('are those of an example by hand: a class never answered, one never asked', () => {
    const confusion = counted({ truth: [0, 0, 0, 0, 1, 1, 2], predicted: [0, 0, 1, 3, 1, 0, 1] }, 4);
    const { 'macro-f1': macro, 'weighted-f1': weighted, 'balanced-accuracy': balanced } = answerMetrics;
    // F1: 4/7, 2/5, 0, 0; support 4, 2, 1, 0; recall 1/2, 1/2, 0.
    expect(macro.of(confusion)).toBeCloseTo((100 * (4 / 7 + 2 / 5)) / 4, 12);
    expect(weighted.of(confusion)).toBeCloseTo((100 * (4 * (4 / 7) + 2 * (2 / 5))) / 7, 12);
    expect(balanced.of(confusion)).toBeCloseTo(100 / 3, 12);
  });

  it('agree with the accuracy where all is right, and weighted recall where classes are equal', () => {
    const right = counted({ truth: [0, 1, 2, 2], predicted: [0, 1, 2, 2] }, 3);
    for (const { of } of Object.values(answerMetrics)) expect(of(right)).toBe(100);
    const even = { truth: [0, 0, 1, 1, 2, 2], predicted: [0, 1, 1, 1, 2, 0] };
    expect(answerMetrics['balanced-accuracy'].of(counted(even, 3))).toBeCloseTo(
      accuracy(Int32Array.from(even.truth), Int32Array.from(even.predicted)),
      12,
    );
  });

  it('say nothing of no examples', () => {
    for (const { of } of Object.values(answerMetrics))
      expect(() =>
        of([
          [0, 0],
          [0, 0],
        ]),
      ).toThrow(/no examples/);
  });
});
