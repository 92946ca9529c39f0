import type { EpochMeans } from '../graph/stage.js';

/** One epoch of training. */
export interface CurvePoint {
  readonly epoch: number;
  /** Mean of the epoch. */
  readonly value: number;
}

/** What a model minimises while it learns. */
export interface StoredCurve {
  readonly quantity: 'reconstruction error' | 'loss';
  readonly points: readonly CurvePoint[];
}

/** What a model reported while it learnt, one line a seed. */
export interface TrainingCurves {
  /** As stages are called, without the seed. */
  readonly model: string;
  readonly quantity: StoredCurve['quantity'] | 'validation accuracy';
  readonly lines: readonly (readonly CurvePoint[])[];
  /** Names of the tables that it was learnt for. */
  readonly tables: readonly string[];
}

/** The label of a stage without its last part, the seed. */
export const withoutSeed = (label: string): string => label.replace(/, seed \d+$/, '');

/** Stages that learn nothing, or report nothing while they learn. */
const withoutCurve = ['front-end', 'frames', 'examples', 'cca', 'rbm-choice', 'units', 'score'];

/** Whether a stage of this kind reports while it learns: RBMs, autoencoders and networks do. */
export const hasCurve = (kind: string): boolean => !withoutCurve.includes(kind);

/** The values of one observation, in the order of the epochs; epochs without it are left out. */
export const pointsOf = (epochs: readonly EpochMeans[], observation: string): readonly CurvePoint[] =>
  epochs.flatMap((means) => {
    const value = means[observation];
    return value === undefined ? [] : [{ epoch: means.epoch, value }];
  });

/** At most `most` points (two or more), evenly spread, the first and the last among them. */
export function thinned(line: readonly CurvePoint[], most: number): readonly CurvePoint[] {
  if (line.length <= most) return line;
  return Array.from({ length: most }, (_, index) => {
    const at = Math.round((index * (line.length - 1)) / (most - 1));
    return line[at] as CurvePoint;
  });
}
