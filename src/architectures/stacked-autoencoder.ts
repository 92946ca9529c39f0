import { z } from 'zod';
import { stackedAutoencoder as options, type StackedAutoencoderConfig } from '../config/networks-schema.js';
import type { NetworkInput } from '../models/networks/input.js';
import { StackedAutoencoder } from '../models/networks/stacked-autoencoder.js';
import type { TrainingData } from '../pipeline/data/parameters.js';
import { unlabelledRows } from '../pipeline/data/rows.js';
import { defineStage } from '../pipeline/graph/define-stage.js';
import { resultOf } from '../pipeline/graph/read-artifact.js';
import { inputOf } from '../pipeline/graph/roles.js';
import { trainStackedAutoencoder } from '../training/train-stacked-autoencoder.js';
import { type ArchitectureKind, optionsOf } from './architecture.js';
import { networkArtifact, networkCost, networkInputs, restore, storedInputs } from './pieces/network.js';
import { networkExtractor } from './pieces/network-extractor.js';

/** Parameters of a `stacked-autoencoder` stage. Inputs: the frames of the pooled corpora, where there are clips. */
export interface StackedAutoencoderStageParameters {
  readonly corpus: TrainingData;
  readonly inputs: readonly NetworkInput[];
  readonly config: StackedAutoencoderConfig;
  readonly seed: number;
}

const family = 'stacked-autoencoder';
const initial = (seed: number) => ({ seed, purpose: 'stacked_autoencoder' });

export const stackedAutoencoderStage = defineStage<StackedAutoencoderStageParameters>({
  kind: 'stacked-autoencoder',
  version: 1,
  async run({ corpus, inputs, config, seed }, context) {
    const names = inputs.map(({ modality }) => modality);
    const rows = await unlabelledRows(corpus, names, context);
    const { values, curve } = await trainStackedAutoencoder(rows, inputs, config, seed, context);
    const model = new StackedAutoencoder(inputs, config, initial(seed));
    return networkArtifact(model, values, { model: { inputs, config }, curve });
  },
});

const result: z.ZodType<{
  readonly model: { readonly inputs: readonly NetworkInput[]; readonly config: StackedAutoencoderConfig };
}> = z.object({ model: z.object({ inputs: storedInputs, config: options }) });

/**
 * Rectified layers that narrow to one that all modalities share, trained as a whole by Adadelta on the binary cross-entropy of
 * the reconstructions. Its learning rate of 1 was the default of older Keras. In classic settings it sees one modality.
 */
export const stackedAutoencoder: ArchitectureKind = {
  family,
  summary: 'rectified layers that reconstruct inputs in [0, 1], trained as a whole',
  seeded: true,
  options,
  stages: [stackedAutoencoderStage],
  unusable: () => undefined,
  *findings({ corpus, setting }) {
    const real = corpus.modalities.find(
      ({ name, range }) => range === 'real' && setting.featureLearning.includes(name),
    );
    if (real) {
      yield {
        path: 'architecture',
        message: `'${family}' reconstructs values in [0, 1]; ${real.name} of ${corpus.name} has real ones`,
      };
    }
  },
  pieces(plan) {
    const config = optionsOf({ family, options }, plan.experiment);
    const inputs = networkInputs(plan, plan.setting.featureLearning);
    const spec = stackedAutoencoderStage.spec(
      { corpus: plan.training, inputs, config, seed: plan.seed },
      {
        label: `stacked autoencoder of ${plan.setting.featureLearning.join(' + ')}${plan.seedLabel}`,
        inputs: plan.unlabelled(),
        cost: networkCost(plan, inputs, config.epochs),
      },
    );
    return { 'stacked-autoencoder': spec };
  },
  extractor({ artifacts, own }) {
    const artifact = inputOf(artifacts, 'stacked-autoencoder');
    const { inputs, config } = resultOf(artifact, result).model;
    const model = own(restore(new StackedAutoencoder(inputs, config, initial(0)), artifact));
    return networkExtractor((rows) => model.representation(rows));
  },
};
