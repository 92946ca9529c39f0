import { shallowBimodalExtractor } from '../models/feature-extractors.js';
import { shallowBimodalReconstructor } from '../models/reconstructors.js';
import { matrixOf } from '../pipeline/graph/read-artifact.js';
import { inputOf } from '../pipeline/graph/roles.js';
import type { ArchitectureKind } from './architecture.js';
import { rbmOf } from './pieces/artifacts.js';
import { excludesClassic } from './pieces/demands.js';
import { splitWeights } from './pieces/joint-weights.js';
import { rbmStages, shallowRbm } from './pieces/rbm.js';
import { visibleUnitFindings } from './pieces/visible-units.js';

/** One RBM on all inputs side by side (paper, section 3, figure 2c); an absent modality is zero. */
export const shallowBimodalRbm: ArchitectureKind = {
  family: 'shallow-bimodal-rbm',
  summary: 'one RBM on the concatenated inputs',
  seeded: true,
  stages: rbmStages,
  unusable: excludesClassic,
  findings: (asked) => visibleUnitFindings(asked, { shallow: asked.setting.featureLearning }),
  pieces: (plan) => ({ shallow: shallowRbm(plan) }),
  extractor: ({ artifacts, modalities, features, own }) =>
    shallowBimodalExtractor(own(rbmOf(inputOf(artifacts, 'shallow'))), modalities, features.joint),
  reconstructor: ({ artifacts, modalities, own }) =>
    shallowBimodalReconstructor(own(rbmOf(inputOf(artifacts, 'shallow'))), modalities),
  jointLayer: ({ artifacts, modalities }) => ({
    weights: splitWeights(
      matrixOf(inputOf(artifacts, 'shallow'), 'weights'),
      modalities.map(({ visible }) => visible),
    ),
    below: new Map(),
  }),
};
