import * as tf from '@tensorflow/tfjs-core';
import { longestLane, shortestJump } from '../jump-tables.js';
import { size } from '../kernel-call.js';
import { keyDigest, type NoiseKey } from '../noise.js';
import { kernelNames } from '../operations.js';
import type { CudaBackend } from './backend.js';
import { kernel, numberAndPlace, requireFloat } from './call.js';
import { broadcast } from './movement.js';

/** In the order of `mmx_unary`, which takes the place as its first argument. */
export const unaryOperations = [
  ...[tf.Exp, tf.Log, tf.Log1p, tf.Sqrt, tf.Square, tf.Neg, tf.Abs, tf.Relu, tf.Sigmoid, tf.Softplus],
  ...[tf.Tanh, tf.Reciprocal, tf.ClipByValue, tf.Rsqrt, tf.Expm1, tf.Floor, tf.Sign],
];
/** In the order of `mmx_binary`. */
const binaryOperations = [
  ...[tf.Add, tf.Sub, tf.Multiply, tf.RealDiv, tf.Maximum, tf.Minimum, tf.SquaredDifference, tf.Pow],
];
/** In the order of `mmx_compare`. */
const comparisons = [
  ...[tf.Less, tf.LessEqual, tf.Greater, tf.GreaterEqual, tf.Equal, tf.NotEqual, tf.LogicalAnd, tf.LogicalOr],
];

export const elementwiseKernels: readonly tf.KernelConfig[] = [
  ...unaryOperations.map((name, operation) =>
    kernel(name, ({ backend, input, attribute }) => {
      const x = input('x');
      requireFloat(name, x);
      const out = backend.output(x.shape);
      const [low, high] = [attribute<number>('clipValueMin') ?? 0, attribute<number>('clipValueMax') ?? 0];
      const [from, to] = [backend.pointer(x), backend.pointer(out)];
      backend.kernels.each('mmx_unary', size(x), [operation, from, to, size(x), low, high]);
      return out;
    }),
  ),
  ...binaryOperations.map((name, operation) =>
    kernel(name, ({ backend, input }) => {
      const [a, b] = [input('a'), input('b')];
      requireFloat(name, a, b);
      return binary(backend, 'mmx_binary', operation, a, b, 'float32');
    }),
  ),
  ...comparisons.map((name, operation) =>
    kernel(name, ({ backend, input }) => {
      const [a, b] = [asFloat(backend, input('a')), asFloat(backend, input('b'))];
      const out = binary(backend, 'mmx_compare', operation, a, b, 'bool');
      for (const operand of [a, b]) backend.release(operand);
      return out;
    }),
  ),
  kernel(tf.Select, ({ backend, input }) => {
    const [condition, a, b] = [input('condition'), input('t'), input('e')];
    const out = backend.output(a.shape, a.dtype);
    const full = broadcast(backend, condition, a.shape);
    const pointers = [full, a, b, out].map((tensor) => backend.pointer(tensor));
    backend.kernels.each('mmx_select', size(a), [...pointers, size(a)]);
    backend.release(full);
    return out;
  }),
  kernel(tf.Cast, ({ backend, input, attribute }) =>
    cast(backend, input('x'), attribute<tf.DataType>('dtype')),
  ),
  kernel(tf.AddN, ({ backend, list }) => {
    const [first, ...rest] = list as [tf.TensorInfo, ...tf.TensorInfo[]];
    requireFloat(tf.AddN, ...list);
    return rest.reduce(
      (sum, tensor) => {
        const next = binary(backend, 'mmx_binary', 0, sum, tensor, 'float32');
        backend.release(sum);
        return next;
      },
      backend.view(first, first.shape),
    );
  }),
  kernel(kernelNames.sigmoidBackward, ({ backend, input }) => {
    const [upstream, y] = [input('upstream'), input('y')];
    const out = backend.output(y.shape);
    const pointers = [upstream, y, out].map((tensor) => backend.pointer(tensor));
    backend.kernels.each('mmx_sigmoid_backward', size(y), [...pointers, size(y)]);
    return out;
  }),
  kernel(kernelNames.scaledDifference, ({ backend, input, attribute }) => {
    const [a, b] = [input('a'), input('b')];
    const out = backend.output(a.shape);
    const pointers = [a, b, out].map((tensor) => backend.pointer(tensor));
    backend.kernels.each('mmx_scaled_difference', size(a), [
      ...pointers,
      size(a),
      attribute<number>('scale'),
    ]);
    return out;
  }),
  kernel(kernelNames.bernoulli, ({ backend, input, attribute }) => {
    const p = input('p');
    const n = size(p);
    tf.util.assert(
      n <= 4 * longestLane,
      () => `bernoulli: ${n} draws of one key, ${4 * longestLane} is the most`,
    );
    const out = backend.output(p.shape);
    const { step, ...key } = attribute<NoiseKey>('key');
    const { digest, position } = keyDigest(key);
    const strides = stridesOfThread(n);
    backend.kernels.each('mmx_bernoulli', Math.ceil(n / (4 * shortestJump * strides)) * 4, [
      ...[backend.pointer(p), backend.pointer(out), n, strides, backend.jumpTables()],
      ...digest,
      position,
      ...numberAndPlace(backend, step),
    ]);
    return out;
  }),
];

/** Threads from which jumping ahead costs more than it gains in parallel. */
const enoughThreads = 32768;

/** How often a thread makes the draws of the shortest jump, a power of two: more for arrays that fill the GPU anyway. */
function stridesOfThread(n: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(n / (shortestJump * enoughThreads))));
}

/** How `mmx_binary` reads an operand: its address, its value, its mode and its period. */
type Operand = readonly [number, number, number, number];

function binary(
  backend: CudaBackend,
  name: 'mmx_binary' | 'mmx_compare',
  operation: number,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  dtype: 'float32' | 'bool',
): tf.TensorInfo {
  const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const out = backend.output(shape, dtype);
  const n = size(out);
  const made: tf.TensorInfo[] = [];
  const operand = (tensor: tf.TensorInfo): Operand => {
    const constant = backend.constant(tensor);
    if (constant !== undefined) return [0, constant, 1, 1];
    const reading = readingOf(tensor.shape, shape);
    if (reading !== undefined) return [backend.pointer(tensor), 0, ...reading];
    const full = broadcast(backend, tensor, shape);
    made.push(full);
    return [backend.pointer(full), 0, 0, 1];
  };
  backend.kernels.each(name, n, [operation, ...operand(a), ...operand(b), backend.pointer(out), n]);
  for (const tensor of made) backend.release(tensor);
  return out;
}

/** Mode and period: as it lies (0), a row that repeats (2), a column that is stretched (3); undefined for others. */
function readingOf(from: readonly number[], to: readonly number[]): readonly [number, number] | undefined {
  const count = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
  if (count(from) === count(to)) return [0, 1];
  const padded = [...new Array<number>(to.length - from.length).fill(1), ...from];
  const firstKept = padded.findIndex((length) => length !== 1);
  if (firstKept === -1) return [2, 1];
  if (padded.slice(firstKept).every((length, i) => length === to[firstKept + i])) return [2, count(from)];
  const lastKept = padded.findLastIndex((length) => length !== 1);
  if (padded.slice(0, lastKept + 1).every((length, i) => length === to[i]))
    return [3, count(to) / count(from)];
  return undefined;
}

function cast(backend: CudaBackend, x: tf.TensorInfo, dtype: tf.DataType): tf.TensorInfo {
  const { shape } = x;
  if (x.dtype === dtype) return backend.view(x, shape);
  // A bool is the int 0 or 1 already.
  if (x.dtype === 'bool' && dtype === 'int32') return copied(backend, x, dtype);
  const out = backend.output(shape, dtype);
  const name =
    dtype === 'float32'
      ? 'mmx_int_to_float'
      : dtype === 'int32'
        ? 'mmx_float_to_int'
        : x.dtype === 'float32'
          ? 'mmx_float_to_bool'
          : 'mmx_int_to_bool';
  backend.kernels.each(name, size(x), [backend.pointer(x), backend.pointer(out), size(x)]);
  return out;
}

function asFloat(backend: CudaBackend, tensor: tf.TensorInfo): tf.TensorInfo {
  return cast(backend, tensor, 'float32');
}

function copied(backend: CudaBackend, x: tf.TensorInfo, dtype: tf.DataType): tf.TensorInfo {
  const out = backend.output(x.shape, dtype);
  if (size(x) > 0) backend.driver.copyOnDevice(backend.pointer(out), backend.pointer(x), 4 * size(x));
  return out;
}
