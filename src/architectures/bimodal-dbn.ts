import type { Matrix } from '../matrix.js';
import { dbnExtractor } from '../models/feature-extractors.js';
import { dbnReconstructor } from '../models/reconstructors.js';
import { matrixOf } from '../pipeline/graph/read-artifact.js';
import { inputOf } from '../pipeline/graph/roles.js';
import type { ArchitectureKind } from './architecture.js';
import { rbmOf } from './pieces/artifacts.js';
import { excludesClassic } from './pieces/demands.js';
import { sideBySideWeights } from './pieces/joint-weights.js';
import { dbnRbms, loadedRbms, rbmStages } from './pieces/rbm.js';
import { oneEach, visibleUnitFindings } from './pieces/visible-units.js';

/** An RBM on the posteriors of each modality's RBM, not fine-tuned (paper, section 3.1, figure 2d). */
export const bimodalDbn: ArchitectureKind = {
  family: 'bimodal-dbn',
  summary: "an RBM on the posteriors of the modalities' RBMs",
  seeded: true,
  stages: rbmStages,
  unusable: excludesClassic,
  findings: (asked) => visibleUnitFindings(asked, oneEach(asked.setting.featureLearning)),
  pieces: dbnRbms,
  extractor: (pieces) =>
    dbnExtractor(
      loadedRbms(pieces),
      pieces.own(rbmOf(inputOf(pieces.artifacts, 'joint'))),
      pieces.features.joint,
      pieces.features.absent,
    ),
  reconstructor: (pieces) =>
    dbnReconstructor(
      {
        first: loadedRbms(pieces),
        joint: pieces.own(rbmOf(inputOf(pieces.artifacts, 'joint'))),
      },
      pieces.features.absent,
    ),
  jointLayer: (pieces) =>
    sideBySideWeights(matrixOf(inputOf(pieces.artifacts, 'joint'), 'weights'), loadedRbms(pieces)),
  firstLayers(artifacts) {
    const layer = (role: string): Matrix => matrixOf(inputOf(artifacts, role), 'weights');
    return { audio: { weights: layer('audio') }, video: { weights: layer('video') }, joint: layer('joint') };
  },
};
