import * as tf from '@tensorflow/tfjs-core';
import { MmxError } from '../errors.js';
import type { Matrix } from '../matrix.js';

/** A hidden unit is unimodal when one modality has at least this share of what reaches it. */
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
 * How far the hidden units of a layer listen to one modality only (paper section 3: the shallow bimodal RBM has units with
 * "strong connections to variables from individual modality but few units that connect across the modalities"). The paper
 * gives no measure [NS].
 *
 * @param contributions for each modality, what it contributes to each unit, 0 or more: {@link driveVariances},
 * {@link squaredNorms} or {@link activationChanges}
 * @throws MmxError `unimodality/shape` when there are fewer than two modalities or they differ in the number of units,
 * `unimodality/variance` when a contribution is not finite or no unit has any
 */
export function unimodality(contributions: readonly Float64Array[]): Unimodality {
  if (contributions.length < 2) {
    throw new MmxError(
      'unimodality/shape',
      `shares need at least two modalities, and there are ${contributions.length}`,
    );
  }
  const units = contributions[0]?.length ?? 0;
  contributions.forEach(({ length }, modality) => {
    if (length === units) return;
    throw new MmxError(
      'unimodality/shape',
      `modality ${modality} drives ${length} hidden units, modality 0 drives ${units}`,
    );
  });
  const shares = Float64Array.from({ length: units }, (_, unit) => {
    const each = contributions.map((values) => values[unit] as number);
    const total = each.reduce((sum, value) => sum + value, 0);
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

/** Squared norm of the weights of each unit, w · w: connections as they are, however much their inputs move. */
export function squaredNorms({ rows, columns, data }: Matrix): Float64Array {
  const norms = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let unit = 0; unit < columns; unit++) {
      norms[unit] = (norms[unit] as number) + (data[row * columns + unit] as number) ** 2;
    }
  }
  return norms;
}

/**
 * Mean over the examples of how much the activation of each unit changes when a modality is withheld.
 *
 * @param whole activations of both modalities, examples × units
 * @param withheld the same examples without the modality
 * @throws MmxError `unimodality/shape` when the two differ in shape
 */
export function activationChanges(whole: Matrix, withheld: Matrix): Float64Array {
  const { rows, columns, data } = whole;
  if (withheld.rows !== rows || withheld.columns !== columns) {
    throw new MmxError(
      'unimodality/shape',
      `activations are ${rows} x ${columns} with both modalities and ${withheld.rows} x ${withheld.columns} with one`,
    );
  }
  const changes = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) {
    const change = Math.abs((data[i] as number) - (withheld.data[i] as number));
    changes[i % columns] = (changes[i % columns] as number) + change / rows;
  }
  return changes;
}

/**
 * Variance of what a modality sends to each unit. The drive of unit j is Σ_m w_mj · v_m, one contribution for each
 * modality m, and var(w · v) = wᵀ C w: a covariance weighs each connection by how much its input moves, which a norm
 * of weights does not. For the shallow bimodal RBM v_m are the inputs; for the joint layer of a DBN or of an
 * autoencoder's encoder, the probabilities of each modality's own hidden layer.
 *
 * Products by the engine, the sum over inputs in double. Rounding can leave a tiny negative: it is 0.
 *
 * @throws MmxError `unimodality/shape` when the covariance is of other inputs
 */
export function driveVariances({ weights, covariance }: ModalityBlock): Float64Array {
  const { rows, columns, data } = weights;
  if (covariance.rows !== rows || covariance.columns !== rows) {
    throw new MmxError(
      'unimodality/shape',
      `a modality has ${rows} inputs and a ${covariance.rows} x ${covariance.columns} covariance`,
    );
  }
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
