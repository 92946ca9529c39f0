import * as tf from '@tensorflow/tfjs-core';
import type { NoiseKey } from '../../engine/noise.js';
import { bernoulli } from '../../engine/operations.js';
import { keyWithin } from '../layers/layer.js';

/** Which examples have a modality: a column [batch, 1] of ones and zeros, undefined where all have it. */
export type PresenceColumn = tf.Tensor2D | undefined;

/** A column a modality, in their order. */
export type Presence = readonly PresenceColumn[];

/** All examples have the modalities of a set, and none the others. */
export function presenceOf(
  modalities: readonly string[],
  present: ReadonlySet<string>,
  batch: number,
): Presence {
  return modalities.map((modality) =>
    present.has(modality) ? undefined : (tf.fill([batch, 1], 0) as tf.Tensor2D),
  );
}

/**
 * Modality dropout (Neverova et al. 2016): each example lacks each modality with probability `rate`, independently; where it
 * would lack all, one of them stays, each with the same probability. A function of the key alone.
 */
export function drawnPresence(count: number, batch: number, rate: number, key: NoiseKey): Presence {
  if (rate === 0 || count < 2) return Array.from({ length: count }, () => undefined);
  return tf.tidy(() => {
    const drawn = (name: string, p: number): tf.Tensor2D =>
      bernoulli(tf.fill([batch, 1], p) as tf.Tensor2D, keyWithin(key, name));
    const kept = Array.from({ length: count }, (_, i) => drawn(`keep-${i}`, 1 - rate));
    // 1 where no modality was kept, and none has been chosen instead yet.
    let lacking = kept.reduce<tf.Tensor>(
      (all, column) => tf.mul(all, tf.sub(1, column)),
      tf.fill([batch, 1], 1),
    );
    return kept.map((column, i) => {
      // Of those left, each is as likely: the last one is certain.
      const chosen = tf.mul(lacking, drawn(`choose-${i}`, 1 / (count - i)));
      lacking = tf.sub(lacking, chosen);
      return tf.add(column, chosen) as tf.Tensor2D;
    });
  });
}

/** x [batch, …] with zeros where an example lacks the modality. */
export function whereAvailable<T extends tf.Tensor>(x: T, column: PresenceColumn): T {
  if (column === undefined) return x;
  const [batch = 0] = x.shape;
  return tf.mul(x, tf.reshape(column, [batch, ...x.shape.slice(1).fill(1)])) as T;
}

/** What each modality counts in an example's mean over those that it has: a column each, or one number for all examples. */
export function sharesOf(presence: Presence): readonly (tf.Tensor2D | number)[] {
  const known = presence.find((column) => column !== undefined);
  if (known === undefined) return presence.map(() => 1 / presence.length);
  return tf.tidy(() => {
    const columns = presence.map((column) => column ?? (tf.fill(known.shape, 1) as tf.Tensor2D));
    const total = tf.maximum(tf.addN(columns), 1);
    return columns.map((column) => tf.div(column, total) as tf.Tensor2D);
  });
}
