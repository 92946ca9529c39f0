import { type AnswerMeasure, isAnswerMetric, type Measure, unitMeasureOf } from '../../config/schema.js';
import { MmxError } from '../../errors.js';
import { type AnswerMetric, accuracyMetric, answerMetrics } from '../../evaluation/answer-metrics.js';
import type { Score } from '../stages/parameters.js';
import { scoreIn, unitsIn } from '../store/stage-results.js';
import type { ArtifactStore } from '../store/store.js';

/** The class name in `measure.of` for test clips that have no right answer. */
export const withoutAnswer = 'none';

/**
 * What an experiment reports of one run, in percent: one value; of the accuracy under noise, one for each draw.
 *
 * @param hash of the stored `score`, or `units`
 * @param classes of the corpus, in the order the classifier counts them
 * @throws MmxError `measure/*` when the corpus has no such clips, `store/*` when there is no such result
 */
export function measuredValues(
  store: ArtifactStore,
  hash: string,
  measure: Measure,
  classes: readonly string[],
): readonly number[] {
  const units = unitMeasureOf(measure);
  return units
    ? [unitsIn(store, hash)[units].unimodal]
    : scoredValues(scoreIn(store, hash), measure as AnswerMeasure, classes);
}

/** As {@link measuredValues}, of what a classifier came to. */
export function scoredValues(
  score: Score,
  measure: AnswerMeasure,
  classes: readonly string[],
): readonly number[] {
  if (measure === 'accuracy') return score.draws ?? [score.accuracy];
  if (isAnswerMetric(measure)) return [answerMetrics[measure].of(score.confusion)];
  const counts = measure.of === withoutAnswer ? score.answers : score.confusion[classes.indexOf(measure.of)];
  const total = counts?.reduce((sum, count) => sum + count, 0) ?? 0;
  const answer = classes.indexOf(measure.answer);
  if (!counts || total === 0 || answer < 0) {
    const what =
      measure.of === withoutAnswer ? 'test clips without a right answer' : `test clips of '${measure.of}'`;
    throw new MmxError(
      'measure/none',
      answer < 0
        ? `the corpus has no class '${measure.answer}': it has ${classes.join(', ')}`
        : `the corpus has no ${what}, whose answers are asked for`,
      { exitCode: 2 },
    );
  }
  return [(100 * (counts[answer] ?? 0)) / total];
}

/** The unit of what is measured; of what is not better when it is more, `percent`. */
export function unitOf(measure: Measure): string {
  return metricOf(measure)?.unit ?? 'percent';
}

/** Undefined of what is not better when it is more. */
export function metricOf(measure: Measure): AnswerMetric | undefined {
  if (!isAnswerMetric(measure)) return undefined;
  return measure === 'accuracy' ? accuracyMetric : answerMetrics[measure];
}
