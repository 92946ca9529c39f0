import * as tf from '@tensorflow/tfjs-core';
import { rbmConfig, type SettledRbmConfig, settledRbm } from '../../config/schema.js';
import type { Matrix, RowSource } from '../../matrix.js';
import type { Branch } from '../../models/autoencoder.js';
import type { RbmStack } from '../../models/feature-extractors.js';
import type { Rbm } from '../../models/rbm.js';
import type { TrainingData } from '../../pipeline/data/parameters.js';
import { unlabelledRows } from '../../pipeline/data/rows.js';
import { defineStage } from '../../pipeline/graph/define-stage.js';
import { aboveOf, inputOf } from '../../pipeline/graph/roles.js';
import type { Artifact, StageContext, StageSpec } from '../../pipeline/graph/stage.js';
import { BILLION } from '../../pipeline/graph/stage-cost.js';
import { type LayersBelow, trainRbm } from '../../training/train-rbm.js';
import type { LoadedPieces, PiecePlan } from '../architecture.js';
import { rbmArtifact, rbmOf } from './artifacts.js';
import { rbmChoiceStage } from './rbm-choice.js';

/** Parameters of an `rbm` stage. Inputs: none, or one `rbm` a modality when it learns from their posteriors. */
export interface RbmStageParameters {
  readonly corpus: TrainingData;
  /** A modality, `joint` (on the posteriors of the inputs, in this order) or `shallow` (on all modalities). */
  readonly name: string;
  readonly visible: { readonly of: 'modalities' | 'posteriors'; readonly modalities: readonly string[] };
  readonly config: SettledRbmConfig;
  readonly seed: number;
}

/** Trains one RBM, without labels, on the training part. */
export const rbmStage = defineStage<RbmStageParameters>({
  kind: 'rbm',
  version: 1,
  async run(parameters, context) {
    const { config, name, seed } = parameters;
    const below: Rbm[] = [];
    try {
      const data = await visibleData(parameters, context, below);
      const { shape, parameters: trained, curve } = await trainRbm(data, config, name, seed, context);
      return rbmArtifact(shape, trained, curve);
    } finally {
      for (const rbm of below) rbm.dispose();
    }
  },
});

/**
 * Inputs, or the posteriors of the layers below: probabilities, not samples, drive it (paper section 3.1).
 *
 * @param below receives the layers below, which the caller disposes
 */
async function visibleData(
  { corpus, visible }: RbmStageParameters,
  context: StageContext,
  below: Rbm[],
): Promise<Matrix | RowSource | LayersBelow> {
  const { modalities } = visible;
  const rows = await unlabelledRows(corpus, modalities, context);
  const sources = modalities.map((modality) => rows[modality] as Matrix | RowSource);
  const [only] = sources;
  if (visible.of === 'modalities') {
    if (only && sources.length === 1) return only;
    const columns = sources.reduce((sum, source) => sum + source.columns, 0);
    return { sources, columns, through: (inputs) => tf.concat(inputs, 1) };
  }
  below.push(...modalities.map((modality) => rbmOf(inputOf(context.inputs, modality))));
  return {
    sources,
    columns: below.reduce((sum, { shape }) => sum + shape.hidden, 0),
    through(inputs) {
      const posteriors = inputs.map((v, index) => (below[index] as Rbm).posterior(v));
      return posteriors.length === 1 ? (posteriors[0] as tf.Tensor2D) : tf.concat(posteriors, 1);
    },
  };
}

/** Kinds of stages of architectures that are made of RBMs. */
export const rbmStages = [rbmStage, rbmChoiceStage];

/** The modalities that features are learnt from, in the corpus's order. */
export const learntFrom = ({ setting }: Pick<PiecePlan, 'setting'>): readonly string[] =>
  setting.featureLearning;

/** A modality's input and first layer. */
export function branchOf({ modalities, experiment }: PiecePlan, modality: string): Branch {
  const found = modalities.find(({ name }) => name === modality);
  if (!found) throw new Error(`the corpus has no modality ${modality}`);
  return { modality, visible: found.dimensions, hidden: rbmConfig(experiment, modality).hidden };
}

/** One RBM of each of these modalities, by name. */
export function modalityRbms(plan: PiecePlan, modalities: readonly string[]): Record<string, StageSpec> {
  return Object.fromEntries(
    modalities.map((modality) => [
      modality,
      rbmOfPlan(
        plan,
        modality,
        { of: 'modalities', modalities: [modality] },
        branchOf(plan, modality).visible,
        {},
      ),
    ]),
  );
}

/** Two layers a modality, each trained on the posteriors of the one below. */
export function stackedRbms(plan: PiecePlan): Record<string, StageSpec> {
  const names = learntFrom(plan);
  const first = modalityRbms(plan, names);
  const above = names.map((modality): [string, StageSpec] => {
    const below = { [modality]: first[modality] as StageSpec };
    const visible = { of: 'posteriors', modalities: [modality] } as const;
    const width = rbmConfig(plan.experiment, modality).hidden;
    return [aboveOf(modality), rbmOfPlan(plan, aboveOf(modality), visible, width, below)];
  });
  return { ...first, ...Object.fromEntries(above) };
}

/** The RBM on all inputs side by side. */
export function shallowRbm(plan: PiecePlan): StageSpec {
  const names = learntFrom(plan);
  const visible = names.reduce((sum, modality) => sum + branchOf(plan, modality).visible, 0);
  return rbmOfPlan(plan, 'shallow', { of: 'modalities', modalities: names }, visible, {});
}

/** First layers by modality, and the RBM on their posteriors as `joint`. */
export function dbnRbms(plan: PiecePlan): Record<string, StageSpec> {
  const names = learntFrom(plan);
  const first = modalityRbms(plan, names);
  const visible = names.reduce((sum, modality) => sum + branchOf(plan, modality).hidden, 0);
  const joint = rbmOfPlan(plan, 'joint', { of: 'posteriors', modalities: names }, visible, first);
  return { ...first, joint };
}

/** One RBM; where its sparsity target is a list, the best of one RBM a target. */
function rbmOfPlan(
  plan: PiecePlan,
  name: string,
  visible: RbmStageParameters['visible'],
  width: number,
  inputs: Record<string, StageSpec>,
): StageSpec {
  const config = rbmConfig(plan.experiment, name);
  const { target } = config.sparsity;
  if (typeof target === 'number') return trained(plan, name, visible, width, settledRbm(config), inputs);
  const candidates = target.map((one, index): [string, StageSpec] => [
    `candidate_${index}`,
    trained(plan, name, visible, width, settledRbm(config, one), inputs),
  ]);
  const { features, evaluation } = plan.experiment;
  const labelled = plan.labelledTraining([name]);
  return rbmChoiceStage.spec(
    {
      corpus: labelled.data,
      modality: name,
      targets: target,
      unimodal: features.unimodal,
      pooling: evaluation.pooling,
      classifier: evaluation.classifier,
      seed: plan.seed,
    },
    {
      label: `rbm ${name} of rho ${target.join(', ')}${plan.seedLabel}`,
      inputs: { ...labelled.inputs, ...Object.fromEntries(candidates) },
      cost: target.length * plan.scoreCost(),
    },
  );
}

function trained(
  plan: PiecePlan,
  name: string,
  visible: RbmStageParameters['visible'],
  width: number,
  config: SettledRbmConfig,
  inputs: Record<string, StageSpec>,
): StageSpec {
  const { hidden, cd_steps: steps, epochs } = config;
  const isChoice = typeof rbmConfig(plan.experiment, name).sparsity.target !== 'number';
  const rho = isChoice ? `, rho ${config.sparsity.target}` : '';
  const rows = plan.rowsHaving(visible.modalities);
  return rbmStage.spec(
    { corpus: plan.training, name, visible, config, seed: plan.seed },
    {
      label: `rbm ${name} (${width} → ${hidden}${rho})${plan.seedLabel}`,
      inputs: { ...plan.unlabelled(visible.modalities), ...inputs },
      // CD-k: one product up, then down and up again per Gibbs step, and the gradient over both phases.
      cost: ((3 + 2 * steps) * width * hidden * rows * epochs) / BILLION,
    },
  );
}

/** The first-layer RBMs among the pieces, by modality. */
export function loadedRbms({ artifacts, modalities, own }: LoadedPieces): Map<string, Rbm> {
  return new Map(
    modalities
      .filter(({ modality }) => modality in artifacts)
      .map(({ modality }) => [modality, own(rbmOf(inputOf(artifacts, modality)))]),
  );
}

/** The two layers of each modality. @param own keeps a model until the extractor is disposed */
export function stacksOf(
  modalities: readonly string[],
  inputs: Readonly<Record<string, Artifact>>,
  own: (rbm: Rbm) => Rbm,
): ReadonlyMap<string, RbmStack> {
  const load = (role: string): Rbm => own(rbmOf(inputOf(inputs, role)));
  return new Map(
    modalities.map((modality) => [modality, { first: load(modality), above: load(aboveOf(modality)) }]),
  );
}
