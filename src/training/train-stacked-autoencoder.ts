import type { StackedAutoencoderConfig } from '../config/networks-schema.js';
import { MmxError } from '../errors.js';
import { type Matrix, type RowSource, rowSource } from '../matrix.js';
import type { NetworkInput } from '../models/networks/input.js';
import { StackedAutoencoder } from '../models/networks/stacked-autoencoder.js';
import type { Values } from '../models/networks/values.js';
import type { TrainingCurve, TrainingHost } from './loop.js';
import { sourcesOf } from './network-rows.js';
import { trainWithoutLabels } from './train-without-labels.js';

/**
 * Trains a stacked autoencoder, without labels, by gradient descent on its reconstructions.
 *
 * @param examples of every modality, with corresponding rows, in [0, 1]
 * @throws MmxError `training/out-of-range` where an input is not in [0, 1]; `training/diverged`, `training/too-few-examples`
 */
export async function trainStackedAutoencoder(
  examples: Readonly<Record<string, Matrix | RowSource>>,
  inputs: readonly NetworkInput[],
  config: StackedAutoencoderConfig,
  seed: number,
  host: TrainingHost,
): Promise<{ values: Values; curve: TrainingCurve }> {
  const network = new StackedAutoencoder(inputs, config, { seed, purpose: 'stacked_autoencoder' });
  try {
    const { modalities } = network;
    sourcesOf(examples, modalities).forEach((source, i) => {
      requireUnitRange(source, modalities[i] ?? '');
    });
    const label = `${network.modalities.join('+')} stacked autoencoder`;
    return await trainWithoutLabels(
      network,
      examples,
      { label, purpose: 'stacked_autoencoder', path: 'models.stacked-autoencoder', config, seed },
      host,
    );
  } finally {
    network.dispose();
  }
}

/** A cross-entropy has no meaning elsewhere. @throws MmxError `training/out-of-range` */
function requireUnitRange(source: Matrix | RowSource, modality: string): void {
  const all = rowSource(source);
  const values = new Float32Array(all.columns);
  for (let row = 0; row < all.rows; row++) {
    all.copyRow(row, values, 0);
    const outside = values.find((value) => !(value >= 0 && value <= 1));
    if (outside === undefined) continue;
    throw new MmxError(
      'training/out-of-range',
      `the stacked autoencoder reconstructs inputs in [0, 1]; training example ${row + 1} of ${modality} holds ${outside}`,
      { exitCode: 2, hint: 'whitened inputs need another architecture' },
    );
  }
}
