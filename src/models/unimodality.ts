import * as tf from '@tensorflow/tfjs-core';
import { MmxError } from '../errors.js';
import type { Matrix } from '../matrix.js';

/** A hidden unit is unimodal when one modality has at least this share of the variance of its drive. */
export const unimodalShare = 0.9;
/** Bins of the histogram of shares, each a tenth wide; the first ones are empty by definition. */
const bins = 10;
/** Hidden units of one product: a layer of 4554 units on 1536 inputs needs no second copy of its weights. */
const unitsPerBlock = 512;

/** What one modality sends to a layer of hidden units. */
export interface ModalityBlock {
  /** W_m, inputs of the modality × hidden units. */
  readonly weights: Matrix;
  /**
   * C_m, inputs × inputs: covariance of that modality's inputs over unlabelled training examples, as streamed by
   * `frontend/covariance.ts`.
   */
  readonly covariance: Matrix;
}

export interface Unimodality {
  /** The largest share of each unit, between 1 / modalities and 1; NaN for a unit that nothing drives. */
  readonly shares: Float64Array;
  /** Percent of the driven units that are unimodal. */
  readonly unimodal: number;
  /** Number of units with their largest share in [0, 0.1), [0.1, 0.2) … [0.9, 1]. */
  readonly histogram: readonly number[];
  /** Units whose drive does not vary: they have no share and count nowhere. */
  readonly silent: number;
}

/**
 * How far the hidden units of a layer listen to one modality only (paper section 3: the shallow bimodal RBM has few
 * units that connect across the modalities).
 *
 * The drive of unit j is Σ_m w_mj · v_m, one contribution for each modality m. The share of m is var(w_mj · v_m) over
 * the sum of these variances, and var(w · v) = wᵀ C w; a covariance weighs each connection by how much its input
 * moves, which a norm of weights would not. For the shallow bimodal RBM v_m are the inputs; for the joint layer of a
 * DBN or of an autoencoder's encoder, the probabilities of each modality's own hidden layer.
 *
 * @throws MmxError `unimodality/shape` when there are fewer than two modalities or the shapes do not agree,
 * `unimodality/variance` when a variance is not finite or no unit is driven
 */
export function unimodality(blocks: readonly ModalityBlock[]): Unimodality {
  const units = checkShapes(blocks);
  const variances = blocks.map(driveVariances);
  const shares = Float64Array.from({ length: units }, (_, unit) => {
    const each = variances.map((values) => values[unit] as number);
    const total = each.reduce((sum, variance) => sum + variance, 0);
    if (!Number.isFinite(total)) {
      throw new MmxError('unimodality/variance', `the drive of hidden unit ${unit} has no finite variance`, {
        hint: 'the training of this layer has diverged',
      });
    }
    return Math.max(...each) / total;
  });
  const driven = shares.filter((share) => !Number.isNaN(share));
  if (driven.length === 0) {
    throw new MmxError('unimodality/variance', `none of the ${units} hidden units is driven by its inputs`);
  }
  const histogram = new Array<number>(bins).fill(0);
  for (const share of driven) {
    const bin = Math.min(bins - 1, Math.floor(share * bins));
    histogram[bin] = (histogram[bin] ?? 0) + 1;
  }
  const unimodal = driven.filter((share) => share >= unimodalShare).length;
  return { shares, unimodal: (100 * unimodal) / driven.length, histogram, silent: units - driven.length };
}

/** The number of hidden units. */
function checkShapes(blocks: readonly ModalityBlock[]): number {
  if (blocks.length < 2) {
    throw new MmxError(
      'unimodality/shape',
      `shares need at least two modalities, and there are ${blocks.length}`,
    );
  }
  const units = blocks[0]?.weights.columns ?? 0;
  blocks.forEach(({ weights, covariance }, modality) => {
    if (weights.columns !== units) {
      throw new MmxError(
        'unimodality/shape',
        `modality ${modality} drives ${weights.columns} hidden units, modality 0 drives ${units}`,
      );
    }
    if (covariance.rows !== weights.rows || covariance.columns !== weights.rows) {
      throw new MmxError(
        'unimodality/shape',
        `modality ${modality} has ${weights.rows} inputs and a ${covariance.rows} x ${covariance.columns} covariance`,
      );
    }
  });
  return units;
}

/** diag(Wᵀ C W): products by the engine, the sum over inputs in double. Rounding can leave a tiny negative: it is 0. */
function driveVariances({ weights, covariance }: ModalityBlock): Float64Array {
  const { rows, columns, data } = weights;
  const variances = new Float64Array(columns);
  const c = tf.tensor2d(covariance.data, [rows, rows]);
  try {
    for (let from = 0; from < columns; from += unitsPerBlock) {
      const width = Math.min(unitsPerBlock, columns - from);
      const block = new Float32Array(rows * width);
      for (let row = 0; row < rows; row++) {
        block.set(data.subarray(row * columns + from, row * columns + from + width), row * width);
      }
      const product = tf.tidy(() => tf.matMul(c, tf.tensor2d(block, [rows, width])));
      const values = product.dataSync<'float32'>();
      product.dispose();
      for (let i = 0; i < values.length; i++) {
        const unit = from + (i % width);
        variances[unit] = (variances[unit] as number) + (block[i] as number) * (values[i] as number);
      }
    }
  } finally {
    c.dispose();
  }
  return variances.map((variance) => Math.max(0, variance));
}
