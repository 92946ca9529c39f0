import * as tf from '@tensorflow/tfjs-core';
import type { HeadConfig } from '../../config/networks-schema.js';
import type { NoiseKey } from '../../engine/noise.js';
import {
  type ApplyGradient,
  applyWithin,
  type InitialKey,
  keyWithin,
  type Layer,
  prefixed,
} from '../layers/layer.js';
import { softmaxCrossEntropy } from '../layers/losses.js';
import { MeanOverTime } from '../layers/time-pooling.js';
import type { Encoded } from './encoder.js';
import type { FusionInput } from './fusion.js';
import { Head } from './head.js';
import { initialWithin } from './named-layers.js';
import { type Owners, ownersOf } from './owners.js';
import type { Presence } from './presence.js';

/** A head beside the decision, and what its loss counts. */
interface AuxiliaryHead {
  readonly modality: string;
  /** Place of the modality among the encoded ones. */
  readonly place: number;
  readonly weight: number;
  readonly head: Head;
}

/** What the parameters of a modality's head are called in the network. */
const nameOf = (modality: string): string => `auxiliary.${modality}`;

/** The labels of a minibatch as a step has them. */
export interface AuxiliaryTargets {
  /** [batch] */
  readonly labels: tf.Tensor1D;
  /** [classes]; all 1 when absent. */
  readonly classWeights?: tf.Tensor1D | undefined;
}

/**
 * Losses of one modality each, beside that of the decision (gradient blending with fixed weights; Wang, Tran and Feiszli
 * 2020, "What makes training multi-modal classification networks hard?"): the cross-entropy of a head on the modality's own
 * representation, times a weight. The heads train encoders and are not used in testing.
 *
 * The weights of the paper sum to 1 with that of the joint loss, and are estimated; here the joint loss counts 1, and weights
 * are given. What the paper leaves open: heads are made as `head` says; under averaged decisions they stand beside the heads
 * that decide; a representation of steps is averaged over its real ones; where modality dropout leaves a modality out, its
 * loss is of the examples that have it.
 */
export class AuxiliaryHeads {
  readonly parameters: Layer['parameters'];
  readonly state: Layer['state'];
  readonly owners: Owners;
  readonly #heads: readonly AuxiliaryHead[];
  readonly #mean = new MeanOverTime();

  /** @param weights by modality, above 0; one that is not named has no head */
  constructor(
    weights: Readonly<Record<string, number>>,
    encoded: readonly FusionInput[],
    config: HeadConfig,
    classes: number,
    initial: InitialKey,
  ) {
    this.#heads = encoded.flatMap(({ modality, shape }, place) => {
      const weight = Object.hasOwn(weights, modality) ? (weights[modality] ?? 0) : 0;
      if (weight === 0) return [];
      const head = new Head(
        config,
        shape.at(-1) ?? 0,
        classes,
        initialWithin(initial, `auxiliary/${modality}`),
      );
      return [{ modality, place, weight, head }];
    });
    const named = this.#heads.map(
      ({ modality, head }) => [modality, prefixed(nameOf(modality), head.parameters)] as const,
    );
    this.parameters = Object.assign({}, ...named.map(([, parameters]) => parameters));
    this.state = Object.assign(
      {},
      ...this.#heads.map(({ modality, head }) => prefixed(nameOf(modality), head.state)),
    );
    this.owners = ownersOf(named);
  }

  /**
   * Forward and backward pass of all heads: `apply` gets the gradients of their parameters.
   *
   * @returns the weighted sum of the losses, and the delta of each representation: undefined where it has no head
   */
  step(
    encoded: readonly Encoded[],
    presence: Presence,
    { labels, classWeights }: AuxiliaryTargets,
    apply: ApplyGradient,
    key: NoiseKey,
  ): { readonly loss: tf.Tensor; readonly deltas: readonly (tf.Tensor | undefined)[] } {
    return tf.tidy(() => {
      const deltas: (tf.Tensor | undefined)[] = encoded.map(() => undefined);
      const losses = this.#heads.map(({ modality, place, weight, head }) => {
        const { output, mask } = encoded[place] as Encoded;
        const pass = { training: true, key: keyWithin(key, `auxiliary/${modality}`) };
        const mean = output.rank === 3 ? this.#mean.forward(output, { ...pass, mask }) : undefined;
        const forward = head.forward(mean?.output ?? output, pass);
        const { loss, delta } = softmaxCrossEntropy(
          forward.output as tf.Tensor2D,
          labels,
          classWeights,
          presence[place],
        );
        const below = forward.backward(tf.mul(delta, weight), applyWithin(nameOf(modality), apply));
        deltas[place] = mean?.backward(below, apply) ?? below;
        return tf.mul(loss, weight);
      });
      return { loss: tf.addN(losses), deltas };
    });
  }

  dispose(): void {
    for (const { head } of this.#heads) head.dispose();
  }
}
