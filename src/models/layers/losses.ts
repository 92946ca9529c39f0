import * as tf from '@tensorflow/tfjs-core';
import { logSumExp, oneHot, softmax } from '../../engine/rows.js';

/** A loss of a minibatch and its gradient. Neither is read back: a caller that shows the loss reads it. */
export interface Loss<Delta = tf.Tensor2D> {
  readonly loss: tf.Scalar;
  readonly delta: Delta;
}

/**
 * Mean over the minibatch of −log softmax(logits)[label]. With class weights, the mean weighted by that of each example's
 * class (as PyTorch's `cross_entropy`).
 *
 * @param logits [batch, classes]
 * @param labels [batch], int32, or float32 as minibatches hold them; 0 … classes − 1
 * @param classWeights [classes]
 * @param counted [batch, 1], of ones and zeros: the examples whose mean it is; 0 where there is none. All when absent
 */
export function softmaxCrossEntropy(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  classWeights?: tf.Tensor1D,
  counted?: tf.Tensor2D,
): Loss {
  const [batch, classes] = logits.shape;
  tf.util.assert(
    labels.shape[0] === batch,
    () => `cross-entropy: ${labels.shape[0]} labels for ${batch} rows`,
  );
  return tf.tidy(() => {
    const isLabel = oneHot(tf.cast(labels, 'int32'), classes) as tf.Tensor2D;
    const ofClass =
      classWeights === undefined
        ? tf.fill([batch, 1], 1)
        : tf.matMul(isLabel, tf.reshape(classWeights, [classes, 1]));
    const weights = counted === undefined ? ofClass : tf.mul(ofClass, counted);
    const total = tf.sum(weights);
    // What each example counts in the mean, [batch, 1].
    const shares = tf.div(weights, counted === undefined ? total : tf.maximum(total, smallestTotal));
    const chosen = tf.sum(tf.mul(logits, isLabel), 1, true);
    const loss = tf.sum(tf.mul(shares, tf.sub(logSumExp(logits), chosen))) as tf.Scalar;
    const delta = tf.mul(tf.sub(softmax(logits), isLabel), shares) as tf.Tensor2D;
    return { loss, delta };
  });
}

/** Keeps the mean over no example 0. */
const smallestTotal = 1e-30;

/**
 * Mean over all entries of −target log σ(logit) − (1 − target) log(1 − σ(logit)), safe for large logits.
 *
 * @param logits of any shape
 * @param targets of the same, in [0, 1]
 */
export function binaryCrossEntropy<T extends tf.Tensor>(logits: T, targets: T): Loss<T> {
  tf.util.assert(
    tf.util.arraysEqual(logits.shape, targets.shape),
    () => `binary cross-entropy: shapes [${logits.shape}] and [${targets.shape}] differ`,
  );
  return tf.tidy(() => {
    const loss = tf.mean(tf.sub(tf.softplus(logits), tf.mul(targets, logits))) as tf.Scalar;
    const delta = tf.mul(tf.sub(tf.sigmoid(logits), targets), 1 / logits.size) as T;
    return { loss, delta };
  });
}

/**
 * InfoNCE (van den Oord et al. 2018) both ways: rows i of a and b belong together, all others of the minibatch are
 * counter-examples. Rows are set to length 1; their products by the temperature are logits; the loss is the mean of the
 * cross-entropy of finding b's row for each of a, and a's for each of b (as CLIP, Radford et al. 2021).
 *
 * @param a [batch, width] @param b [batch, width] @param temperature > 0
 */
export function infoNce(
  a: tf.Tensor2D,
  b: tf.Tensor2D,
  temperature: number,
): Loss<{ readonly a: tf.Tensor2D; readonly b: tf.Tensor2D }> {
  tf.util.assert(
    tf.util.arraysEqual(a.shape, b.shape),
    () => `InfoNCE: shapes [${a.shape}] and [${b.shape}] differ`,
  );
  if (!(temperature > 0)) throw new RangeError(`InfoNCE: a temperature of ${temperature} is not above 0`);
  return tf.tidy(() => {
    const [batch] = a.shape;
    const [unitA, unitB] = [directions(a), directions(b)];
    const logits = tf.mul(tf.matMul(unitA.rows, unitB.rows, false, true), 1 / temperature) as tf.Tensor2D;
    const transposed = tf.transpose(logits) as tf.Tensor2D;
    const matching = tf.sum(tf.mul(unitA.rows, unitB.rows), 1, true);
    const matchingLogits = tf.mul(matching, 1 / temperature);
    const excess = tf.sub(tf.add(logSumExp(logits), logSumExp(transposed)), tf.mul(matchingLogits, 2));
    const loss = tf.mul(tf.sum(excess), 0.5 / batch) as tf.Scalar;
    // The matching pairs' share of the gradient is handed to the rows directly: no identity matrix is made.
    const scale = 0.5 / (batch * temperature);
    const shares = tf.add(softmax(logits), tf.transpose(softmax(transposed))) as tf.Tensor2D;
    const towards = (shared: tf.Tensor, match: tf.Tensor2D): tf.Tensor2D =>
      tf.mul(tf.sub(shared, tf.mul(match, 2)), scale) as tf.Tensor2D;
    const deltaA = towards(tf.matMul(shares, unitB.rows), unitB.rows);
    const deltaB = towards(tf.matMul(shares, unitA.rows, true, false), unitA.rows);
    return { loss, delta: { a: throughDirections(deltaA, unitA), b: throughDirections(deltaB, unitB) } };
  });
}

export interface Directions {
  /** Of length 1. */
  readonly rows: tf.Tensor2D;
  /** [batch, 1] */
  readonly lengths: tf.Tensor;
}

/** Below this length a row has no direction to speak of. */
const shortest = 1e-12;

/** Rows set to length 1, and how long they were; a row of zeros stays. */
export function directions(x: tf.Tensor2D): Directions {
  const lengths = tf.maximum(tf.sqrt(tf.sum(tf.square(x), 1, true)), shortest);
  return { rows: tf.div(x, lengths) as tf.Tensor2D, lengths };
}

/** Back through {@link directions}: what points along a row does not change its direction. */
function throughDirections(delta: tf.Tensor2D, { rows, lengths }: Directions): tf.Tensor2D {
  const along = tf.sum(tf.mul(delta, rows), 1, true);
  return tf.div(tf.sub(delta, tf.mul(rows, along)), lengths) as tf.Tensor2D;
}
