import { type CurvePoint, type TrainingCurves, thinned } from '../../pipeline/evidence/curves.js';

/** A run whose curves are drawn over those of others. */
export interface RunWithCurves {
  readonly name: string;
  readonly curves: readonly TrainingCurves[];
}

/** The curves of one model of one run: a line a seed. */
export interface OverlaidSeries {
  /** Which of the runs, from 0. */
  readonly run: number;
  readonly name: string;
  readonly model: string;
  readonly lines: readonly (readonly CurvePoint[])[];
  /** Mean over the seeds at the epochs that all of them have; of one seed, its line. */
  readonly mean: readonly CurvePoint[];
}

/** One chart: one quantity of one model that several runs have learnt, or of models that only one run has each. */
export interface Overlay {
  readonly quantity: TrainingCurves['quantity'];
  /** Null where the models differ. */
  readonly model: string | null;
  readonly series: readonly OverlaidSeries[];
}

/** Runs in a chart: more are not told apart. */
export const mostRuns = 8;

/** Series in a chart, of models that only one run has. */
const mostSeries = 16;
const drawnPoints = 200;

/**
 * Charts of the curves of several runs. A model that two or more runs have learnt has a chart of its own, since the losses of
 * different models do not compare. The other models of a quantity share one, where they are of two or more runs.
 */
export function overlaysOf(runs: readonly RunWithCurves[]): readonly Overlay[] {
  const all = runs.slice(0, mostRuns).flatMap(({ name, curves }, run) =>
    curves.map(({ model, quantity, lines }) => {
      const shown = lines.map((line) => thinned(line, drawnPoints));
      return { quantity, series: { run, name, model, lines: shown, mean: meanOf(lines) } };
    }),
  );
  const quantities = [...new Set(all.map(({ quantity }) => quantity))];
  return quantities.flatMap((quantity): Overlay[] => {
    const series = all.filter((one) => one.quantity === quantity).map((one) => one.series);
    const models = [...new Set(series.map(({ model }) => model))];
    const runsOf = (model: string): number =>
      new Set(series.filter((one) => one.model === model).map(({ run }) => run)).size;
    const shared = models.filter((model) => runsOf(model) > 1);
    const others = series.filter(({ model }) => !shared.includes(model)).slice(0, mostSeries);
    return [
      ...shared.map((model) => ({ quantity, model, series: series.filter((one) => one.model === model) })),
      ...(new Set(others.map(({ run }) => run)).size > 1 ? [{ quantity, model: null, series: others }] : []),
    ];
  });
}

function meanOf(lines: readonly (readonly CurvePoint[])[]): readonly CurvePoint[] {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const { epoch, value } of lines.flat()) {
    const { sum, count } = sums.get(epoch) ?? { sum: 0, count: 0 };
    sums.set(epoch, { sum: sum + value, count: count + 1 });
  }
  const mean = [...sums]
    .filter(([, { count }]) => count === lines.length)
    .map(([epoch, { sum, count }]) => ({ epoch, value: sum / count }))
    .sort((a, b) => a.epoch - b.epoch);
  return thinned(mean, drawnPoints);
}

/** Letters of runs: A, B, C … */
export const runLetter = (run: number): string => String.fromCharCode(65 + run);
