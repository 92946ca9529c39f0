import type { StageImplementation } from '../graph/stage.js';
import { autoencoderStage } from './autoencoder.js';
import { ccaStage } from './cca.js';
import { framesStage } from './frames.js';
import { frontEndStage } from './front-end.js';
import { rbmStage } from './rbm.js';
import { rbmChoiceStage } from './rbm-choice.js';
import { scoreStage } from './score.js';
import { unitsStage } from './units.js';

/** Every stage the pipeline can run, by kind. */
export const stageImplementations: Readonly<Record<string, StageImplementation>> = Object.fromEntries(
  [
    frontEndStage,
    framesStage,
    rbmStage,
    rbmChoiceStage,
    autoencoderStage,
    ccaStage,
    scoreStage,
    unitsStage,
  ].map((stage) => [stage.kind, stage]),
);
