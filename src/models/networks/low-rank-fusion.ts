import * as tf from '@tensorflow/tfjs-core';
import { affine, columnSum } from '../../engine/operations.js';
import { constantVariable, glorotLimit, uniformVariable } from '../layers/initial.js';
import {
  type ApplyGradient,
  disposeVariables,
  type Forward,
  type InitialKey,
  type Layer,
  type Pass,
} from '../layers/layer.js';
import type { Encoded } from './encoder.js';
import { channelsOf, type Fusion, type FusionInput } from './fusion.js';
import { initialWithin } from './named-layers.js';
import type { Presence } from './presence.js';

/** The names of a modality's factor. */
const weightsOf = (modality: string): string => `factors.${modality}.weights`;
const biasOf = (modality: string): string => `factors.${modality}.bias`;

/**
 * Low-rank multimodal fusion (Liu et al. 2018, equation 6): unit u is b_u + Σ_r w_r Π_m (W_m [x_m; 1])_{u,r}, a weight for
 * every product of numbers of different modalities without a tensor of them all. The 1 lets products of fewer modalities
 * through, those of one that is lacking among them. Columns of a factor are numbered u · rank + r.
 */
export class LowRankFusion implements Fusion {
  readonly parameters: Layer['parameters'];
  readonly state = {};
  readonly width: number;
  readonly isSideBySide = false;
  readonly #rank: number;
  readonly #modalities: readonly string[];

  constructor(
    { units, rank }: { readonly units: number; readonly rank: number },
    inputs: readonly FusionInput[],
    initial: InitialKey,
  ) {
    this.width = units;
    this.#rank = rank;
    this.#modalities = inputs.map(({ modality }) => modality);
    const widths = channelsOf(inputs);
    const parameters: Record<string, tf.Variable> = {
      'ranks.weights': uniformVariable(initial, 'ranks', [rank, 1], glorotLimit(rank, 1)),
      bias: constantVariable([units], 0),
    };
    this.#modalities.forEach((modality, i) => {
      const channels = widths[i] ?? 0;
      const key = initialWithin(initial, modality);
      const limit = glorotLimit(channels + 1, units);
      parameters[weightsOf(modality)] = uniformVariable(key, 'weights', [channels, units * rank], limit);
      // Drawn like the other rows: products with a factor of zeros would teach nothing.
      parameters[biasOf(modality)] = uniformVariable(key, 'bias', [units * rank], limit);
    });
    this.parameters = parameters;
  }

  forward(encoded: readonly Encoded[], _presence: Presence, _pass: Pass): Forward<readonly tf.Tensor[]> {
    const inputs = encoded.map(({ output }) => output as tf.Tensor2D);
    const [batch = 0] = inputs[0]?.shape ?? [];
    const factors = this.#modalities.map((modality, i) =>
      affine(inputs[i] as tf.Tensor2D, this.#matrix(weightsOf(modality)), this.#vector(biasOf(modality))),
    );
    const ranks = this.#matrix('ranks.weights');
    // A row a unit of an example, a column a rank.
    const products = tf.reshape(product(factors), [batch * this.width, this.#rank]) as tf.Tensor2D;
    return {
      output: tf.tidy(() =>
        tf.add(tf.reshape(affine(products, ranks), [batch, this.width]), this.#vector('bias')),
      ),
      backward: (delta, apply) =>
        tf.tidy(() => {
          const column = tf.reshape(delta, [batch * this.width, 1]) as tf.Tensor2D;
          const productDelta = tf.reshape(affine(column, ranks, undefined, 'linear', true), [
            batch,
            this.width * this.#rank,
          ]) as tf.Tensor2D;
          const deltas = this.#modalities.map((modality, i) => {
            const others = factors.filter((_, j) => j !== i);
            const factorDelta = product([productDelta, ...others]);
            return this.#throughFactor(modality, inputs[i] as tf.Tensor2D, factorDelta, apply);
          });
          apply('ranks.weights', this.#variable('ranks.weights'), tf.matMul(products, column, true, false));
          apply('bias', this.#variable('bias'), columnSum(delta as tf.Tensor2D));
          return deltas;
        }),
    };
  }

  dispose(): void {
    disposeVariables(this.parameters);
  }

  #throughFactor(modality: string, x: tf.Tensor2D, delta: tf.Tensor2D, apply: ApplyGradient): tf.Tensor2D {
    const [weights, bias] = [weightsOf(modality), biasOf(modality)];
    const below = affine(delta, this.#matrix(weights), undefined, 'linear', true);
    apply(weights, this.#variable(weights), tf.matMul(x, delta, true, false));
    apply(bias, this.#variable(bias), columnSum(delta));
    return below;
  }

  #variable(name: string): tf.Variable {
    return this.parameters[name] as tf.Variable;
  }

  #matrix(name: string): tf.Tensor2D {
    return this.parameters[name] as unknown as tf.Tensor2D;
  }

  #vector(name: string): tf.Tensor1D {
    return this.parameters[name] as unknown as tf.Tensor1D;
  }
}

/** Elementwise. */
const product = (tensors: readonly tf.Tensor2D[]): tf.Tensor2D =>
  tensors.reduce((all, one) => tf.mul(all, one) as tf.Tensor2D);
