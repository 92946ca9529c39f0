import { rbmExtractor } from '../models/feature-extractors.js';
import { rbmReconstructor } from '../models/reconstructors.js';
import type { ArchitectureKind } from './architecture.js';
import { learnsNothingShared } from './pieces/demands.js';
import { loadedRbms, modalityRbms, rbmStages } from './pieces/rbm.js';
import { oneEach, visibleUnitFindings } from './pieces/visible-units.js';

/** A sparse RBM of each modality that the setting shows (paper, section 2.1). */
export const rbm: ArchitectureKind = {
  family: 'rbm',
  summary: 'one sparse RBM per modality',
  seeded: true,
  stages: rbmStages,
  unusable: learnsNothingShared,
  findings: (asked) =>
    visibleUnitFindings(asked, oneEach([...asked.setting.supervisedTraining, ...asked.setting.testing])),
  pieces: (plan) =>
    modalityRbms(plan, [...new Set([...plan.setting.supervisedTraining, ...plan.setting.testing])]),
  extractor: (pieces) => rbmExtractor(loadedRbms(pieces), pieces.features.unimodal),
  reconstructor: (pieces) => rbmReconstructor(loadedRbms(pieces)),
};
