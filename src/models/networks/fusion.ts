import type * as tf from '@tensorflow/tfjs-core';
import type { Forward, Layer, Pass } from '../layers/layer.js';
import type { Encoded } from './encoder.js';
import type { Presence } from './presence.js';

/** An encoded modality, as fusions are told of it. */
export interface FusionInput {
  readonly modality: string;
  /** [channels] or [steps, channels]. */
  readonly shape: readonly number[];
}

/**
 * From the representations of all modalities to one vector an example, [batch, width]. A representation is zero where an
 * example lacks the modality; the presence says so besides.
 */
export interface Fusion {
  readonly parameters: Layer['parameters'];
  readonly state: Layer['state'];
  readonly width: number;
  /** Whether the fused vector is the representations side by side, and nothing more. */
  readonly isSideBySide: boolean;
  /** @returns `backward` gives the delta of each representation, in their order */
  forward(encoded: readonly Encoded[], presence: Presence, pass: Pass): Forward<readonly tf.Tensor[]>;
  dispose(): void;
}

/** Channels of each input. */
export const channelsOf = (inputs: readonly FusionInput[]): number[] =>
  inputs.map(({ shape }) => shape[shape.length - 1] ?? 0);
