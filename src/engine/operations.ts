import * as tf from '@tensorflow/tfjs-core';
import { type Changing, mapChanging, plainNumber } from './changing.js';
import { type NoiseKey, uniforms } from './noise.js';

/**
 * The operations models are written in, beyond plain tfjs. Each asks whether the current backend has a kernel
 * of its own for it (registered under the names below) and otherwise composes tfjs operations, so model code
 * knows no engine. None records gradients: the models' gradients are written out by hand.
 */
export const kernelNames = {
  bernoulli: 'MmxBernoulli',
  momentumUpdate: 'MmxMomentumUpdate',
  adamUpdate: 'MmxAdamUpdate',
  contrastiveProduct: 'MmxContrastiveProduct',
  sigmoidBackward: 'MmxSigmoidBackward',
  reluBackward: 'MmxReluBackward',
  recurrence: 'MmxRecurrence',
  recurrenceBackward: 'MmxRecurrenceBackward',
  columnSum: 'MmxColumnSum',
  columnSumDifference: 'MmxColumnSumDifference',
  scaledDifference: 'MmxScaledDifference',
  squaredError: 'MmxSquaredError',
  affine: 'MmxAffine',
  minibatch: 'MmxMinibatch',
  overwrite: 'MmxOverwrite',
  stream: 'MmxStream',
  gatherWindows: 'MmxGatherWindows',
  scatterWindows: 'MmxScatterWindows',
  maxOfWindows: 'MmxMaxOfWindows',
  maxOfWindowsBackward: 'MmxMaxOfWindowsBackward',
  addRows: 'MmxAddRows',
  softmax: 'MmxSoftmax',
  softmaxBackward: 'MmxSoftmaxBackward',
} as const;

export type Activation = 'linear' | 'sigmoid';

export interface MomentumOptions {
  readonly momentum: Changing;
  readonly rate: Changing;
  /** Factor of the gradient; negative descends. Default 1. */
  readonly scale?: number;
  /** L2 weight decay. Default 0. */
  readonly decay?: number;
}

export interface AdamOptions {
  readonly rate: number;
  /** Counts the updates from 1. */
  readonly step: Changing;
  /** Default 0.9. */
  readonly beta1?: number;
  /** Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
}

/** The current backend's own kernel of that name, run; undefined when it has none. */
export function native<T extends tf.Tensor | tf.Tensor[]>(
  name: string,
  inputs: tf.NamedTensorMap,
  attributes: tf.NamedAttrMap = {},
): T | undefined {
  if (tf.getKernel(name, tf.getBackend()) === undefined) return undefined;
  return tf.engine().runKernel(name, inputs, attributes) as T;
}

/** Float32 0/1 of p's shape; an entry is 1 with the probability p holds there: 1 where uniforms(key) < p. */
export function bernoulli<T extends tf.Tensor>(p: T, key: NoiseKey): T {
  return (
    native<T>(kernelNames.bernoulli, { p }, { key } as unknown as tf.NamedAttrMap) ??
    tf.tidy(() => tf.cast(tf.less(tf.tensor(uniforms(key, p.size), p.shape), p), 'float32') as T)
  );
}

/**
 * velocity = momentum velocity + rate (scale gradient - decay weights); weights += velocity.
 * An ascent: pass a negative scale to descend. The three have one shape; both variables change in place.
 */
export function momentumUpdate(
  weights: tf.Variable,
  velocity: tf.Variable,
  gradient: tf.Tensor,
  options: MomentumOptions,
): void {
  assertSameShape('momentumUpdate', weights, velocity, gradient);
  const { scale = 1, decay = 0 } = options;
  const attributes = { ...options, scale, decay } as unknown as tf.NamedAttrMap;
  if (native(kernelNames.momentumUpdate, { weights, velocity, gradient }, attributes)) return;
  const momentum = plainNumber(options.momentum, 'momentumUpdate');
  const rate = plainNumber(options.rate, 'momentumUpdate');
  tf.tidy(() => {
    const kept = tf.mul(velocity, momentum);
    const ascent = tf.mul(gradient, rate * scale);
    const decayed = decay === 0 ? ascent : tf.sub(ascent, tf.mul(weights, rate * decay));
    const moved = tf.add(kept, decayed);
    velocity.assign(moved);
    weights.assign(tf.add(weights, moved));
  });
}

/**
 * One step down the gradient by Adam (Kingma and Ba 2015, algorithm 1), with epsilon where PyTorch's
 * `torch.optim.Adam` has it: weights -= rate / (1 - beta1^t) · m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon).
 * The four have one shape; the three variables change in place.
 */
export function adamUpdate(
  weights: tf.Variable,
  first: tf.Variable,
  second: tf.Variable,
  gradient: tf.Tensor,
  options: AdamOptions,
): void {
  assertSameShape('adamUpdate', weights, first, second, gradient);
  const { rate, step, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  tf.util.assert(typeof step !== 'number' || step >= 1, () => `adamUpdate: step counts from 1, got ${step}`);
  const changingSize = mapChanging(step, (t) => rate / (1 - beta1 ** t), `adam size ${rate} ${beta1}`);
  const changingScale = mapChanging(step, (t) => 1 / Math.sqrt(1 - beta2 ** t), `adam scale ${beta2}`);
  const attributes = { beta1, beta2, stepSize: changingSize, secondScale: changingScale, epsilon };
  const inputs = { weights, first, second, gradient };
  if (native(kernelNames.adamUpdate, inputs, attributes as unknown as tf.NamedAttrMap)) return;
  const stepSize = plainNumber(changingSize, 'adamUpdate');
  const secondScale = plainNumber(changingScale, 'adamUpdate');
  tf.tidy(() => {
    const m = tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1));
    const v = tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2));
    first.assign(m);
    second.assign(v);
    const denominator = tf.add(tf.mul(tf.sqrt(v), secondScale), epsilon);
    weights.assign(tf.sub(weights, tf.div(tf.mul(m, stepSize), denominator)));
  });
}

/** v0ᵀh0 - v1ᵀh1, [visible, hidden], of v [batch, visible] and h [batch, hidden]: the CD gradient, times the batch. */
export function contrastiveProduct(
  v0: tf.Tensor2D,
  h0: tf.Tensor2D,
  v1: tf.Tensor2D,
  h1: tf.Tensor2D,
): tf.Tensor2D {
  assertSameShape('contrastiveProduct', v0, v1);
  assertSameShape('contrastiveProduct', h0, h1);
  assertSameRows('contrastiveProduct', v0, h0);
  return (
    native<tf.Tensor2D>(kernelNames.contrastiveProduct, { v0, h0, v1, h1 }) ??
    tf.tidy(() => tf.sub(tf.matMul(v0, h0, true, false), tf.matMul(v1, h1, true, false)) as tf.Tensor2D)
  );
}

/** upstream · y (1 - y), elementwise: back through y = sigmoid(x). */
export function sigmoidBackward<T extends tf.Tensor>(upstream: T, y: T): T {
  assertSameShape('sigmoidBackward', upstream, y);
  return (
    native<T>(kernelNames.sigmoidBackward, { upstream, y }) ??
    tf.tidy(() => tf.mul(upstream, tf.mul(y, tf.sub(1, y))) as T)
  );
}

/** upstream where y > 0, else 0 times it, elementwise: back through y = relu(x). */
export function reluBackward<T extends tf.Tensor>(upstream: T, y: T): T {
  assertSameShape('reluBackward', upstream, y);
  return (
    native<T>(kernelNames.reluBackward, { upstream, y }) ?? tf.tidy(() => tf.mul(upstream, tf.sign(y)) as T)
  );
}

/** scale · (sum over rows of x), [columns]. */
export function columnSum(x: tf.Tensor2D, scale = 1): tf.Tensor1D {
  return (
    native<tf.Tensor1D>(kernelNames.columnSum, { x }, { scale }) ??
    tf.tidy(() => tf.mul(tf.sum(x, 0), scale) as tf.Tensor1D)
  );
}

/** scale · (sum over rows of a - b), [columns]. */
export function columnSumDifference(a: tf.Tensor2D, b: tf.Tensor2D, scale = 1): tf.Tensor1D {
  assertSameShape('columnSumDifference', a, b);
  return (
    native<tf.Tensor1D>(kernelNames.columnSumDifference, { a, b }, { scale }) ??
    tf.tidy(() => tf.mul(tf.sum(tf.sub(a, b), 0), scale) as tf.Tensor1D)
  );
}

/** scale · (a - b), elementwise: the gradient of a squared error at its output. */
export function scaledDifference<T extends tf.Tensor>(a: T, b: T, scale: number): T {
  assertSameShape('scaledDifference', a, b);
  return (
    native<T>(kernelNames.scaledDifference, { a, b }, { scale }) ??
    tf.tidy(() => tf.mul(tf.sub(a, b), scale) as T)
  );
}

/** Sum of (a - b)² over all entries, a scalar. */
export function squaredError(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  assertSameShape('squaredError', a, b);
  return (
    native<tf.Scalar>(kernelNames.squaredError, { a, b }) ??
    tf.tidy(() => tf.sum(tf.squaredDifference(a, b)) as tf.Scalar)
  );
}

/**
 * activation(x w + bias), [batch, out], of x [batch, in] and w [in, out], or [out, in] with transposeW.
 * A bias of [out] goes to every row; one of [batch, out] is added as it is, which chains the inputs of a
 * joint layer: `affine(a, wa, affine(b, wb, bias), 'sigmoid')`.
 */
export function affine(
  x: tf.Tensor2D,
  w: tf.Tensor2D,
  bias?: tf.Tensor1D | tf.Tensor2D,
  activation: Activation = 'linear',
  transposeW = false,
): tf.Tensor2D {
  const inner = w.shape[transposeW ? 1 : 0];
  const outer = w.shape[transposeW ? 0 : 1];
  tf.util.assert(
    x.rank === 2 && w.rank === 2 && x.shape[1] === inner,
    () => `affine: x [${x.shape}] does not fit w [${w.shape}]${transposeW ? ' transposed' : ''}`,
  );
  tf.util.assert(
    bias === undefined ||
      (bias.shape[bias.rank - 1] === outer &&
        (bias.rank === 1 || (bias.rank === 2 && bias.shape[0] === x.shape[0]))),
    () => `affine: bias [${bias?.shape}] is neither [${outer}] nor [${x.shape[0]},${outer}]`,
  );
  const inputs = bias === undefined ? { x, w } : { x, w, bias };
  return (
    native<tf.Tensor2D>(kernelNames.affine, inputs, { activation, transposeW }) ??
    tf.tidy(() => {
      if (bias === undefined || bias.rank === 1) {
        return tf.fused.matMul({
          a: x,
          b: w,
          transposeB: transposeW,
          activation,
          ...(bias === undefined ? {} : { bias }),
        }) as tf.Tensor2D;
      }
      const sum = tf.add(tf.matMul(x, w, false, transposeW), bias);
      return (activation === 'sigmoid' ? tf.sigmoid(sum) : sum) as tf.Tensor2D;
    })
  );
}

/**
 * Whether minibatches are best gathered where the engine computes: the examples are put there once
 * ({@link minibatchOf}) instead of being sent batch by batch.
 */
export function gathersMinibatches(): boolean {
  return tf.getKernel(kernelNames.minibatch, tf.getBackend()) !== undefined;
}

/** Which rows a minibatch takes. */
export interface MinibatchRows {
  /** int32, a place in `x` each. */
  readonly order: tf.Tensor1D;
  /** First of `batch` consecutive entries of `order`. */
  readonly start: Changing;
  readonly batch: number;
  /** int32 [batch]: 0 where the row is to be zero. */
  readonly shown?: tf.Tensor1D | undefined;
}

/** Rows order[start] … order[start + batch - 1] of x, [batch, columns]; for engines that {@link gathersMinibatches}. */
export function minibatchOf(x: tf.Tensor2D, { order, start, batch, shown }: MinibatchRows): tf.Tensor2D {
  const inputs = shown === undefined ? { x, order } : { x, order, shown };
  const attributes = { start, batch } as unknown as tf.NamedAttrMap;
  return tf.engine().runKernel(kernelNames.minibatch, inputs, attributes) as tf.Tensor2D;
}

/** Overwrites x from its element `from` on, in place; for engines that {@link gathersMinibatches}. */
export function overwrite(x: tf.Tensor, values: Float32Array | Int32Array, from = 0): void {
  tf.engine().runKernel(kernelNames.overwrite, { x }, { values, from } as unknown as tf.NamedAttrMap);
}

/**
 * Overwrites x with values that travel while the work given to the engine before is still computed; for engines that
 * {@link gathersMinibatches}. `values` may change once this returns.
 */
export function stream(x: tf.Tensor, values: Float32Array): void {
  tf.engine().runKernel(kernelNames.stream, { x }, { values } as unknown as tf.NamedAttrMap);
}

/** Bytes that tensors could take where the engine computes; 0 for engines that compute in the host's memory. */
export function deviceRoom(): number {
  const backend = tf.backend() as unknown as { freeBytes?(): number };
  return backend.freeBytes?.() ?? 0;
}

function assertSameShape(operation: string, first: tf.Tensor, ...rest: readonly tf.Tensor[]): void {
  for (const other of rest) {
    tf.util.assert(
      tf.util.arraysEqual(first.shape, other.shape),
      () => `${operation}: shapes [${first.shape}] and [${other.shape}] differ`,
    );
  }
}

function assertSameRows(operation: string, a: tf.Tensor2D, b: tf.Tensor2D): void {
  tf.util.assert(
    a.shape[0] === b.shape[0],
    () => `${operation}: ${a.shape[0]} rows against ${b.shape[0]} rows`,
  );
}
