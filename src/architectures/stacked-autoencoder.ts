import { stackedAutoencoder as options } from '../config/networks-schema.js';
import { StackedAutoencoder } from '../models/networks/stacked-autoencoder.js';
import { stackedReconstructor } from '../models/reconstructors.js';
import { trainStackedAutoencoder } from '../training/train-stacked-autoencoder.js';
import type { ArchitectureKind } from './architecture.js';
import { unlabelledNetwork } from './pieces/unlabelled-network.js';

const family = 'stacked-autoencoder';

const { stage, pieces, extractor, network } = unlabelledNetwork({
  family,
  options,
  make: (inputs, config, seed) =>
    new StackedAutoencoder(inputs, config, { seed, purpose: 'stacked_autoencoder' }),
  train: trainStackedAutoencoder,
});

/**
 * Rectified layers that narrow to one that all modalities share, trained as a whole by Adadelta on the binary cross-entropy of
 * the reconstructions. Its learning rate of 1 was the default of older Keras. In classic settings it sees one modality.
 */
export const stackedAutoencoder: ArchitectureKind = {
  family,
  summary: 'rectified layers that reconstruct inputs in [0, 1], trained end to end',
  seeded: true,
  options,
  stages: [stage],
  unusable: () => undefined,
  *findings({ corpus, setting }) {
    const real = corpus.modalities.find(
      ({ name, range }) => range === 'real' && setting.featureLearning.includes(name),
    );
    if (real) {
      yield {
        path: 'architecture',
        message: `'${family}' reconstructs values in [0, 1], but ${real.name} of ${corpus.name} is real-valued`,
      };
    }
  },
  pieces: (plan) =>
    pieces(
      plan,
      plan.setting.featureLearning,
      `stacked autoencoder of ${plan.setting.featureLearning.join(' + ')}`,
    ),
  extractor,
  reconstructor: (loaded) => stackedReconstructor(network(loaded)),
};
