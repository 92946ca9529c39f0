import { architectureStages } from '../../architectures/index.js';
import { examplesStage } from '../data/examples.js';
import { framesStage } from '../data/frames.js';
import { frontEndStage } from '../data/front-end.js';
import type { StageImplementation } from '../graph/stage.js';
import { scoreStage } from './score.js';
import { unitsStage } from './units.js';

/** Every stage the pipeline can run, by kind. */
export const stageImplementations: Readonly<Record<string, StageImplementation>> = Object.fromEntries(
  [frontEndStage, framesStage, examplesStage, ...architectureStages, scoreStage, unitsStage].map((stage) => [
    stage.kind,
    stage,
  ]),
);

/** Version of the implementation of each kind, which is part of the identity of its stages. */
export const stageVersions: Readonly<Record<string, number>> = Object.fromEntries(
  Object.values(stageImplementations).map(({ kind, version }) => [kind, version]),
);
