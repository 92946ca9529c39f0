import type { PiecePlan } from '../../architectures/architecture.js';
import { type Architecture, isSeeded } from '../../architectures/index.js';
import { modalityRbms } from '../../architectures/pieces/rbm.js';
import { rbmConfig } from '../../config/schema.js';
import { besideRole } from '../graph/roles.js';
import type { StageSpec } from '../graph/stage.js';
import { BILLION, SOLVER_PASSES } from '../graph/stage-cost.js';
import type { ResolvedExperiment } from './experiment.js';
import type { StageData } from './stage-data.js';

/** What the architecture of an experiment names its stages from. @param seed 0 where it makes no difference */
export function piecePlanOf(resolved: ResolvedExperiment, data: StageData, seed: number): PiecePlan {
  const { experiment, architecture, setting, modalities, classes, clips, rows } = resolved;
  return {
    experiment,
    architecture,
    setting,
    modalities,
    classes,
    seed,
    seedLabel: seedLabelOf(architecture, experiment.features.beside, seed),
    training: data.training,
    unlabelled: (names) => data.unlabelled(names),
    labelledTraining: (names) => data.labelled(null, { train: names, test: [] }),
    rowsHaving(names) {
      if (!clips) return rows.train;
      return clips.sources
        .filter(({ has }) => names.every((modality) => has[modality as keyof typeof has]))
        .reduce((sum, { windows }) => sum + windows, 0);
    },
    scoreCost: () => scoreCost(resolved),
  };
}

const seedLabelOf = (architecture: Architecture, beside: readonly string[], seed: number): string =>
  isSeeded(architecture, beside) ? `, seed ${seed}` : '';

/** Pretrained pieces by role: those of the architecture, and the RBMs whose features stand beside its. */
export function piecesOf(plan: PiecePlan): Record<string, StageSpec> {
  const beside = plan.experiment.features.beside.map((modality): [string, StageSpec] => [
    besideRole(modality),
    modalityRbms(plan, [modality])[modality] as StageSpec,
  ]);
  return { ...plan.architecture.kind.pieces(plan), ...Object.fromEntries(beside) };
}

/** About what a linear classifier on the widest layer costs. */
function scoreCost({ rows, experiment, modalities }: ResolvedExperiment): number {
  const { classifier, protocol } = experiment.evaluation;
  const widths = ['joint', ...modalities.map(({ name }) => name)].map(
    (name) => rbmConfig(experiment, name).hidden,
  );
  const solved = protocol === 'train-test' ? rows.train : rows.test;
  return (Math.max(...widths) * solved * SOLVER_PASSES * [classifier.c].flat().length) / BILLION;
}
