import { rawExtractor, rbmExtractor, stackedExtractor } from '../models/feature-extractors.js';
import { aboveOf } from '../pipeline/graph/roles.js';
import type { ArchitectureKind } from './architecture.js';
import { ccaPiece, ccaStage, variateFindings, variatesExtractor } from './pieces/cca.js';
import { correlatesTwo } from './pieces/demands.js';
import { learntFrom, loadedRbms, modalityRbms, rbmStages, stackedRbms, stacksOf } from './pieces/rbm.js';
import { oneEach, visibleUnitFindings } from './pieces/visible-units.js';

/** Canonical variates of the inputs (paper, section 4.6, table 4). */
export const rawCca: ArchitectureKind = {
  family: 'raw-cca',
  summary: 'canonical variates of the inputs',
  seeded: false,
  stages: [ccaStage],
  unusable: correlatesTwo,
  findings: (asked) => variateFindings(asked),
  pieces: (plan) => ({ cca: ccaPiece(plan, {}) }),
  extractor: (pieces) =>
    variatesExtractor(pieces, rawExtractor(pieces.modalities.map(({ modality }) => modality))),
};

/** Canonical variates of the posteriors of each modality's RBM (paper, section 4.6, table 4). */
export const rbmCca: ArchitectureKind = {
  family: 'rbm-cca',
  summary: "canonical variates of the modalities' RBMs",
  seeded: true,
  stages: [...rbmStages, ccaStage],
  unusable: correlatesTwo,
  *findings(asked) {
    yield* visibleUnitFindings(asked, oneEach(asked.setting.featureLearning));
    yield* variateFindings(asked, (modality) => [modality]);
  },
  pieces(plan) {
    const rbms = modalityRbms(plan, learntFrom(plan));
    return { ...rbms, cca: ccaPiece(plan, rbms) };
  },
  extractor: (pieces) =>
    variatesExtractor(pieces, rbmExtractor(loadedRbms(pieces), pieces.features.unimodal)),
};

/** Canonical variates of two layers of RBMs for each modality. */
export const stackedRbmCca: ArchitectureKind = {
  family: 'stacked-rbm-cca',
  summary: 'canonical variates of two layers of RBMs for each modality',
  seeded: true,
  stages: [...rbmStages, ccaStage],
  unusable: correlatesTwo,
  *findings(asked) {
    yield* visibleUnitFindings(asked, oneEach(asked.setting.featureLearning));
    yield* variateFindings(asked, (modality) => [modality, aboveOf(modality)]);
  },
  pieces(plan) {
    const rbms = stackedRbms(plan);
    return { ...rbms, cca: ccaPiece(plan, rbms) };
  },
  extractor(pieces) {
    const names = pieces.modalities.map(({ modality }) => modality);
    return variatesExtractor(pieces, stackedExtractor(stacksOf(names, pieces.artifacts, pieces.own)));
  },
};
