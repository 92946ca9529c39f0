import * as tf from '@tensorflow/tfjs-core';
import { assign, input, number, size } from '../kernel-call.js';
import { type NoiseKey, noiseState } from '../noise.js';
import { type Activation, kernelNames } from '../operations.js';
import type { WasmHeap } from './heap.js';
import type { Kernels } from './kernels.js';
import { simdMultiply } from './multiply.js';
import type { Multiply } from './product.js';
import { recurrenceKernels } from './recurrence.js';
import { gatherRows, joinMatrices, sliceMatrix, splitMatrix } from './rows.js';
import { softmaxKernels } from './softmax.js';
import { windowKernels } from './windows.js';

type KernelArguments = Parameters<tf.KernelFunc>[0];

/** tfjs's own kernels, kept for what ours do not cover. */
const stock = new Map<string, tf.KernelFunc>();
let ours: tf.KernelConfig[] = [];

const copies = {
  [tf.Slice]: sliceMatrix,
  [tf.SplitV]: splitMatrix,
  [tf.Concat]: joinMatrices,
  [tf.GatherV2]: gatherRows,
};

/**
 * Registers mmx's kernels for the backend `wasm`, in place of those of an earlier call, and re-registers
 * `BatchMatMul` and `_FusedMatMul`: unbatched float32 products with a linear or sigmoid activation go to
 * `multiply`, batches of matrices to kernels for small ones, and the others (broadcast batches, relu,
 * prelu …) stay with tfjs. `Slice`, `SplitV`, `Concat` and
 * `GatherV2` of matrices copy blocks.
 */
export function registerKernels(heap: WasmHeap, kernels: Kernels, multiply: Multiply): void {
  for (const { kernelName } of ours) tf.unregisterKernel(kernelName, 'wasm');
  for (const name of [tf.BatchMatMul, tf._FusedMatMul, ...Object.keys(copies)]) {
    const found = tf.getKernel(name, 'wasm');
    if (!stock.has(name)) stock.set(name, found.kernelFunc);
    if (found !== undefined) tf.unregisterKernel(name, 'wasm');
  }
  ours = [
    ...productKernels(heap, kernels, multiply),
    ...elementwiseKernels(heap, kernels),
    ...updateKernels(heap, kernels),
    ...windowKernels(heap, kernels),
    ...softmaxKernels(heap, kernels),
    ...recurrenceKernels(heap, kernels, multiply),
    ...Object.entries(copies).map(([name, copy]) =>
      kernel(name, (call) => copy(heap, kernels, call.inputs, call.attrs) ?? fallBack(name, call)),
    ),
  ];
  for (const kernel of ours) tf.registerKernel(kernel);
}

const kernel = (kernelName: string, kernelFunc: tf.KernelFunc): tf.KernelConfig => ({
  kernelName,
  backendName: 'wasm',
  kernelFunc,
});

function fallBack(name: string, call: KernelArguments): tf.TensorInfo | tf.TensorInfo[] {
  const original = stock.get(name);
  if (original === undefined) throw new Error(`tfjs has no kernel ${name}`);
  return original(call);
}

const asActivation = (value: unknown): Activation | undefined =>
  value === 'linear' || value === 'sigmoid' ? value : undefined;

/** What `products` of assembly/batches.ts covers: the size of its tiles, and the inner size up to which sums are not split. */
const smallestSide = 4;
const deepest = 256;

/**
 * Products of the matrices of two batches, [batch, …]. Such matrices are many and small (a head of attention for an
 * example): what a library does to start a product would cost more than the product.
 */
function batchKernel(
  heap: WasmHeap,
  kernels: Kernels,
): (a: tf.TensorInfo, b: tf.TensorInfo, transposeA: boolean, transposeB: boolean) => tf.TensorInfo {
  const multiply = simdMultiply(heap, kernels);
  return (a, b, transposeA, transposeB) => {
    const [rowsA = 0, columnsA = 0] = a.shape.slice(-2);
    const [rowsB = 0, columnsB = 0] = b.shape.slice(-2);
    const m = transposeA ? columnsA : rowsA;
    const k = transposeA ? rowsA : columnsA;
    const n = transposeB ? rowsB : columnsB;
    const out = heap.output([...a.shape.slice(0, -2), m, n]);
    const [fromA, fromB, to] = [a, b, out].map((tensor) => heap.offset(tensor)) as [number, number, number];
    const matrices = size(a) / (rowsA * columnsA);
    if (m >= smallestSide && n >= smallestSide && k <= deepest) {
      if (!transposeB) {
        kernels.products(transposeA, m, n, k, fromA, fromB, to, matrices);
        return out;
      }
      const turned = heap.output([matrices, k, n]);
      kernels.transposeEach(fromB, n, k, heap.offset(turned), matrices);
      kernels.products(transposeA, m, n, k, fromA, heap.offset(turned), to, matrices);
      heap.release(turned);
      return out;
    }
    for (let i = 0; i < matrices; i++) {
      multiply({
        ...{ transposeA, transposeB, m, n, k, bias: undefined, activation: 'linear' },
        a: fromA + 4 * i * rowsA * columnsA,
        b: fromB + 4 * i * rowsB * columnsB,
        out: to + 4 * i * m * n,
      });
    }
    return out;
  };
}

/** Whether each matrix of a has one of b, and no matrix is empty. */
const isBatch = (a: tf.TensorInfo, b: tf.TensorInfo): boolean =>
  a.dtype === 'float32' &&
  b.dtype === 'float32' &&
  size(a) > 0 &&
  size(b) > 0 &&
  tf.util.arraysEqual(a.shape.slice(0, -2), b.shape.slice(0, -2));

function productKernels(heap: WasmHeap, kernels: Kernels, multiply: Multiply): tf.KernelConfig[] {
  const runBatch = batchKernel(heap, kernels);
  const run = (
    a: tf.TensorInfo,
    b: tf.TensorInfo,
    transposeA: boolean,
    transposeB: boolean,
    bias: tf.TensorInfo | undefined,
    activation: Activation,
  ): tf.TensorInfo => {
    const [rowsA = 0, columnsA = 0] = a.shape.slice(-2);
    const [rowsB = 0, columnsB = 0] = b.shape.slice(-2);
    const m = transposeA ? columnsA : rowsA;
    const k = transposeA ? rowsA : columnsA;
    const n = transposeB ? rowsB : columnsB;
    const lead = a.shape.length >= b.shape.length ? a.shape.slice(0, -2) : b.shape.slice(0, -2);
    const out = heap.output([...lead, m, n]);
    const target = heap.offset(out);
    if (m === 0 || n === 0) return out;
    if (k === 0) {
      heap.bytes.fill(0, target, target + 4 * m * n);
      if (bias !== undefined || activation === 'sigmoid') {
        const stride = bias !== undefined && size(bias) === n ? 0 : n;
        kernels.biasActivation(
          target,
          bias ? heap.offset(bias) : 0,
          m,
          n,
          stride,
          activation === 'sigmoid' ? 1 : 0,
        );
      }
      return out;
    }
    multiply({
      transposeA,
      transposeB,
      m,
      n,
      k,
      a: heap.offset(a),
      b: heap.offset(b),
      out: target,
      bias:
        bias === undefined
          ? undefined
          : { offset: heap.offset(bias), kind: bias.shape.length === 1 ? 'row' : 'full' },
      activation,
    });
    return out;
  };
  const isMatrix = (tensor: tf.TensorInfo): boolean =>
    tensor.dtype === 'float32' && size({ ...tensor, shape: tensor.shape.slice(0, -2) }) === 1;

  return [
    kernel(tf.BatchMatMul, (call) => {
      const a = input(call.inputs, 'a');
      const b = input(call.inputs, 'b');
      const [transposeA, transposeB] = [call.attrs?.transposeA === true, call.attrs?.transposeB === true];
      if (isMatrix(a) && isMatrix(b)) return run(a, b, transposeA, transposeB, undefined, 'linear');
      if (isBatch(a, b)) return runBatch(a, b, transposeA, transposeB);
      return fallBack(tf.BatchMatMul, call);
    }),
    kernel(tf._FusedMatMul, (call) => {
      const a = input(call.inputs, 'a');
      const b = input(call.inputs, 'b');
      const { bias, preluActivationWeights } = call.inputs;
      const { transposeA, transposeB } = call.attrs ?? {};
      const activation = asActivation(call.attrs?.activation);
      const n = b.shape[b.shape.length - (transposeB === true ? 2 : 1)];
      const covered =
        isMatrix(a) &&
        isMatrix(b) &&
        preluActivationWeights == null &&
        (bias == null || (bias.shape.length === 1 && bias.dtype === 'float32' && bias.shape[0] === n));
      if (!covered || activation === undefined) return fallBack(tf._FusedMatMul, call);
      return run(a, b, transposeA === true, transposeB === true, bias ?? undefined, activation);
    }),
    kernel(kernelNames.affine, ({ inputs, attrs }) => {
      const activation = asActivation(attrs?.activation) ?? 'linear';
      return run(
        input(inputs, 'x'),
        input(inputs, 'w'),
        false,
        attrs?.transposeW === true,
        inputs.bias,
        activation,
      );
    }),
    kernel(kernelNames.contrastiveProduct, ({ inputs }) => {
      const [v0, h0, v1, h1] = ['v0', 'h0', 'v1', 'h1'].map((name) => input(inputs, name)) as [
        tf.TensorInfo,
        tf.TensorInfo,
        tf.TensorInfo,
        tf.TensorInfo,
      ];
      const [batch = 0, visible = 0] = v0.shape;
      const hidden = h0.shape[1] ?? 0;
      // One product with twice the inner size, of the rows [v0; v1] and [h0; -h1], writes the result once.
      const v = heap.output([2 * batch, visible]);
      const h = heap.output([2 * batch, hidden]);
      kernels.scaledCopy(heap.offset(v0), heap.offset(v), batch * visible, 1);
      kernels.scaledCopy(heap.offset(v1), heap.offset(v) + 4 * batch * visible, batch * visible, 1);
      kernels.scaledCopy(heap.offset(h0), heap.offset(h), batch * hidden, 1);
      kernels.scaledCopy(heap.offset(h1), heap.offset(h) + 4 * batch * hidden, batch * hidden, -1);
      try {
        return run(v, h, true, false, undefined, 'linear');
      } finally {
        heap.release(v);
        heap.release(h);
      }
    }),
  ];
}

function elementwiseKernels(heap: WasmHeap, kernels: Kernels): tf.KernelConfig[] {
  const state = heap.allocate(64);
  const binary =
    (
      first: string,
      second: string,
      compute: (a: number, b: number, out: number, n: number, scale: number) => void,
    ) =>
    ({ inputs, attrs }: KernelArguments): tf.TensorInfo => {
      const a = input(inputs, first);
      const out = heap.output(a.shape);
      const scale = typeof attrs?.scale === 'number' ? attrs.scale : 1;
      compute(heap.offset(a), heap.offset(input(inputs, second)), heap.offset(out), size(a), scale);
      return out;
    };
  const columns = (a: tf.TensorInfo, b: tf.TensorInfo | undefined, scale: number): tf.TensorInfo => {
    const [rows = 0, width = 0] = a.shape;
    const out = heap.output([width]);
    kernels.columnSum(heap.offset(a), b ? heap.offset(b) : 0, heap.offset(out), rows, width, width, scale);
    return out;
  };
  return [
    kernel(kernelNames.bernoulli, ({ inputs, attrs }) => {
      const p = input(inputs, 'p');
      const out = heap.output(p.shape);
      new Uint32Array(heap.bytes.buffer, state, 16).set(noiseState(attrs?.key as unknown as NoiseKey));
      kernels.bernoulli(heap.offset(p), heap.offset(out), size(p), state);
      return out;
    }),
    kernel(kernelNames.sigmoidBackward, binary('upstream', 'y', kernels.sigmoidBackward)),
    kernel(kernelNames.reluBackward, binary('upstream', 'y', kernels.reluBackward)),
    kernel(kernelNames.scaledDifference, binary('a', 'b', kernels.scaledDifference)),
    kernel(kernelNames.columnSum, ({ inputs, attrs }) =>
      columns(input(inputs, 'x'), undefined, number(attrs, 'scale')),
    ),
    kernel(kernelNames.columnSumDifference, ({ inputs, attrs }) =>
      columns(input(inputs, 'a'), input(inputs, 'b'), number(attrs, 'scale')),
    ),
    kernel(kernelNames.squaredError, ({ inputs }) => {
      const a = input(inputs, 'a');
      const out = heap.output([]);
      const total = kernels.squaredError(heap.offset(a), heap.offset(input(inputs, 'b')), size(a));
      new Float32Array(heap.bytes.buffer, heap.offset(out), 1)[0] = total;
      return out;
    }),
  ];
}

/** In-place kernels: they return nothing, their variables change. */
function updateKernels(heap: WasmHeap, kernels: Kernels): tf.KernelConfig[] {
  return [
    kernel(kernelNames.momentumUpdate, ({ inputs, attrs }) => {
      const weights = input(inputs, 'weights');
      const velocity = input(inputs, 'velocity');
      const rate = number(attrs, 'rate');
      for (const variable of [weights, velocity]) unshare(heap, kernels, variable);
      kernels.momentumUpdate(
        heap.offset(weights),
        heap.offset(velocity),
        heap.offset(input(inputs, 'gradient')),
        size(weights),
        number(attrs, 'momentum'),
        rate * number(attrs, 'scale'),
        rate * number(attrs, 'decay'),
      );
      for (const variable of [weights, velocity]) heap.touched(variable);
      return [];
    }),
    kernel(kernelNames.adamUpdate, ({ inputs, attrs }) => {
      const [weights, first, second] = ['weights', 'first', 'second'].map((name) => input(inputs, name)) as [
        tf.TensorInfo,
        tf.TensorInfo,
        tf.TensorInfo,
      ];
      for (const variable of [weights, first, second]) unshare(heap, kernels, variable);
      const beta1 = number(attrs, 'beta1');
      const beta2 = number(attrs, 'beta2');
      kernels.adamUpdate(
        heap.offset(weights),
        heap.offset(first),
        heap.offset(second),
        heap.offset(input(inputs, 'gradient')),
        size(weights),
        beta1,
        1 - beta1,
        beta2,
        1 - beta2,
        number(attrs, 'stepSize'),
        number(attrs, 'secondScale'),
        number(attrs, 'epsilon'),
      );
      for (const variable of [weights, first, second]) heap.touched(variable);
      return [];
    }),
  ];
}

/** Copy on write: a variable whose data another tensor also shows (a clone, its initial value) gets its own. */
function unshare(heap: WasmHeap, kernels: Kernels, variable: tf.TensorInfo): void {
  if (!heap.shared(variable)) return;
  const copy = heap.output(variable.shape);
  kernels.scaledCopy(heap.offset(variable), heap.offset(copy), size(variable), 1);
  assign(variable, copy);
}
