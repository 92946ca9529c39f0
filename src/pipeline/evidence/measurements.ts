import { isRecord } from '../../json.js';
import { type IdentityContext, stageHash } from '../graph/identity.js';
import type { EpochMeans, StageSpec } from '../graph/stage.js';
import { epochsIn, scoreIn, unitsIn } from '../store/stage-results.js';
import type { ArtifactStore } from '../store/store.js';

/** What was measured under one name: a value a step. */
export interface Series {
  /** As it is stored: `reconstruction`, `loss`, `validationAccuracy`; of results `accuracy`, in percent, and others. */
  readonly metric: string;
  readonly points: readonly Point[];
}

export interface Point {
  /** The epoch, from 1; of results, the number of the fold or of the draw, from 1, or 0 of what there is one of. */
  readonly step: number;
  readonly value: number;
}

/** Epochs by their observations; of two epochs of one number the later is taken. */
export function seriesOfEpochs(epochs: Iterable<EpochMeans>): readonly Series[] {
  const series = new Map<string, Map<number, number>>();
  for (const { epoch, ...means } of epochs) {
    for (const [metric, value] of Object.entries(means)) {
      const points = series.get(metric) ?? new Map<number, number>();
      series.set(metric, points.set(epoch, value));
    }
  }
  return [...series].map(([metric, points]) => ({
    metric,
    points: [...points].map(([step, value]) => ({ step, value })).sort((a, b) => a.step - b.step),
  }));
}

/**
 * What a stored stage measured: its curves while it learnt, or what its result says.
 *
 * @throws ArtifactError `store/missing`, `store/corrupted`; MmxError `store/*` when it cannot be read
 */
export function seriesIn(
  store: ArtifactStore,
  { hash, kind }: { readonly hash: string; readonly kind: string },
): readonly Series[] {
  if (kind === 'score') {
    const { accuracy, folds, draws = [], crossValidation } = scoreIn(store, hash);
    return [
      single('accuracy', accuracy),
      numbered('fold_accuracy', folds),
      numbered('draw_accuracy', draws),
      numbered(
        'cross_validation_accuracy',
        crossValidation.map((one) => one.accuracy),
      ),
      numbered(
        'cross_validation_c',
        crossValidation.map(({ c }) => c),
      ),
    ].filter(({ points }) => points.length > 0);
  }
  if (kind === 'units') {
    const { variance, weights, activation } = unitsIn(store, hash);
    return [
      single('unimodal_by_variance', variance.unimodal),
      single('unimodal_by_weights', weights.unimodal),
      single('unimodal_by_activation', activation.unimodal),
    ];
  }
  return seriesOfEpochs(epochsIn(store, hash));
}

const single = (metric: string, value: number): Series => ({ metric, points: [{ step: 0, value }] });

const numbered = (metric: string, values: readonly number[]): Series => ({
  metric,
  points: values.map((value, index) => ({ step: index + 1, value })),
});

/** A stage that has measured something. */
export interface MeasuredStage {
  readonly hash: string;
  readonly kind: string;
  readonly label: string;
  /** Null of a stage without randomness. */
  readonly seed: number | null;
  /** Cells of the run that need it, as `row/column`; none where they are not known. */
  readonly cells: readonly string[];
  /** When it was stored, in seconds since 1970. */
  readonly stored: number;
  /** How long it took. */
  readonly seconds: number;
  readonly series: readonly Series[];
}

/**
 * One stored stage, with what it measured; undefined where it is no longer stored or measures nothing.
 *
 * @throws ArtifactError `store/corrupted`; MmxError `store/*` when it cannot be read
 */
export function measuredStage(
  store: ArtifactStore,
  { hash, kind, label }: { readonly hash: string; readonly kind: string; readonly label: string },
  cells: CellsOfStages = new Map(),
): MeasuredStage | undefined {
  if (!store.has(hash)) return undefined;
  const series = seriesIn(store, { hash, kind });
  if (series.length === 0) return undefined;
  const { parameters, created, seconds } = store.record(hash);
  const at = Date.parse(created) / 1000;
  return {
    hash,
    kind,
    label,
    seed: seedOf(parameters),
    cells: [...(cells.get(hash) ?? [])],
    stored: Number.isFinite(at) ? at : 0,
    seconds,
    series,
  };
}

/** The seed in the parameters of a stage; null where there is none. */
export const seedOf = (parameters: unknown): number | null =>
  isRecord(parameters) && typeof parameters.seed === 'number' ? parameters.seed : null;

/** Of each stage, by hash, the names of the cells that need it. */
export type CellsOfStages = ReadonlyMap<string, ReadonlySet<string>>;

/** @param results the stages that give the values of each cell */
export function cellsOfStages(
  cells: readonly { readonly name: string; readonly results: readonly StageSpec[] }[],
  identity: IdentityContext,
): CellsOfStages {
  const found = new Map<string, Set<string>>();
  for (const { name, results } of cells) {
    for (const hash of stagesBehind(results, identity).keys()) {
      found.set(hash, (found.get(hash) ?? new Set()).add(name));
    }
  }
  return found;
}

/** Stages and all that they are made of, by hash. */
export function stagesBehind(
  results: readonly StageSpec[],
  identity: IdentityContext,
): ReadonlyMap<string, StageSpec> {
  const found = new Map<string, StageSpec>();
  const visit = (spec: StageSpec): void => {
    const hash = stageHash(spec, identity);
    if (found.has(hash)) return;
    found.set(hash, spec);
    for (const input of Object.values(spec.inputs)) visit(input);
  };
  for (const spec of results) visit(spec);
  return found;
}
