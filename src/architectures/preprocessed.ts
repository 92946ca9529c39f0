import { rawExtractor } from '../models/feature-extractors.js';
import type { ArchitectureKind } from './architecture.js';
import { learnsNothingShared } from './pieces/demands.js';

/** The inputs themselves, side by side: the paper's baseline. */
export const preprocessed: ArchitectureKind = {
  family: 'preprocessed',
  summary: 'the inputs themselves',
  seeded: false,
  stages: [],
  unusable: learnsNothingShared,
  pieces: () => ({}),
  extractor: ({ modalities }) => rawExtractor(modalities.map(({ modality }) => modality)),
};
