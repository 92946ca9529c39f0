import type { IdentityContext } from '../graph/identity.js';
import { stageHash } from '../graph/identity.js';
import type { StageSpec } from '../graph/stage.js';
import type { PreparedExperiment } from '../plan/prepare.js';
import { trainingCurveIn } from '../store/stage-results.js';
import type { ArtifactStore } from '../store/store.js';
import { hasCurve, type StoredCurve, withoutSeed } from './curves.js';

/** What one model of an experiment reported while it learnt. */
export interface LearntModel {
  /** As its stage is called, without the seed. */
  readonly model: string;
  readonly quantity: StoredCurve['quantity'];
  /** One a seed, in their order; one alone of a model without randomness. No curve is empty. */
  readonly curves: readonly StoredCurve[];
}

/**
 * The models that an experiment learns before its classifier, inputs before what needs them. What is not stored, and what
 * reports nothing while it learns (CCA), is left out.
 *
 * @throws ArtifactError `store/*` when an artifact is damaged
 */
export function learntModels(
  { runs }: PreparedExperiment,
  identity: IdentityContext,
  store: ArtifactStore,
): readonly LearntModel[] {
  const found = new Map<string, StoredCurve[]>();
  const seen = new Set<string>();
  const visit = (spec: StageSpec): void => {
    const hash = stageHash(spec, identity);
    if (seen.has(hash)) return;
    seen.add(hash);
    for (const input of Object.values(spec.inputs)) visit(input);
    if (!hasCurve(spec.kind) || !store.has(hash)) return;
    const curve = trainingCurveIn(store, hash);
    if (curve === undefined || curve.points.length === 0) return;
    const model = withoutSeed(spec.label);
    found.set(model, [...(found.get(model) ?? []), curve]);
  };
  for (const { stages } of runs) for (const spec of stages.pretraining) visit(spec);
  return [...found].flatMap(([model, curves]) => {
    const [first] = curves;
    return first ? [{ model, quantity: first.quantity, curves }] : [];
  });
}
