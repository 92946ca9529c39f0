import type { ContrastiveConfig } from '../config/networks-schema.js';
import { MmxError } from '../errors.js';
import type { Matrix, RowSource } from '../matrix.js';
import { ContrastiveNetwork } from '../models/networks/contrastive-network.js';
import type { NetworkInput } from '../models/networks/input.js';
import type { Values } from '../models/networks/values.js';
import type { TrainingCurve, TrainingHost } from './loop.js';
import { trainWithoutLabels } from './train-without-labels.js';

/** Where its settings lie in a config. */
const path = 'models.contrastive';

/**
 * Trains a contrastive network, without labels, by gradient descent on InfoNCE.
 *
 * @param examples of every modality, with corresponding rows
 * @throws MmxError `training/diverged`, `training/too-few-examples`, `network/encoder`
 */
export async function trainContrastive(
  examples: Readonly<Record<string, Matrix | RowSource>>,
  inputs: readonly NetworkInput[],
  config: ContrastiveConfig,
  seed: number,
  host: TrainingHost,
): Promise<{ values: Values; curve: TrainingCurve }> {
  if (config.batch < 2) {
    throw new MmxError('training/too-few-examples', 'contrastive: a minibatch of 1 has nothing to compare', {
      exitCode: 2,
      hint: `use a ${path}.batch of at least 2; larger batches train better`,
    });
  }
  const network = new ContrastiveNetwork(inputs, config, { seed, purpose: 'contrastive' });
  try {
    const label = `${network.modalities.join('+')} contrastive network`;
    return await trainWithoutLabels(
      network,
      examples,
      { label, purpose: 'contrastive', path, config, seed },
      host,
    );
  } finally {
    network.dispose();
  }
}
