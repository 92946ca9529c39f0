import { contrastive as options } from '../config/networks-schema.js';
import { ContrastiveNetwork } from '../models/networks/contrastive-network.js';
import { trainContrastive } from '../training/train-contrastive.js';
import { type ArchitectureKind, optionsOf } from './architecture.js';
import { excludesClassic } from './pieces/demands.js';
import { withShownEncoders } from './pieces/network.js';
import { learntFrom } from './pieces/rbm.js';
import { unlabelledNetwork } from './pieces/unlabelled-network.js';

const family = 'contrastive';

const { stage, pieces, extractor } = unlabelledNetwork({
  family,
  options,
  make: (inputs, config, seed) => new ContrastiveNetwork(inputs, config, { seed, purpose: family }),
  train: trainContrastive,
});

/**
 * An encoder for each modality, trained without labels to bring together what belongs together: InfoNCE (van den Oord et
 * al. 2018), both ways as in CLIP (Radford et al. 2021). Features are projections into the space that the modalities share.
 * Not in the paper.
 */
export const contrastive: ArchitectureKind = {
  family,
  summary: 'encoders that map the modalities of an example close to each other in a shared space',
  seeded: true,
  readsTokens: true,
  options,
  stages: [stage],
  unusable: excludesClassic,
  pieces(plan) {
    const { dimensions } = optionsOf({ family, options }, plan.experiment).projection;
    return pieces(plan, learntFrom(plan), `contrastive network (${dimensions})`, withShownEncoders);
  },
  extractor,
};
