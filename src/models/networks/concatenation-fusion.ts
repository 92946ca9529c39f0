import type * as tf from '@tensorflow/tfjs-core';
import type { FusionConfig, OfKind } from '../../config/networks-schema.js';
import type { Forward, InitialKey, Layer, Pass } from '../layers/layer.js';
import { Sequential } from '../layers/sequential.js';
import type { Encoded } from './encoder.js';
import { channelsOf, type Fusion, type FusionInput } from './fusion.js';
import { type NamedLayer, rectifiedLayers } from './named-layers.js';
import type { Presence } from './presence.js';
import { apart, sideBySide } from './side-by-side.js';

/** Representations side by side, through the layers above. */
export class ConcatenationFusion implements Fusion {
  readonly parameters: Layer['parameters'];
  readonly state: Layer['state'];
  readonly width: number;
  readonly isSideBySide: boolean;
  readonly #widths: readonly number[];
  readonly #above: Layer;

  /** @param layers above, in order */
  constructor(inputs: readonly FusionInput[], layers: readonly NamedLayer[] = []) {
    this.#widths = channelsOf(inputs);
    this.isSideBySide = layers.length === 0;
    const above = new Sequential(layers);
    this.#above = above;
    const [width = 0] = above.outputShape([this.#widths.reduce((sum, one) => sum + one, 0)]);
    this.width = width;
    this.parameters = above.parameters;
    this.state = above.state;
  }

  forward(encoded: readonly Encoded[], _presence: Presence, pass: Pass): Forward<readonly tf.Tensor[]> {
    const forward = this.#above.forward(sideBySide(encoded.map(({ output }) => output)), pass);
    return {
      output: forward.output,
      backward: (delta, apply) => apart(forward.backward(delta, apply) as tf.Tensor2D, this.#widths),
    };
  }

  dispose(): void {
    this.#above.dispose();
  }
}

/** Early fusion: the inputs themselves side by side, under rectified layers. */
export function earlyFusion(
  { layers, dropout }: OfKind<FusionConfig, 'early'>,
  inputs: readonly FusionInput[],
  initial: InitialKey,
): Fusion {
  const width = channelsOf(inputs).reduce((sum, one) => sum + one, 0);
  return new ConcatenationFusion(inputs, rectifiedLayers(width, layers, dropout, initial));
}
