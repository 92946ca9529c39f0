import { withoutSeed } from '../../pipeline/evidence/curves.js';
import type { MeasuredStage } from '../../pipeline/evidence/measurements.js';
import { csvText } from '../table/csv.js';

/** Every measurement of a run in long form, a line a stage, seed, metric and step. @param run its id */
export function renderMeasurementsCsv(run: string, stages: readonly MeasuredStage[]): string {
  const header = ['run', 'stage', 'kind', 'seed', 'metric', 'step', 'value', 'cells', 'identity'];
  const records = stages.flatMap(({ label, kind, seed, series, cells, hash }) =>
    series.flatMap(({ metric, points }) =>
      points.map(({ step, value }) => [
        run,
        withoutSeed(label),
        kind,
        seed,
        metric,
        step,
        value,
        cells.join(' '),
        hash,
      ]),
    ),
  );
  return csvText([header, ...records]);
}
