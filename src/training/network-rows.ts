import type * as tf from '@tensorflow/tfjs-core';
import type { Matrix, RowSource } from '../matrix.js';
import type { Rows } from '../models/networks/encoders.js';

/** The examples of each modality, in order. @throws Error when one has none */
export function sourcesOf(
  examples: Readonly<Record<string, Matrix | RowSource>>,
  modalities: readonly string[],
): readonly (Matrix | RowSource)[] {
  return modalities.map((modality) => {
    const source = examples[modality];
    if (source === undefined) throw new Error(`network: no examples of ${modality}`);
    return source;
  });
}

/** Tensors in the order of the modalities, by name; further ones are left out. */
export const rowsOf = (tensors: readonly tf.Tensor2D[], modalities: readonly string[]): Rows =>
  Object.fromEntries(modalities.map((modality, i) => [modality, tensors[i] as tf.Tensor2D]));
