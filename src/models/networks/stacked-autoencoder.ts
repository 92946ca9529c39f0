import * as tf from '@tensorflow/tfjs-core';
import type { StackedAutoencoderConfig } from '../../config/networks-schema.js';
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
import { binaryCrossEntropy } from '../layers/losses.js';
import { Sequential } from '../layers/sequential.js';
import { Encoders, type EncodersForward, presentRows, type Rows, requireModalities } from './encoders.js';
import { type NetworkInput, widthOf } from './input.js';
import { initialWithin, rectifiedLayers } from './named-layers.js';
import { drawnPresence, inference, presenceOf } from './presence.js';
import { apart, sideBySide } from './side-by-side.js';

/** What a stacked autoencoder is made of, without how it is trained. */
export type StackedAutoencoderShape = Pick<StackedAutoencoderConfig, 'shares' | 'modality_dropout'>;

/** Units of a layer: a share of the inputs, and at least one. */
const unitsOf = (share: number, inputs: number): number => Math.max(1, Math.round(share * inputs));

/**
 * Rectified layers that narrow each modality, one that all share, and as many that widen it again, with sigmoid outputs; all
 * of it trained at once to reconstruct inputs in [0, 1]. With one modality it is the usual stack. The loss is the sum, over
 * modalities, of the binary cross-entropy's mean over outputs.
 */
export class StackedAutoencoder {
  readonly parameters: Layer['parameters'];
  readonly state: Layer['state'] = {};
  readonly modalities: readonly string[];
  /** Units of the shared layer. */
  readonly units: number;
  readonly #encoders: Encoders;
  readonly #widths: readonly number[];
  readonly #shared: Dense;
  readonly #decoders: readonly Sequential[];
  readonly #modalityDropout: number;

  constructor(inputs: readonly NetworkInput[], shape: StackedAutoencoderShape, initial: InitialKey) {
    const { shares, modality_dropout } = shape;
    const own = shares.slice(0, -1);
    /** Units of the layers of one modality, from below. */
    const narrowing = inputs.map((input) => own.map((share) => unitsOf(share, widthOf(input))));
    const all = inputs.reduce((sum, input) => sum + widthOf(input), 0);
    this.modalities = inputs.map(({ modality }) => modality);
    this.#modalityDropout = modality_dropout;
    this.units = unitsOf(shares.at(-1) ?? 1, all);
    this.#widths = inputs.map((input, i) => narrowing[i]?.at(-1) ?? widthOf(input));
    const dense = (layers: number[]) => ({ kind: 'dense' as const, layers, dropout: 0 });
    const choice = {
      encoder: dense([1]),
      encoders: Object.fromEntries(inputs.map(({ modality }, i) => [modality, dense(narrowing[i] ?? [])])),
    };
    requireModalities(inputs, choice);
    this.#encoders = new Encoders(inputs, own.length === 0 ? 'none' : choice, 'vector', initial);
    this.#shared = new Dense(
      { inputs: this.#widths.reduce((sum, width) => sum + width, 0), units: this.units, activation: 'relu' },
      initialWithin(initial, 'shared'),
    );
    this.#decoders = inputs.map((input, i) => {
      const key = initialWithin(initial, `decoder/${input.modality}`);
      const widening = (narrowing[i] ?? []).toReversed();
      const last = { inputs: widening.at(-1) ?? this.units, units: widthOf(input) };
      return new Sequential([
        ...rectifiedLayers(this.units, widening, 0, key),
        ['output', new Dense(last, initialWithin(key, 'output'))],
      ]);
    });
    this.parameters = Object.assign(
      { ...this.#encoders.parameters, ...prefixed('shared', this.#shared.parameters) },
      ...this.#decoders.map((layer, i) => prefixed(`decoder.${this.modalities[i]}`, layer.parameters)),
    );
  }

  /**
   * Forward and backward pass on a minibatch: `apply` gets the gradient of each parameter once. What modality dropout leaves
   * out is reconstructed all the same.
   *
   * @param rows [batch, width] of every modality, in [0, 1]
   * @returns the loss when it is observed
   */
  step(
    rows: Rows,
    apply: ApplyGradient,
    { key, observe }: { readonly key: NoiseKey; readonly observe: boolean },
  ): number | undefined {
    return tf.tidy(() => {
      const all = presentRows(rows, new Set(this.modalities), this.modalities);
      const [batch = 0] = Object.values(all)[0]?.shape ?? [];
      const presence = drawnPresence(
        this.modalities.length,
        batch,
        this.#modalityDropout,
        keyWithin(key, 'modality-dropout'),
      );
      const pass = { training: true, key };
      const encoding = this.#encoders.forward(all, presence, pass);
      const shared = this.#shared.forward(together(encoding));
      const decoded = this.#decoders.map((layer) => layer.forward(shared.output, pass));
      const losses = decoded.map(({ output }, i) =>
        binaryCrossEntropy(output, all[this.modalities[i] ?? ''] as tf.Tensor),
      );
      const sharedDeltas = decoded.map((forward, i) =>
        forward.backward(losses[i]?.delta as tf.Tensor, applyWithin(`decoder.${this.modalities[i]}`, apply)),
      );
      const below = shared.backward(tf.addN(sharedDeltas), applyWithin('shared', apply));
      encoding.backward(apart(below as tf.Tensor2D, this.#widths), apply);
      if (!observe) return undefined;
      return tf.addN(losses.map(({ loss }) => loss)).dataSync()[0] ?? Number.NaN;
    });
  }

  /** The shared layer, [batch, units]. @param present modalities that are looked at; all that have rows when absent */
  representation(rows: Rows, present: ReadonlySet<string> = new Set(Object.keys(rows))): tf.Tensor2D {
    return tf.tidy(() => {
      const shown = presentRows(rows, present, this.modalities);
      const [batch = 0] = Object.values(shown)[0]?.shape ?? [];
      const presence = presenceOf(this.modalities, present, batch);
      return this.#shared.forward(together(this.#encoders.forward(shown, presence, inference)))
        .output as tf.Tensor2D;
    });
  }

  /** Reconstructions of all modalities, [batch, width], in (0, 1). @param present as of {@link representation} */
  reconstruct(rows: Rows, present?: ReadonlySet<string>): Rows {
    return tf.tidy(() => {
      const shared = this.representation(rows, present);
      return Object.fromEntries(
        this.#decoders.map((layer, i) => [
          this.modalities[i] ?? '',
          tf.sigmoid(layer.forward(shared, inference).output) as tf.Tensor2D,
        ]),
      );
    });
  }

  dispose(): void {
    this.#encoders.dispose();
    this.#shared.dispose();
    for (const layer of this.#decoders) layer.dispose();
  }
}

const together = ({ encoded }: EncodersForward): tf.Tensor2D =>
  sideBySide(encoded.map(({ output }) => output));
