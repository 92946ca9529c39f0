import type { StageImplementation } from '../stage.js';
import { autoencoderStage } from './autoencoder.js';
import { ccaStage } from './cca.js';
import { frontEndStage } from './front-end.js';
import { rbmStage } from './rbm.js';
import { scoreStage } from './score.js';

/** Every stage the pipeline can run, by kind. */
export const stageImplementations: Readonly<Record<string, StageImplementation>> = Object.fromEntries(
  [frontEndStage, rbmStage, autoencoderStage, ccaStage, scoreStage].map((stage) => [stage.kind, stage]),
);
