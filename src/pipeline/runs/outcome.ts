import { MmxError } from '../../errors.js';
import { learntModels } from '../evidence/learnt-models.js';
import type { StageSpec } from '../graph/stage.js';
import type { PreparedRun } from '../plan/prepare.js';
import type { RunResult } from '../run/result.js';
import type { ArtifactStore } from '../store/store.js';
import { measuredValues, metricOf, unitOf } from './results.js';

/** The main number of a run, as lists of runs show it. */
export interface RunOutcome {
  /** `accuracy`, `macro F1`, `loss` …; `percent` of a share that is not better when it is more. */
  readonly quantity: string;
  /** As tables have it; of what models report while they learn, the quantity. */
  readonly unit: string;
  /** Of the best of the cells, or of the last of the models: one a seed, or a seed and draw of the noise. */
  readonly values: readonly number[];
  /** How many cells, or models, the run has. */
  readonly cells: number;
}

/**
 * What a finished run came to: the best of its cells; of one that only pretrains, the last epoch of its last model.
 * Undefined where nothing of either is stored.
 */
export function outcomeOf(
  prepared: PreparedRun,
  targets: readonly StageSpec[],
  { targets: hashes }: RunResult,
  store: ArtifactStore,
): RunOutcome | undefined {
  try {
    const hashOf = new Map(targets.map((spec, index) => [spec, hashes[index] ?? '']));
    return measuredOutcome(prepared, hashOf, store) ?? learntOutcome(prepared, store);
  } catch (error) {
    // A list of runs can do without; whoever reads the results says what is wrong with them.
    if (error instanceof MmxError) return undefined;
    throw error;
  }
}

function measuredOutcome(
  { experiments }: PreparedRun,
  hashOf: ReadonlyMap<StageSpec, string>,
  store: ArtifactStore,
): RunOutcome | undefined {
  const cells = experiments.flatMap(({ config, resolved, runs }) => {
    const own = runs.map(({ stages }) => hashOf.get(stages.result));
    if (own.length === 0 || own.some((hash) => hash === undefined || !store.has(hash))) return [];
    const { measure } = config.value;
    const values = own.flatMap((hash) => measuredValues(store, hash ?? '', measure, resolved.classes));
    return [{ measure, values }];
  });
  const [first] = cells;
  if (!first) return undefined;
  const unit = unitOf(first.measure);
  const alike = cells.filter(({ measure }) => unitOf(measure) === unit);
  const isMetric = metricOf(first.measure) !== undefined;
  const best = isMetric ? alike.reduce((one, other) => (mean(other) > mean(one) ? other : one)) : first;
  const quantity = metricOf(first.measure)?.title ?? 'percent';
  return { quantity, unit, values: best.values, cells: cells.length };
}

function learntOutcome({ experiments, identity }: PreparedRun, store: ArtifactStore): RunOutcome | undefined {
  const models = experiments.flatMap((one) => learntModels(one, identity, store));
  const last = models.at(-1);
  const values = last?.curves.flatMap(({ points }) => points.at(-1)?.value ?? []) ?? [];
  if (!last || values.length === 0) return undefined;
  return { quantity: last.quantity, unit: last.quantity, values, cells: models.length };
}

const mean = ({ values }: { readonly values: readonly number[] }): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
