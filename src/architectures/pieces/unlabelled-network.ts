import type * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { FeatureExtractor } from '../../models/feature-extractors.js';
import type { Rows } from '../../models/networks/encoders.js';
import type { NetworkInput } from '../../models/networks/input.js';
import type { HasVariables, Values } from '../../models/networks/values.js';
import type { TrainingData } from '../../pipeline/data/parameters.js';
import { unlabelledRows } from '../../pipeline/data/rows.js';
import { defineStage, type Stage } from '../../pipeline/graph/define-stage.js';
import { resultOf } from '../../pipeline/graph/read-artifact.js';
import { inputOf } from '../../pipeline/graph/roles.js';
import type { StageSpec } from '../../pipeline/graph/stage.js';
import type { TrainingCurve, TrainingHost } from '../../training/loop.js';
import { type LoadedPieces, optionsOf, type PiecePlan } from '../architecture.js';
import { networkArtifact, networkCost, networkInputs, restore, storedInputs } from './network.js';
import { networkExtractor } from './network-extractor.js';

/** A network that gradients train as a whole, without labels. */
export interface UnlabelledNetwork<Config, Network extends Model = Model> {
  /** Of the architecture, and of its stage. */
  readonly family: string;
  readonly options: z.ZodType<Config>;
  make(inputs: readonly NetworkInput[], config: Config, seed: number): Network;
  train(
    rows: Awaited<ReturnType<typeof unlabelledRows>>,
    inputs: readonly NetworkInput[],
    config: Config,
    seed: number,
    host: TrainingHost,
  ): Promise<{ readonly values: Values; readonly curve: TrainingCurve }>;
}

interface Model extends HasVariables {
  representation(rows: Rows): tf.Tensor2D;
  dispose(): void;
}

/** Parameters of its stage. Inputs: the frames of the pooled corpora, where there are clips. */
interface Parameters<Config> {
  readonly corpus: TrainingData;
  readonly inputs: readonly NetworkInput[];
  readonly config: Config;
  readonly seed: number;
}

/** The stage of such a network, the plan of it, and the features that are read from it. */
export interface UnlabelledNetworkParts<Config, Network extends Model = Model> {
  readonly stage: Stage<Parameters<Config>>;
  /** @param shown modalities that it learns from @param settled the options as they make a difference to those */
  pieces(
    plan: PiecePlan,
    shown: readonly string[],
    label: string,
    settled?: (config: Config, inputs: readonly NetworkInput[]) => Config,
  ): Record<string, StageSpec>;
  extractor(pieces: LoadedPieces): FeatureExtractor;
  /** The trained network. */
  network(pieces: LoadedPieces): Network;
}

export function unlabelledNetwork<Config extends { readonly epochs: number }, Network extends Model>({
  family,
  options,
  make,
  train,
}: UnlabelledNetwork<Config, Network>): UnlabelledNetworkParts<Config, Network> {
  const result = z.object({ model: z.object({ inputs: storedInputs, config: options }) });
  const stage = defineStage<Parameters<Config>>({
    kind: family,
    version: 1,
    async run({ corpus, inputs, config, seed }, context) {
      const names = inputs.map(({ modality }) => modality);
      const rows = await unlabelledRows(corpus, names, context);
      const { values, curve } = await train(rows, inputs, config, seed, context);
      return networkArtifact(make(inputs, config, seed), values, { model: { inputs, config }, curve });
    },
  });
  const network = ({ artifacts, own }: LoadedPieces): Network => {
    const artifact = inputOf(artifacts, family);
    const { inputs, config } = resultOf(artifact, result).model;
    return own(restore(make(inputs as readonly NetworkInput[], config as Config, 0), artifact));
  };
  return {
    stage,
    network,
    pieces(plan, shown, label, settled = (config) => config) {
      const inputs = networkInputs(plan, shown);
      const config = settled(optionsOf({ family, options }, plan.experiment), inputs);
      return {
        [family]: stage.spec(
          { corpus: plan.training, inputs, config, seed: plan.seed },
          {
            label: `${label}${plan.seedLabel}`,
            inputs: plan.unlabelled(shown),
            cost: networkCost(plan, inputs, config.epochs),
          },
        ),
      };
    },
    extractor(pieces) {
      const trained = network(pieces);
      return networkExtractor((rows) => trained.representation(rows));
    },
  };
}
