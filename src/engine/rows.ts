import * as tf from '@tensorflow/tfjs-core';
import { type Changing, plainNumber } from './changing.js';
import { kernelNames, native } from './operations.js';

/** Row r of the result, [count, columns], is the sum of the rows i of x [rows, columns] whose index[i] is r. */
export function addRows(x: tf.Tensor2D, index: tf.Tensor1D, count: number): tf.Tensor2D {
  tf.util.assert(
    index.dtype === 'int32' && index.shape[0] === x.shape[0],
    () => `addRows: ${index.shape[0]} indices of type ${index.dtype} for ${x.shape[0]} rows`,
  );
  return (
    native<tf.Tensor2D>(kernelNames.addRows, { x, index }, { count }) ??
    tf.tidy(() => tf.matMul(oneHot(index, count) as tf.Tensor2D, x, true, false))
  );
}

/** Float32 rows of zeros with a 1 at the index, [..., depth], of int32 indices; all zeros of an index beyond. @param depth from 1 */
export function oneHot(index: tf.Tensor, depth: number): tf.Tensor {
  return tf.tidy(() => {
    // tfjs has no rows of a single place.
    const rows = tf.cast(tf.oneHot(index as tf.Tensor1D, Math.max(2, depth)), 'float32');
    return depth > 1
      ? rows
      : tf.slice(
          rows,
          rows.shape.map(() => 0),
          [...index.shape, 1],
        );
  });
}

/** exp(x) / Σ exp(x) over the last axis, of x of any rank; safe for large x. */
export function softmax<T extends tf.Tensor>(x: T): T {
  return (
    native<T>(kernelNames.softmax, { x }) ??
    tf.tidy(() => {
      const axis = x.rank - 1;
      const powers = tf.exp(tf.sub(x, tf.max(x, axis, true)));
      return tf.div(powers, tf.sum(powers, axis, true)) as T;
    })
  );
}

/** Back through y = softmax(x): the delta of x from that of y, y (delta - Σ delta y) over the last axis. */
export function softmaxBackward<T extends tf.Tensor>(delta: T, y: T): T {
  tf.util.assert(
    tf.util.arraysEqual(delta.shape, y.shape),
    () => `softmaxBackward: shapes [${delta.shape}] and [${y.shape}] differ`,
  );
  return (
    native<T>(kernelNames.softmaxBackward, { delta, y }) ??
    tf.tidy(() => {
      const weighted = tf.mul(delta, y);
      return tf.sub(weighted, tf.mul(y, tf.sum(weighted, y.rank - 1, true))) as T;
    })
  );
}

/** log Σ exp(x) over the last axis, which stays with length 1. */
export function logSumExp(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const axis = x.rank - 1;
    const most = tf.max(x, axis, true);
    return tf.add(tf.log(tf.sum(tf.exp(tf.sub(x, most)), axis, true)), most);
  });
}

/** variable += rate · change, in place, so that a recorded step finds it where it was. Both have one shape. */
export function accumulate(variable: tf.Variable, change: tf.Tensor, rate: Changing = 1): void {
  tf.util.assert(
    tf.util.arraysEqual(variable.shape, change.shape),
    () => `accumulate: shapes [${variable.shape}] and [${change.shape}] differ`,
  );
  tf.tidy(() => {
    if (tf.getKernel(kernelNames.momentumUpdate, tf.getBackend()) === undefined) {
      variable.assign(tf.add(variable, tf.mul(change, plainNumber(rate, 'accumulate'))));
      return;
    }
    const inputs = { weights: variable, velocity: tf.zerosLike(variable), gradient: change };
    const attributes = { momentum: 0, rate, scale: 1, decay: 0 } as unknown as tf.NamedAttrMap;
    native(kernelNames.momentumUpdate, inputs, attributes);
  });
}
