import type { ArchitectureFinding, ArchitectureKind, AskedOf } from './architecture.js';
import {
  autoencoderPiece,
  autoencoderStages,
  lossFindings,
  outputsOfAutoencoder,
  sharedFirstLayers,
  sharedLayer,
  sharedLayerExtractor,
} from './pieces/autoencoder.js';
import { encodesOneOnly, excludesClassic } from './pieces/demands.js';
import { oneEach, visibleUnitFindings } from './pieces/visible-units.js';

function* deepFindings(asked: AskedOf): Iterable<ArchitectureFinding> {
  const isUnrolled = asked.experiment.autoencoder.initialise === 'dbn';
  yield* visibleUnitFindings(asked, isUnrolled ? oneEach(asked.setting.featureLearning) : {});
  yield* lossFindings(asked);
}

/** Reconstructs all modalities from one (paper, section 3.2, figure 3a). */
export const singleInputDeepAutoencoder: ArchitectureKind = {
  family: 'single-input-deep-autoencoder',
  summary: 'reconstructs all modalities from one, through two hidden layers',
  nameFor: (modality) => `${modality}-only-deep-autoencoder`,
  seeded: true,
  stages: autoencoderStages,
  unusable: encodesOneOnly,
  findings: deepFindings,
  pieces: (plan) => autoencoderPiece(plan, 'deep'),
  extractor: sharedLayerExtractor,
  reconstructor: outputsOfAutoencoder,
};

/** As the deep one, with the shared layer as its only hidden layer: a control of ours. */
export const singleInputShallowAutoencoder: ArchitectureKind = {
  family: 'single-input-shallow-autoencoder',
  summary: 'reconstructs all modalities from one, through one hidden layer',
  nameFor: (modality) => `${modality}-only-shallow-autoencoder`,
  seeded: true,
  stages: autoencoderStages,
  unusable: encodesOneOnly,
  *findings(asked) {
    const isUnrolled = asked.experiment.autoencoder.initialise === 'dbn';
    yield* visibleUnitFindings(asked, isUnrolled ? { shallow: asked.setting.featureLearning } : {});
    yield* lossFindings(asked);
  },
  pieces: (plan) => autoencoderPiece(plan, 'shallow'),
  extractor: sharedLayerExtractor,
  reconstructor: outputsOfAutoencoder,
};

/** Reconstructs all modalities from all, some of the examples with one modality alone (paper, section 3.2, figure 3b). */
export const bimodalDeepAutoencoder: ArchitectureKind = {
  family: 'bimodal-deep-autoencoder',
  summary: 'reconstructs all modalities from any subset of them',
  seeded: true,
  stages: autoencoderStages,
  unusable: excludesClassic,
  findings: deepFindings,
  pieces: (plan) => autoencoderPiece(plan, 'deep'),
  extractor: sharedLayerExtractor,
  reconstructor: outputsOfAutoencoder,
  jointLayer: sharedLayer,
  firstLayers: sharedFirstLayers,
};
