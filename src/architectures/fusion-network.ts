import * as tf from '@tensorflow/tfjs-core';
import { type NetworkConfig, network } from '../config/networks-schema.js';
import { foldsOfExamples } from '../evaluation/folds.js';
import { shareOfLabels } from '../evaluation/label-share.js';
import { FusionNetwork } from '../models/networks/fusion-network.js';
import type { NetworkInput } from '../models/networks/input.js';
import { balanceObstacles, balanceOf, mapsByModality } from '../models/networks/modality-balance.js';
import type { LabelledData } from '../pipeline/data/parameters.js';
import { trainingPart } from '../pipeline/data/rows.js';
import { defineStage } from '../pipeline/graph/define-stage.js';
import { inputOf } from '../pipeline/graph/roles.js';
import type { StageSpec } from '../pipeline/graph/stage.js';
import { labelledIndices, labelsOf } from '../pipeline/readouts/features.js';
import { neededModalities } from '../pipeline/readouts/needed-modalities.js';
import { trainNetwork } from '../training/train-network.js';
import { type ArchitectureKind, type LoadedPieces, optionsOf, type PiecePlan } from './architecture.js';
import { learnsWhatItIsShown } from './pieces/demands.js';
import {
  networkArtifact,
  networkCost,
  networkInputs,
  restoredNetwork,
  withShownEncoders,
} from './pieces/network.js';
import { networkExtractor } from './pieces/network-extractor.js';

/** Parameters of a `network` stage. Inputs: the frames of the training part, where there are clips. */
export interface NetworkStageParameters {
  readonly corpus: LabelledData;
  /** What the network sees. */
  readonly inputs: readonly NetworkInput[];
  /** Modalities that an example must have to be scored, and so to be learnt from. */
  readonly needed: readonly string[];
  readonly classes: number;
  readonly config: NetworkConfig;
  /** Of a cross-validation: which fold is held out, of how many. */
  readonly fold: { readonly index: number; readonly of: number } | null;
  /** Share of the labels that are learnt from; absent for all. */
  readonly labelShare?: number;
  readonly seed: number;
}

/** Trains a network on the labels of the training part, or of all folds of it but one. */
export const networkStage = defineStage<NetworkStageParameters>({
  kind: 'network',
  version: 1,
  async run(parameters, context) {
    const { corpus, inputs, needed, classes, config, fold, seed } = parameters;
    const part = await trainingPart(corpus, context, needed);
    const learnt = examplesLearntFrom(labelsOf(part), parameters);
    // Groups can be fewer than the folds asked for.
    if (learnt === undefined) return { tensors: {}, json: { unusedFold: fold?.index ?? 0 } };
    const known = labelledIndices(part);
    const rowsOfExamples = (examples: Int32Array): Int32Array =>
      Int32Array.from(
        Array.from(examples, (example) => known[example] ?? 0).flatMap((index) => {
          if (!part.clips) return [index];
          const [from, to] = [part.clips[index] ?? 0, part.clips[index + 1] ?? 0];
          return Array.from({ length: to - from }, (_, row) => from + row);
        }),
      );
    const labels = new Int32Array(part.count).fill(-1);
    for (const index of known) {
      const [from, to] = part.clips ? [part.clips[index], part.clips[index + 1]] : [index, index + 1];
      labels.fill(part.labels[index] ?? -1, from, to);
    }
    const trained = await trainNetwork(
      {
        inputs: part.inputs,
        labels,
        fit: rowsOfExamples(learnt.fit),
        validation: rowsOfExamples(learnt.validation),
      },
      inputs,
      classes,
      config,
      seed,
      context,
    );
    const { curve, epoch, values } = trained;
    const model = { inputs, classes, config };
    return networkArtifact(new FusionNetwork(inputs, classes, config, { seed, purpose: 'network' }), values, {
      model,
      curve,
      epoch,
      examples: { fit: learnt.fit.length, validation: learnt.validation.length },
    });
  },
});

/**
 * Labelled examples whose gradients are followed, and those that early stopping is decided on: of the fold and the share of
 * labels that a linear classifier in its place is trained on. Undefined for a fold that there is not.
 */
function examplesLearntFrom(
  { labels, groups }: { readonly labels: Int32Array; readonly groups?: Int32Array | undefined },
  { fold, labelShare, seed, config }: NetworkStageParameters,
): { readonly fit: Int32Array; readonly validation: Int32Array } | undefined {
  const at = (values: Int32Array, places: Int32Array): Int32Array =>
    Int32Array.from(places, (place) => values[place] ?? 0);
  let examples: Int32Array = Int32Array.from(labels.keys());
  if (fold) {
    const found = foldsOfExamples(labels, groups, fold.of, seed)[fold.index];
    if (!found) return undefined;
    examples = found.train;
  }
  if (labelShare !== undefined) {
    examples = at(examples, shareOfLabels(at(labels, examples), labelShare, seed));
  }
  const { early_stopping: stopping } = config;
  if (!stopping) return { fit: examples, validation: new Int32Array(0) };
  const count = Math.max(2, Math.round(1 / stopping.share));
  const [own] = foldsOfExamples(at(labels, examples), groups && at(groups, examples), count, seed);
  if (!own) throw new Error('there is a first fold');
  return { fit: at(examples, own.train), validation: at(examples, own.test) };
}

const optionsIn = (experiment: PiecePlan['experiment']): NetworkConfig =>
  optionsOf({ family: fusionNetwork.family, options: network }, experiment);

/** A config without what it says of modalities that are not shown: it makes no difference to what is learnt. */
function withShownModalities(asked: NetworkConfig, inputs: readonly NetworkInput[]): NetworkConfig {
  const { learning_speed, gradient_modulation, auxiliary_losses, ...rest } = asked;
  const balance = balanceOf(
    asked,
    inputs.map(({ modality }) => modality),
  );
  // Early fusion has no encoders.
  const config = rest.fusion.kind === 'early' ? rest : withShownEncoders(rest, inputs);
  return { ...config, ...balance };
}

/** The network of a fold, or the only one. */
const roleOf = (fold: number | null): string => (fold === null ? 'network' : `network_${fold}`);

function networkPieces(plan: PiecePlan): Record<string, StageSpec> {
  const { experiment, setting, classes, seed, seedLabel } = plan;
  const { protocol, folds, label_share: labelShare } = experiment.evaluation;
  const needed = neededModalities(setting, experiment.evaluation).train;
  const labelled = plan.labelledTraining(needed);
  const inputs = networkInputs(plan, setting.supervisedTraining);
  const asked = optionsIn(experiment);
  const config = withShownModalities(asked, inputs);
  const spec = (fold: number | null): StageSpec =>
    networkStage.spec(
      {
        corpus: labelled.data,
        inputs,
        needed,
        classes: classes.length,
        config,
        fold: fold === null ? null : { index: fold, of: folds },
        ...(labelShare < 1 ? { labelShare } : {}),
        seed,
      },
      {
        label: `network of ${setting.supervisedTraining.join(' + ')}, ${config.fusion.kind}${fold === null ? '' : `, fold ${fold + 1}`}${seedLabel}`,
        inputs: labelled.inputs,
        cost: networkCost(plan, inputs, config.epochs) * labelShare,
      },
    );
  if (protocol !== 'train-folds') return { [roleOf(null)]: spec(null) };
  return Object.fromEntries(Array.from({ length: folds }, (_, fold) => [roleOf(fold), spec(fold)]));
}

/** Class probabilities, examples × classes, or what the last layer sees. */
function extractorOfNetwork(pieces: LoadedPieces) {
  const { artifacts, fold, readout, own } = pieces;
  const role = roleOf(null) in artifacts ? roleOf(null) : roleOf(fold);
  const restored = own(restoredNetwork(inputOf(artifacts, role)));
  return networkExtractor((rows) =>
    readout === 'head' ? tf.softmax(restored.logits(rows)) : restored.representation(rows),
  );
}

/**
 * A supervised network, trained end to end: an encoder for each modality, a fusion, a head. Not in the paper: what its
 * unsupervised features are compared with.
 */
export const fusionNetwork: ArchitectureKind = {
  family: 'fusion-network',
  summary: 'a supervised network: encoders, a fusion and a head',
  seeded: true,
  supervised: true,
  readsTokens: true,
  options: network,
  stages: [networkStage],
  unusable: learnsWhatItIsShown,
  *findings({ experiment, architecture, corpus, setting }) {
    const { features, evaluation } = experiment;
    if (features.beside.length > 0 && evaluation.readout !== 'svm') {
      yield {
        path: 'features.beside',
        message: `the head of '${architecture.name}' uses its own features only; set \`evaluation.readout: svm\` to add features of other modalities`,
      };
    }
    if (evaluation.protocol === 'test-folds') {
      yield {
        path: 'evaluation.protocol',
        message: `'${architecture.name}' learns from labels of the training part: use train-test or train-folds`,
      };
    }
    const options = optionsIn(experiment);
    const tokens = corpus.modalities.find(
      ({ name, range }) => range === 'tokens' && setting.supervisedTraining.includes(name),
    );
    if (tokens && options.fusion.kind === 'early') {
      yield {
        path: `models.${fusionNetwork.family}.fusion.kind`,
        message: `early fusion concatenates the inputs, but ${tokens.name} consists of tokens`,
      };
    }
    const names = corpus.modalities.map(({ name }) => name);
    const maps = { encoders: options.encoders, ...mapsByModality(options) };
    for (const [option, map] of Object.entries(maps)) {
      for (const name of Object.keys(map)) {
        if (names.includes(name)) continue;
        yield {
          path: `models.${fusionNetwork.family}.${option}.${name}`,
          message: `${corpus.name} has no modality '${name}'; it has ${names.join(', ')}`,
        };
      }
    }
    for (const { option, reason } of balanceObstacles(options)) {
      yield { path: `models.${fusionNetwork.family}.${option}`, message: reason };
    }
  },
  pieces: networkPieces,
  extractor: extractorOfNetwork,
};
