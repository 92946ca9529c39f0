import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/json.js';
import { measuredValues } from '../../../src/pipeline/results.js';
import { errorOf } from '../../support/errors.js';

const classes = ['ga', 'ba', 'da'];
const score: Json = {
  accuracy: 62.5,
  folds: [62.5],
  c: [1],
  crossValidation: [],
  confusion: [
    [6, 1, 1],
    [0, 3, 1],
    [0, 0, 0],
  ],
  answers: [1, 2, 5],
  dimensions: 4,
  trained: 10,
  tested: 12,
};

describe('what an experiment reports', () => {
  it('is an accuracy, or one a draw of the noise', () => {
    expect(measuredValues(score, 'accuracy', classes)).toEqual([62.5]);
    expect(measuredValues({ ...score, draws: [60, 65] }, 'accuracy', classes)).toEqual([60, 65]);
  });

  it('is the percentage of unimodal units', () => {
    expect(measuredValues({ unimodal: 41, histogram: [], hidden: 3 }, 'unimodal-units', classes)).toEqual([
      41,
    ]);
  });

  it('is the percentage of one answer to the clips of one class', () => {
    expect(measuredValues(score, { of: 'ga', answer: 'ga' }, classes)).toEqual([75]);
    expect(measuredValues(score, { of: 'ga', answer: 'da' }, classes)).toEqual([12.5]);
    expect(measuredValues(score, { of: 'ba', answer: 'ga' }, classes)).toEqual([0]);
  });

  it('is the percentage of one answer to clips that have none', () => {
    const answers = classes.map((answer) => measuredValues(score, { of: 'none', answer }, classes)[0]);
    expect(answers).toEqual([12.5, 25, 62.5]);
  });

  it.each([
    [{ of: 'da', answer: 'ga' }, "the corpus has no test clips of 'da', whose answers are asked for"],
    [{ of: 'ha', answer: 'ga' }, "the corpus has no test clips of 'ha', whose answers are asked for"],
    [{ of: 'ga', answer: 'ha' }, "the corpus has no class 'ha': it has ga, ba, da"],
  ])('is refused with a sentence where there is none: %o', (measure, message) => {
    const error = errorOf(() => measuredValues(score, measure, classes));
    expect(error).toMatchObject({ code: 'measure/none', exitCode: 2, message });
  });

  it('is refused where every clip has a right answer', () => {
    const { answers: _, ...all } = score as Record<string, Json>;
    const error = errorOf(() => measuredValues(all, { of: 'none', answer: 'ga' }, classes));
    expect(error.message).toBe(
      'the corpus has no test clips without a right answer, whose answers are asked for',
    );
  });
});
