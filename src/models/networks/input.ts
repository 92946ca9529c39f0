import * as tf from '@tensorflow/tfjs-core';

/** A modality as a network sees it: rows of numbers, each an example. */
export interface NetworkInput {
  readonly modality: string;
  /**
   * What the numbers of a row are, in row-major order: [n] a vector, or n tokens; [time, channels] a sequence;
   * [height, width, channels] a picture.
   */
  readonly shape: readonly number[];
  /**
   * Of sequences: whether steps that are zero throughout (token 0) are padding, which encoders leave out. Every step is
   * real when absent.
   */
  readonly padded?: boolean;
  /** Where the numbers are tokens: how many there are. */
  readonly vocabulary?: number;
}

/** Numbers of a row. */
export const widthOf = ({ shape }: NetworkInput): number =>
  shape.reduce((product, length) => product * length, 1);

/** Which steps of x [batch, time] or [batch, time, channels] are real, [batch, time]; undefined where all are. */
export function realStepsOf({ padded = false }: NetworkInput, x: tf.Tensor): tf.Tensor2D | undefined {
  if (!padded || x.rank > 3) return undefined;
  return tf.tidy(() => {
    const sizes = tf.abs(x);
    return tf.sign(x.rank === 2 ? sizes : tf.max(sizes, 2)) as tf.Tensor2D;
  });
}
