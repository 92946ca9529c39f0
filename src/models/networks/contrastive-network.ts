import * as tf from '@tensorflow/tfjs-core';
import type { ContrastiveConfig } from '../../config/networks-schema.js';
import type { NoiseKey } from '../../engine/noise.js';
import { Dense } from '../layers/dense.js';
import {
  type ApplyGradient,
  applyWithin,
  type InitialKey,
  keyWithin,
  type Layer,
  prefixed,
} from '../layers/layer.js';
import { directions, infoNce } from '../layers/losses.js';
import { Sequential } from '../layers/sequential.js';
import { Encoders, presentRows, type Rows, requireModalities } from './encoders.js';
import { channelsOf } from './fusion.js';
import type { NetworkInput } from './input.js';
import { initialWithin, rectifiedLayers } from './named-layers.js';
import { inference, presenceOf } from './presence.js';

/** What a contrastive network is made of, without how it is trained. */
export type ContrastiveNetworkConfig = Pick<
  ContrastiveConfig,
  'encoder' | 'encoders' | 'projection' | 'temperature'
>;

/**
 * Encoders of two or more modalities whose projections of one example are brought together, and those of different examples
 * apart: InfoNCE both ways, the mean over all pairs of modalities (as CLIP, Radford et al. 2021; for more than two, Tian et
 * al. 2020). No labels are seen.
 */
export class ContrastiveNetwork {
  readonly parameters: Layer['parameters'];
  readonly state: Layer['state'];
  readonly modalities: readonly string[];
  readonly #encoders: Encoders;
  readonly #projections: readonly Sequential[];
  readonly #temperature: number;

  /** @throws MmxError `network/encoder` where an encoder does not fit its modality @throws Error of a single modality */
  constructor(inputs: readonly NetworkInput[], config: ContrastiveNetworkConfig, initial: InitialKey) {
    requireModalities(inputs, config);
    if (inputs.length < 2)
      throw new Error('contrastive network: there is nothing to compare a single modality to');
    this.modalities = inputs.map(({ modality }) => modality);
    this.#temperature = config.temperature;
    this.#encoders = new Encoders(inputs, config, 'vector', initial);
    const widths = channelsOf(this.#encoders.outputs);
    const { hidden, dimensions } = config.projection;
    this.#projections = this.modalities.map((modality, i) => {
      const key = initialWithin(initial, `projection/${modality}`);
      const below = hidden.at(-1) ?? widths[i] ?? 0;
      const last = new Dense({ inputs: below, units: dimensions }, initialWithin(key, 'output'));
      return new Sequential([...rectifiedLayers(widths[i] ?? 0, hidden, 0, key), ['output', last]]);
    });
    this.parameters = Object.assign(
      { ...this.#encoders.parameters },
      ...this.#projections.map((layer, i) => prefixed(`projection.${this.modalities[i]}`, layer.parameters)),
    );
    this.state = this.#encoders.state;
  }

  /**
   * Forward and backward pass on a minibatch of at least two examples: `apply` gets the gradient of each parameter once.
   *
   * @param rows [batch, width] of every modality; rows of one index are one example
   * @returns the mean InfoNCE when it is observed
   */
  step(
    rows: Rows,
    apply: ApplyGradient,
    { key, observe }: { readonly key: NoiseKey; readonly observe: boolean },
  ): number | undefined {
    return tf.tidy(() => {
      const pass = { training: true, key };
      const all = presentRows(rows, new Set(this.modalities), this.modalities);
      const everywhere = this.modalities.map(() => undefined);
      const encoding = this.#encoders.forward(all, everywhere, pass);
      const projected = this.#projections.map((layer, i) =>
        layer.forward((encoding.encoded[i] as { output: tf.Tensor }).output, {
          ...pass,
          key: keyWithin(key, `projection/${this.modalities[i]}`),
        }),
      );
      const { loss, deltas } = this.#allPairs(projected.map(({ output }) => output as tf.Tensor2D));
      const below = projected.map((forward, i) =>
        forward.backward(deltas[i] as tf.Tensor2D, applyWithin(`projection.${this.modalities[i]}`, apply)),
      );
      encoding.backward(below, apply);
      return observe ? (loss.dataSync()[0] ?? Number.NaN) : undefined;
    });
  }

  /**
   * The mean of the projections of the modalities that are there, each set to length 1 before, [batch, dimensions]. It is the
   * projections and not the encoders' outputs, since those alone share a space: a classifier that was trained on one modality
   * can be tested on another.
   *
   * @param present modalities that are looked at; all that have rows when absent
   */
  representation(rows: Rows, present: ReadonlySet<string> = new Set(Object.keys(rows))): tf.Tensor2D {
    return tf.tidy(() => {
      const shown = presentRows(rows, present, this.modalities);
      const [batch = 0] = Object.values(shown)[0]?.shape ?? [];
      const presence = presenceOf(this.modalities, present, batch);
      const { encoded } = this.#encoders.forward(shown, presence, inference);
      const projections = this.#projections.flatMap((layer, i) => {
        if (!present.has(this.modalities[i] ?? '')) return [];
        const { output } = layer.forward((encoded[i] as { output: tf.Tensor }).output, inference);
        return [directions(output as tf.Tensor2D).rows];
      });
      return tf.mul(tf.addN(projections), 1 / projections.length) as tf.Tensor2D;
    });
  }

  dispose(): void {
    this.#encoders.dispose();
    for (const layer of this.#projections) layer.dispose();
  }

  #allPairs(projections: readonly tf.Tensor2D[]): { loss: tf.Scalar; deltas: readonly tf.Tensor2D[] } {
    const pairs = projections.flatMap((_, j) => Array.from({ length: j }, (__, i) => [i, j] as const));
    const share = 1 / pairs.length;
    const losses: tf.Scalar[] = [];
    const deltas: tf.Tensor2D[][] = projections.map(() => []);
    for (const [i, j] of pairs) {
      const pair = infoNce(projections[i] as tf.Tensor2D, projections[j] as tf.Tensor2D, this.#temperature);
      losses.push(pair.loss);
      deltas[i]?.push(pair.delta.a);
      deltas[j]?.push(pair.delta.b);
    }
    return {
      loss: tf.mul(tf.addN(losses), share) as tf.Scalar,
      deltas: deltas.map((own) => tf.mul(tf.addN(own), share) as tf.Tensor2D),
    };
  }
}
