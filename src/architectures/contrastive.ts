import { z } from 'zod';
import { type ContrastiveConfig, contrastive as options } from '../config/networks-schema.js';
import { ContrastiveNetwork } from '../models/networks/contrastive-network.js';
import type { NetworkInput } from '../models/networks/input.js';
import type { TrainingData } from '../pipeline/data/parameters.js';
import { unlabelledRows } from '../pipeline/data/rows.js';
import { defineStage } from '../pipeline/graph/define-stage.js';
import { resultOf } from '../pipeline/graph/read-artifact.js';
import { inputOf } from '../pipeline/graph/roles.js';
import { trainContrastive } from '../training/train-contrastive.js';
import { type ArchitectureKind, optionsOf } from './architecture.js';
import { excludesClassic } from './pieces/demands.js';
import {
  networkArtifact,
  networkCost,
  networkInputs,
  restore,
  storedInputs,
  withShownEncoders,
} from './pieces/network.js';
import { networkExtractor } from './pieces/network-extractor.js';
import { namesOf } from './pieces/rbm.js';

/** Parameters of a `contrastive` stage. Inputs: the frames of the pooled corpora, where there are clips. */
export interface ContrastiveStageParameters {
  readonly corpus: TrainingData;
  readonly inputs: readonly NetworkInput[];
  readonly config: ContrastiveConfig;
  readonly seed: number;
}

const family = 'contrastive';
const initial = (seed: number) => ({ seed, purpose: 'contrastive' });

export const contrastiveStage = defineStage<ContrastiveStageParameters>({
  kind: 'contrastive',
  version: 1,
  async run({ corpus, inputs, config, seed }, context) {
    const names = inputs.map(({ modality }) => modality);
    const rows = await unlabelledRows(corpus, names, context);
    const { values, curve } = await trainContrastive(rows, inputs, config, seed, context);
    const network = new ContrastiveNetwork(inputs, config, initial(seed));
    return networkArtifact(network, values, { model: { inputs, config }, curve });
  },
});

const result: z.ZodType<{
  readonly model: { readonly inputs: readonly NetworkInput[]; readonly config: ContrastiveConfig };
}> = z.object({ model: z.object({ inputs: storedInputs, config: options }) });

/**
 * An encoder for each modality, trained without labels to bring together what belongs together: InfoNCE (van den Oord et
 * al. 2018), both ways as in CLIP (Radford et al. 2021). Features are projections into the space that the modalities share.
 * Not in the paper.
 */
export const contrastive: ArchitectureKind = {
  family,
  summary: 'encoders that bring the modalities of an example together in a shared space',
  seeded: true,
  options,
  stages: [contrastiveStage],
  unusable: excludesClassic,
  *findings({ corpus }) {
    const { length } = corpus.modalities;
    if (length < 2) {
      yield {
        path: 'architecture',
        message: `contrastive learning needs two modalities; ${corpus.name} has one`,
      };
    }
  },
  pieces(plan) {
    const inputs = networkInputs(plan, namesOf(plan));
    const config = withShownEncoders(optionsOf({ family, options }, plan.experiment), inputs);
    const spec = contrastiveStage.spec(
      { corpus: plan.training, inputs, config, seed: plan.seed },
      {
        label: `contrastive network (${config.projection.dimensions})${plan.seedLabel}`,
        inputs: plan.unlabelled(),
        cost: networkCost(plan, inputs, config.epochs),
      },
    );
    return { contrastive: spec };
  },
  extractor({ artifacts, own }) {
    const artifact = inputOf(artifacts, 'contrastive');
    const { inputs, config } = resultOf(artifact, result).model;
    const network = own(restore(new ContrastiveNetwork(inputs, config, initial(0)), artifact));
    return networkExtractor((rows) => network.representation(rows));
  },
};
