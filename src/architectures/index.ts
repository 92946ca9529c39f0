import type { StageImplementation } from '../pipeline/graph/stage.js';
import { type Architecture, type ArchitectureKind, architecturesOfKind } from './architecture.js';
import { bimodalDbn } from './bimodal-dbn.js';
import { rawCca, rbmCca, stackedRbmCca } from './canonical-correlation.js';
import {
  bimodalDeepAutoencoder,
  singleInputDeepAutoencoder,
  singleInputShallowAutoencoder,
} from './deep-autoencoders.js';
import { fusionNetwork } from './fusion-network.js';
import { preprocessed } from './preprocessed.js';
import { rbm } from './rbm.js';
import { shallowBimodalRbm } from './shallow-bimodal-rbm.js';

export {
  type Architecture,
  type ArchitectureKind,
  isSeeded,
  type JointLayer,
  unusable,
} from './architecture.js';

/** Every kind of architecture, in the order in which they are listed. */
export const architectureKinds: readonly ArchitectureKind[] = [
  preprocessed,
  rbm,
  shallowBimodalRbm,
  bimodalDbn,
  singleInputDeepAutoencoder,
  singleInputShallowAutoencoder,
  bimodalDeepAutoencoder,
  rawCca,
  rbmCca,
  stackedRbmCca,
  fusionNetwork,
];

/** The architectures of a corpus. @param modalities in the corpus's order */
export const architecturesOf = (modalities: readonly string[]): readonly Architecture[] =>
  architectureKinds.flatMap((kind) => architecturesOfKind(kind, modalities));

/** @throws Error for a family that no kind has */
export function kindOf(family: string): ArchitectureKind {
  const found = architectureKinds.find((kind) => kind.family === family);
  if (!found) throw new Error(`there is no architecture of the family ${family}`);
  return found;
}

/** The kinds of stages that architectures bring, each once. */
export const architectureStages: readonly StageImplementation[] = [
  ...new Set(architectureKinds.flatMap(({ stages }) => stages)),
];
