import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/json.js';
import { measuredValues, scoredValues, unitOf } from '../../../../src/pipeline/runs/results.js';
import type { Score } from '../../../../src/pipeline/stages/parameters.js';
import { ArtifactStore } from '../../../../src/pipeline/store/store.js';
import { temporaryDirectory } from '../../../fixtures/pipeline/place.js';
import { errorOf } from '../../../support/errors.js';

const classes = ['ga', 'ba', 'da'];
const score: Score = {
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

/** As it is read. */
const raw: Record<string, Json> = JSON.parse(JSON.stringify(score));

const hash = 'ab'.repeat(32);

/** A store with one result. */
function stored(kind: string, json: Json): ArtifactStore {
  const store = new ArtifactStore(temporaryDirectory());
  const engine = { name: 'cpu', description: '', versions: {} };
  const origin = { kind, version: 1, label: kind, parameters: {}, inputs: {}, engine, seconds: 1 };
  store.save(hash, { tensors: {}, json }, origin);
  return store;
}

describe('what an experiment reports', () => {
  it('is a metric of the counted answers, one value whatever was drawn', () => {
    const drawn = { ...score, draws: [60, 65] };
    expect(scoredValues(drawn, 'accuracy', classes)).toEqual([60, 65]);
    // F1 of ga 12/14, of ba 6/8, of da 0; recall 6/8 and 3/4.
    const of = (measure: 'weighted-f1' | 'macro-f1' | 'balanced-accuracy') =>
      scoredValues(drawn, measure, classes);
    expect(of('weighted-f1')).toEqual([expect.closeTo((100 * (8 * (12 / 14) + 4 * (6 / 8))) / 12, 10)]);
    expect(of('macro-f1')).toEqual([expect.closeTo((100 * (12 / 14 + 6 / 8 + 0)) / 3, 10)]);
    expect(of('balanced-accuracy')).toEqual([75]);
  });

  it('has a unit of its own', () => {
    const units = (
      ['accuracy', 'weighted-f1', 'macro-f1', 'balanced-accuracy', 'unimodal-units'] as const
    ).map(unitOf);
    expect(units).toEqual([
      'accuracy_pct',
      'weighted_f1_pct',
      'macro_f1_pct',
      'balanced_accuracy_pct',
      'percent',
    ]);
    expect(unitOf({ of: 'ga', answer: 'da' })).toBe('percent');
  });

  it('is an accuracy, or one a draw of the noise', () => {
    expect(scoredValues(score, 'accuracy', classes)).toEqual([62.5]);
    expect(scoredValues({ ...score, draws: [60, 65] }, 'accuracy', classes)).toEqual([60, 65]);
  });

  it('is the percentage of unimodal units', () => {
    const by = (unimodal: number) => ({ unimodal, histogram: [] });
    const store = stored('units', { hidden: 3, variance: by(41), weights: by(42), activation: by(43) });
    expect(measuredValues(store, hash, 'unimodal-units', classes)).toEqual([41]);
    expect(measuredValues(store, hash, 'unimodal-units-weights', classes)).toEqual([42]);
    expect(measuredValues(store, hash, 'unimodal-units-activation', classes)).toEqual([43]);
  });

  it('is the percentage of one answer to the clips of one class', () => {
    expect(scoredValues(score, { of: 'ga', answer: 'ga' }, classes)).toEqual([75]);
    expect(scoredValues(score, { of: 'ga', answer: 'da' }, classes)).toEqual([12.5]);
    expect(scoredValues(score, { of: 'ba', answer: 'ga' }, classes)).toEqual([0]);
  });

  it('is the percentage of one answer to clips that have none', () => {
    const answers = classes.map((answer) => scoredValues(score, { of: 'none', answer }, classes)[0]);
    expect(answers).toEqual([12.5, 25, 62.5]);
  });

  it.each([
    [{ of: 'da', answer: 'ga' }, "the corpus has no test clips of 'da', whose answers are asked for"],
    [{ of: 'ha', answer: 'ga' }, "the corpus has no test clips of 'ha', whose answers are asked for"],
    [{ of: 'ga', answer: 'ha' }, "the corpus has no class 'ha': it has ga, ba, da"],
  ])('is refused with a sentence where there is none: %o', (measure, message) => {
    const error = errorOf(() => scoredValues(score, measure, classes));
    expect(error).toMatchObject({ code: 'measure/none', exitCode: 2, message });
  });

  it('is refused where every clip has a right answer', () => {
    const { answers: _, ...all } = score;
    const error = errorOf(() => scoredValues(all, { of: 'none', answer: 'ga' }, classes));
    expect(error.message).toBe(
      'the corpus has no test clips without a right answer, whose answers are asked for',
    );
  });

  it.each<[string, Json]>([
    ['accuracy is missing', { confusion: [] }],
    ['accuracy: Too big', { ...raw, accuracy: 101 }],
    ['confusion[1]: does not have a count for each of 2 classes', { ...raw, confusion: [[1, 2], [3]] }],
    ['answers: does not have a count for each of 3 classes', { ...raw, answers: [1] }],
  ])('is not taken from a result that is none: %s', (what, json) => {
    const store = stored('score', json);
    expect(errorOf(() => measuredValues(store, hash, 'accuracy', classes))).toMatchObject({
      code: 'store/corrupted',
      message: expect.stringContaining(`${hash}/result.json is not a score: ${what}`),
    });
  });
});
