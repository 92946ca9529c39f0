import { describe, expect, it } from 'vitest';
import { accuracy, confusionMatrix, perClass } from '../../../src/evaluation/metrics.js';

const truth = Int32Array.of(0, 0, 0, 1, 1, 2);
const predicted = Int32Array.of(0, 1, 0, 1, 1, 0);

describe('metrics', () => {
  it('accuracy is a percentage', () => {
    expect(accuracy(truth, predicted)).toBeCloseTo(400 / 6, 12);
  });

  it('rows of the confusion matrix are true classes', () => {
    expect(confusionMatrix(truth, predicted, 4)).toEqual([
      [2, 1, 0, 0],
      [0, 2, 0, 0],
      [1, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
  });

  it('per-class recall and precision; undefined ones are NaN', () => {
    const scores = perClass(confusionMatrix(truth, predicted, 4));
    expect(scores[0]).toEqual({ count: 3, recall: 200 / 3, precision: 200 / 3 });
    expect(scores[1]).toEqual({ count: 2, recall: 100, precision: 200 / 3 });
    expect(scores[2]).toEqual({ count: 1, recall: 0, precision: Number.NaN });
    expect(scores[3]).toEqual({ count: 0, recall: Number.NaN, precision: Number.NaN });
  });

  it('unpaired, empty or unknown labels are refused', () => {
    expect(() => accuracy(truth, predicted.slice(1))).toThrow(/6 labels .* 5 predictions/);
    expect(() => accuracy(new Int32Array(0), new Int32Array(0))).toThrow(/no examples/);
    expect(() => confusionMatrix(truth, predicted, 2)).toThrow(
      /example 5: label 2, predicted 0, is not in 0 to 1/,
    );
  });
});
