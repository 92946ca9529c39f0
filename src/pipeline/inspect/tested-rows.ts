import type { LabelledData } from '../data/parameters.js';
import { type PartRows, testParts, trainingPart } from '../data/rows.js';
import { type IdentityContext, stageHash } from '../graph/identity.js';
import type { Artifact, StageContext, StageSpec } from '../graph/stage.js';
import type { ResolvedExperiment } from '../plan/experiment.js';
import { StageData } from '../plan/stage-data.js';
import type { ScoreParameters } from '../stages/parameters.js';
import type { ArtifactStore } from '../store/store.js';
import { featureSource } from './export-features.js';

/** A trained model of one seed, and the examples that it is looked at with. */
export interface InspectedModel {
  readonly pieces: Readonly<Record<string, StageSpec>>;
  /** The stages that hold the examples. */
  readonly inputs: Readonly<Record<string, StageSpec>>;
  readonly parameters: ScoreParameters;
  readonly data: LabelledData;
  /** Modalities that features are learnt from: each example has them all. */
  readonly modalities: readonly string[];
  /** `train` under the protocol `train-folds`, which looks at no test example. */
  readonly part: 'train' | 'test';
}

/** The stages behind a model and the examples it is tested on, which are to have all modalities that it learnt from. */
export function inspectedModel(resolved: ResolvedExperiment, seed: number): InspectedModel {
  const { pieces, parameters } = featureSource(resolved, seed);
  const learnt = resolved.setting.featureLearning;
  const modalities = resolved.modalities.map(({ name }) => name).filter((name) => learnt.includes(name));
  const part = parameters.evaluation.protocol === 'train-folds' ? 'train' : 'test';
  const needed =
    part === 'train' ? { train: modalities, test: [] } : { train: [] as string[], test: modalities };
  const { data, inputs } = new StageData(resolved).labelled(part, needed);
  return { pieces, inputs, parameters, data, modalities, part };
}

/** What must be stored before {@link loadInspected}. */
export const stagesOfInspected = ({ pieces, inputs }: InspectedModel): readonly StageSpec[] =>
  Object.values({ ...inputs, ...pieces });

/** Stored pieces and inputs by role. @throws MmxError `store/*` when one is not stored, or damaged */
export function loadInspected(
  { pieces, inputs }: InspectedModel,
  identity: IdentityContext,
  store: ArtifactStore,
): Readonly<Record<string, Artifact>> {
  return Object.fromEntries(
    Object.entries({ ...inputs, ...pieces }).map(([role, spec]) => [
      role,
      store.load(stageHash(spec, identity)),
    ]),
  );
}

/**
 * The examples that a model is looked at with. Of several draws of noise, the first.
 *
 * @throws MmxError `corpora/modality` when none has all modalities
 */
export async function testedRows(
  { data, modalities, part }: InspectedModel,
  inputs: Readonly<Record<string, Artifact>>,
  local: StageContext['local'],
): Promise<PartRows> {
  const context = { inputs, local };
  if (part === 'train') return trainingPart(data, context, modalities);
  const [first] = await testParts(data, context, modalities);
  if (!first) throw new Error('a test part has at least one draw');
  return first;
}

/** The first examples of each class, class by class: chosen before anything is known of what a model makes of them. */
export function firstOfEachClass(
  labels: Int32Array,
  classes: number,
  count: number,
): readonly (readonly number[])[] {
  const found: number[][] = Array.from({ length: classes }, () => []);
  for (const [example, label] of labels.entries()) {
    const own = found[label];
    if (own && own.length < count) own.push(example);
  }
  return found;
}

/**
 * Ways of showing modalities to a model: each alone, all but one where there are more than two, all together.
 *
 * @param modalities in the order of the corpus
 */
export function waysOfShowing(modalities: readonly string[]): readonly (readonly string[])[] {
  const alone = modalities.map((one) => [one]);
  const allButOne =
    modalities.length > 2 ? modalities.map((one) => modalities.filter((other) => other !== one)) : [];
  return [...alone, ...allButOne, ...(modalities.length > 1 ? [modalities] : [])];
}

/** The front end that frames were made with: the first one below them. */
export function frontEndSpec(specs: readonly StageSpec[]): StageSpec {
  for (const spec of specs) {
    if (spec.kind === 'front-end') return spec;
    const below = Object.values(spec.inputs);
    if (below.length > 0) return frontEndSpec(below);
  }
  throw new Error('no stage of the experiment has a front end');
}
