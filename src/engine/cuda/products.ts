import * as tf from '@tensorflow/tfjs-core';
import { size } from '../kernel-call.js';
import { type Activation, kernelNames } from '../operations.js';
import type { CudaBackend } from './backend.js';
import { kernel, requireFloat } from './call.js';
import { unaryOperations } from './elementwise.js';
import { broadcast } from './movement.js';

interface Product {
  readonly a: tf.TensorInfo;
  readonly b: tf.TensorInfo;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** [out] or [batch, out]. */
  readonly bias?: tf.TensorInfo | undefined;
  readonly activation?: Activation | undefined;
}

export const productKernels: readonly tf.KernelConfig[] = [
  kernel(tf.BatchMatMul, ({ backend, input, attribute }) =>
    product(backend, {
      a: input('a'),
      b: input('b'),
      transposeA: attribute<boolean>('transposeA') === true,
      transposeB: attribute<boolean>('transposeB') === true,
    }),
  ),
  kernel(tf._FusedMatMul, ({ backend, input, optional, attribute }) => {
    const activation = attribute<string>('activation') ?? 'linear';
    const isRelu = activation === 'relu';
    const bias = optional('bias');
    if (!isRelu && activation !== 'linear' && activation !== 'sigmoid') {
      throw new Error(`engine cuda: _FusedMatMul with the activation ${activation}`);
    }
    if (bias !== undefined && bias.shape.length !== 1) {
      throw new Error(`engine cuda: _FusedMatMul with a bias of shape [${bias.shape}]`);
    }
    const out = product(backend, {
      a: input('a'),
      b: input('b'),
      transposeA: attribute<boolean>('transposeA') === true,
      transposeB: attribute<boolean>('transposeB') === true,
      bias,
      activation: isRelu ? 'linear' : activation,
    });
    if (isRelu) {
      const pointer = backend.pointer(out);
      const relu = unaryOperations.indexOf(tf.Relu);
      backend.kernels.each('mmx_unary', size(out), [relu, pointer, pointer, size(out), 0, 0]);
    }
    return out;
  }),
  kernel(kernelNames.affine, ({ backend, input, optional, attribute }) =>
    product(backend, {
      a: input('x'),
      b: input('w'),
      transposeA: false,
      transposeB: attribute<boolean>('transposeW') === true,
      bias: optional('bias'),
      activation: attribute<Activation>('activation'),
    }),
  ),
  kernel(kernelNames.contrastiveProduct, ({ backend, input }) => {
    const [v0, h0, v1, h1] = [input('v0'), input('h0'), input('v1'), input('h1')];
    const [batch = 0, visible = 0] = v0.shape;
    const hidden = h0.shape[1] ?? 0;
    // One product with twice the inner size writes the result once, where two write, read and write it again; but its
    // operands have to be copied.
    if (4 * batch * (visible + hidden) > 2 * visible * hidden) {
      const out = product(backend, { a: v0, b: h0, transposeA: true, transposeB: false });
      if (batch > 0 && size(out) > 0) {
        backend.cublas.multiply({
          ...{ transposeA: true, transposeB: false, m: visible, n: hidden, k: batch, subtract: true },
          ...{ a: backend.pointer(v1), b: backend.pointer(h1), out: backend.pointer(out) },
        });
      }
      return out;
    }
    const v = backend.output([2 * batch, visible]);
    const h = backend.output([2 * batch, hidden]);
    const [p0, p1, p, q0, q1, q] = [v0, v1, v, h0, h1, h].map((tensor) => backend.pointer(tensor)) as [
      ...[number, number, number, number, number, number],
    ];
    const count = 2 * batch * (visible + hidden);
    backend.kernels.each('mmx_stack_phases', count, [p0, p1, p, batch * visible, q0, q1, q, batch * hidden]);
    const out = product(backend, { a: v, b: h, transposeA: true, transposeB: false });
    backend.release(v);
    backend.release(h);
    return out;
  }),
];

function product(
  backend: CudaBackend,
  { a, b, transposeA, transposeB, bias, activation = 'linear' }: Product,
): tf.TensorInfo {
  requireFloat('a product', a, b);
  const [rowsA = 0, columnsA = 0] = a.shape.slice(-2);
  const [rowsB = 0, columnsB = 0] = b.shape.slice(-2);
  const m = transposeA ? columnsA : rowsA;
  const k = transposeA ? rowsA : columnsA;
  const n = transposeB ? rowsB : columnsB;
  const batchA = a.shape.slice(0, -2);
  const batchB = b.shape.slice(0, -2);
  const lead = tf.backend_util.assertAndGetBroadcastShape(batchA, batchB);
  const out = backend.output([...lead, m, n]);
  const total = size(out);
  if (total === 0) return out;
  const target = backend.pointer(out);
  if (k === 0) {
    backend.kernels.each('mmx_fill', total, [target, total, 0]);
  } else {
    const count = total / (m * n);
    // A stack of matrices against a stack of another shape is repeated to the common one first.
    const [fullA, fullB] = [stacked(backend, a, lead), stacked(backend, b, lead)];
    const stride = (tensor: tf.TensorInfo, area: number): number => (size(tensor) === area ? 0 : area);
    backend.cublas.multiply({
      ...{
        transposeA,
        transposeB,
        m,
        n,
        k,
        a: backend.pointer(fullA),
        b: backend.pointer(fullB),
        out: target,
      },
      ...(count === 1
        ? {}
        : { batch: { count, strideA: stride(fullA, m * k), strideB: stride(fullB, k * n) } }),
    });
    backend.release(fullA);
    backend.release(fullB);
  }
  if (bias !== undefined || activation !== 'linear') {
    const period = bias !== undefined && bias.shape.length === 1 ? n : total;
    backend.kernels.each('mmx_bias_activation', total, [
      ...[target, bias === undefined ? 0 : backend.pointer(bias), period, total],
      activation === 'sigmoid' ? 1 : 0,
    ]);
  }
  return out;
}

/** A single matrix stays one, which every product of a stack then shares. */
function stacked(backend: CudaBackend, tensor: tf.TensorInfo, lead: readonly number[]): tf.TensorInfo {
  const matrix = tensor.shape.slice(-2);
  const isSingle = size(tensor) === (matrix[0] ?? 0) * (matrix[1] ?? 0);
  return isSingle ? backend.view(tensor, tensor.shape) : broadcast(backend, tensor, [...lead, ...matrix]);
}
