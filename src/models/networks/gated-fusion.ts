import * as tf from '@tensorflow/tfjs-core';
import { Dense } from '../layers/dense.js';
import {
  applyWithin,
  type Forward,
  type InitialKey,
  type Layer,
  type Pass,
  prefixed,
} from '../layers/layer.js';
import type { Encoded } from './encoder.js';
import { channelsOf, type Fusion, type FusionInput } from './fusion.js';
import { initialWithin } from './named-layers.js';
import { type Presence, whereAvailable } from './presence.js';
import { apart, sideBySide } from './side-by-side.js';

/**
 * Gated multimodal units (Arevalo et al. 2017, equations of figure 2a, for any number of modalities): Σ_m z_m h_m with
 * h_m = tanh(W_m x_m + b_m) and gates z_m = σ(U_m [x_1, x_2, …] + c_m), which see all modalities. With two modalities the paper
 * also ties the gates, z_2 = 1 − z_1; they are free here. The biases b are not in the paper. A modality that is lacking adds
 * nothing.
 */
export class GatedFusion implements Fusion {
  readonly parameters: Layer['parameters'];
  readonly state = {};
  readonly width: number;
  readonly isSideBySide = false;
  readonly #widths: readonly number[];
  readonly #units: readonly (readonly [name: string, layer: Dense])[];
  readonly #gates: Dense;

  constructor({ units }: { readonly units: number }, inputs: readonly FusionInput[], initial: InitialKey) {
    this.width = units;
    this.#widths = channelsOf(inputs);
    this.#units = inputs.map(({ modality }, i) => {
      const options = { inputs: this.#widths[i] ?? 0, units, activation: 'tanh' } as const;
      return [modality, new Dense(options, initialWithin(initial, `units/${modality}`))];
    });
    const all = this.#widths.reduce((sum, width) => sum + width, 0);
    this.#gates = new Dense(
      { inputs: all, units: units * inputs.length, activation: 'sigmoid' },
      initialWithin(initial, 'gates'),
    );
    this.parameters = Object.assign(
      prefixed('gates', this.#gates.parameters),
      ...this.#units.map(([modality, layer]) => prefixed(`units.${modality}`, layer.parameters)),
    );
  }

  forward(encoded: readonly Encoded[], presence: Presence, _pass: Pass): Forward<readonly tf.Tensor[]> {
    const gating = this.#gates.forward(sideBySide(encoded.map(({ output }) => output)));
    const perModality = encoded.map(() => this.width);
    const gates = apart(gating.output as tf.Tensor2D, perModality);
    const gated = this.#units.map(([modality, layer], i) => {
      const forward = layer.forward((encoded[i] as Encoded).output);
      return {
        modality,
        forward,
        shown: whereAvailable(forward.output, presence[i]),
        gate: gates[i] as tf.Tensor,
      };
    });
    return {
      output: tf.tidy(() => tf.addN(gated.map(({ shown, gate }) => tf.mul(shown, gate)))),
      backward: (delta, apply) =>
        tf.tidy(() => {
          const gateDelta = sideBySide(gated.map(({ shown }) => tf.mul(delta, shown)));
          const throughGates = gating.backward(gateDelta, applyWithin('gates', apply)) as tf.Tensor2D;
          const inputDeltas = apart(throughGates, this.#widths);
          return gated.map(({ modality, forward, gate }, i) => {
            const shownDelta = whereAvailable(tf.mul(delta, gate), presence[i]);
            const below = forward.backward(shownDelta, applyWithin(`units.${modality}`, apply));
            return tf.add(below, inputDeltas[i] as tf.Tensor);
          });
        }),
    };
  }

  dispose(): void {
    this.#gates.dispose();
    for (const [, layer] of this.#units) layer.dispose();
  }
}
