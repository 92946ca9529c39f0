import * as tf from '@tensorflow/tfjs-core';
import type { Changing } from '../changing.js';
import { size } from '../kernel-call.js';
import { kernelNames } from '../operations.js';
import type { CudaBackend } from './backend.js';
import { kernel, numberAndPlace, requireFloat } from './call.js';

/** Where an element with given coordinates lies. */
interface Layout {
  readonly offset: number;
  readonly strides: readonly number[];
}

/** Dimensions that `mmx_copy` walks. */
const mostDimensions = 5;

/** Copies elements from one layout to another. @param sizes of the coordinates */
export function copyStrided(
  backend: CudaBackend,
  x: tf.TensorInfo,
  out: tf.TensorInfo,
  { sizes, from, to }: { readonly sizes: readonly number[]; readonly from: Layout; readonly to: Layout },
): void {
  if (sizes.length > mostDimensions) {
    throw new Error(`engine cuda: a copy over ${sizes.length} dimensions; ${mostDimensions} is the most`);
  }
  const n = sizes.reduce((product, length) => product * length, 1);
  const missing = mostDimensions - sizes.length;
  const padded = (values: readonly number[], filler: number): number[] => [
    ...new Array<number>(missing).fill(filler),
    ...values,
  ];
  backend.kernels.each('mmx_copy', n, [
    ...[backend.pointer(x), backend.pointer(out), n, from.offset, to.offset],
    ...padded(sizes, 1).slice(1),
    ...padded(from.strides, 0),
    ...padded(to.strides, 0),
  ]);
}

/** Elements between neighbours along each axis. */
const stridesOf = (shape: readonly number[]): number[] =>
  shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1));

const reshaped = (
  name: string,
  shapeOf: (x: tf.TensorInfo, attribute: <T>(name: string) => T) => number[],
): tf.KernelConfig =>
  kernel(name, ({ backend, list, attribute }) => {
    const x = list[0] as tf.TensorInfo;
    return backend.view(x, shapeOf(x, attribute));
  });

export const movementKernels: readonly tf.KernelConfig[] = [
  reshaped(tf.Identity, ({ shape }) => shape),
  reshaped(tf.Reshape, (x, attribute) =>
    tf.util.inferFromImplicitShape(attribute<number[]>('shape'), size(x)),
  ),
  reshaped(tf.ExpandDims, ({ shape }, attribute) => {
    const dim = attribute<number>('dim');
    return shape.toSpliced(dim < 0 ? shape.length + dim + 1 : dim, 0, 1);
  }),
  kernel(tf.Fill, ({ backend, attribute }) => {
    const dtype = attribute<tf.DataType | undefined>('dtype');
    return filled(backend, attribute<number[]>('shape'), attribute<number>('value'), dtype ?? 'float32');
  }),
  kernel(tf.ZerosLike, ({ backend, input }) => filled(backend, input('x').shape, 0, input('x').dtype)),
  kernel(tf.OnesLike, ({ backend, input }) => filled(backend, input('x').shape, 1, input('x').dtype)),
  kernel(tf.Slice, ({ backend, input, attribute }) => {
    const x = input('x');
    const [begin, sizes] = tf.slice_util.parseSliceParams(
      x as tf.Tensor,
      attribute<number | number[]>('begin'),
      attribute<number | number[]>('size'),
    ) as [number[], number[]];
    tf.slice_util.assertParamsValid(x as tf.Tensor, begin, sizes);
    return part(backend, x, begin, sizes);
  }),
  kernel(tf.Concat, ({ backend, list, attribute }) => {
    const axis = tf.util.parseAxisParam(attribute<number>('axis'), list[0]?.shape ?? [])[0] ?? 0;
    return joined(backend, list, axis);
  }),
  kernel(tf.Pack, ({ backend, list, attribute }) => {
    const axis = attribute<number>('axis');
    const expanded = list.map((x) => backend.view(x, x.shape.toSpliced(axis, 0, 1)));
    const out = joined(backend, expanded, axis);
    for (const tensor of expanded) backend.release(tensor);
    return out;
  }),
  kernel(tf.Unpack, ({ backend, input, attribute }) => {
    const x = input('value');
    const axis = tf.util.parseAxisParam(attribute<number>('axis'), x.shape)[0] ?? 0;
    const shape = x.shape.toSpliced(axis, 1);
    return Array.from({ length: x.shape[axis] ?? 0 }, (_, index) => {
      const begin = x.shape.map((_length, i) => (i === axis ? index : 0));
      const slice = part(
        backend,
        x,
        begin,
        x.shape.map((length, i) => (i === axis ? 1 : length)),
      );
      return { ...slice, shape };
    });
  }),
  kernel(tf.SplitV, ({ backend, input, attribute }) => {
    const x = input('x');
    const axis = tf.util.parseAxisParam(attribute<number>('axis'), x.shape)[0] ?? 0;
    const lengths = tf.backend_util.prepareSplitSize(
      x as tf.Tensor,
      attribute<number | number[]>('numOrSizeSplits'),
      axis,
    );
    let at = 0;
    return lengths.map((length) => {
      const begin = x.shape.map((_, i) => (i === axis ? at : 0));
      at += length;
      return part(
        backend,
        x,
        begin,
        x.shape.map((whole, i) => (i === axis ? length : whole)),
      );
    });
  }),
  kernel(tf.Transpose, ({ backend, input, attribute }) => {
    const x = input('x');
    const order = attribute<number[]>('perm');
    return transposed(backend, x, order);
  }),
  kernel(tf.GatherV2, ({ backend, input, attribute }) => {
    const [x, indices] = [input('x'), input('indices')];
    if ((attribute<number | undefined>('batchDims') ?? 0) !== 0)
      throw new Error('engine cuda: GatherV2 with batchDims');
    if (indices.dtype !== 'int32')
      throw new TypeError(`engine cuda: GatherV2 takes int32 indices, got ${indices.dtype}`);
    const axis = tf.util.parseAxisParam(attribute<number>('axis'), x.shape)[0] ?? 0;
    const count = size(indices);
    const inner = x.shape.slice(axis + 1).reduce((product, length) => product * length, 1);
    const out = backend.output(
      [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)],
      x.dtype,
    );
    const pointers = [x, indices, out].map((tensor) => backend.pointer(tensor));
    backend.kernels.each('mmx_gather', size(out), [...pointers, size(out), x.shape[axis] ?? 0, count, inner]);
    return out;
  }),
  kernel(tf.OneHot, ({ backend, input, attribute }) => {
    const indices = input('indices');
    const depth = attribute<number>('depth');
    const out = backend.output([...indices.shape, depth]);
    backend.kernels.each('mmx_one_hot', size(out), [
      ...[backend.pointer(indices), backend.pointer(out), size(out), depth],
      ...[attribute<number>('onValue'), attribute<number>('offValue')],
    ]);
    return out;
  }),
  kernel(tf.ArgMax, ({ backend, input, attribute }) => {
    const x = input('x');
    requireFloat(tf.ArgMax, x);
    const axis = tf.util.parseAxisParam(attribute<number>('axis'), x.shape)[0] ?? 0;
    const order = [...x.shape.keys()].filter((i) => i !== axis);
    const lined = transposed(backend, x, [...order, axis]);
    const out = backend.output(x.shape.toSpliced(axis, 1), 'int32');
    const rows = size(out);
    backend.kernels.each('mmx_arg_max', rows, [
      backend.pointer(lined),
      backend.pointer(out),
      rows,
      x.shape[axis] ?? 0,
    ]);
    backend.release(lined);
    return out;
  }),
  kernel(kernelNames.minibatch, ({ backend, input, optional, attribute }) => {
    const [x, order, shown] = [input('x'), input('order'), optional('shown')];
    const [start, batch] = [attribute<Changing>('start'), attribute<number>('batch')];
    const columns = x.shape[1] ?? 0;
    const out = backend.output([batch, columns]);
    backend.kernels.each('mmx_minibatch', size(out), [
      ...[
        backend.pointer(x),
        backend.pointer(order),
        shown ? backend.pointer(shown) : 0,
        backend.pointer(out),
      ],
      ...[size(out), columns, ...numberAndPlace(backend, start)],
    ]);
    return out;
  }),
  kernel(kernelNames.overwrite, ({ backend, input, attribute }) => {
    backend.overwrite(input('x'), attribute<Float32Array | Int32Array>('values'), attribute<number>('from'));
    return [];
  }),
  kernel(kernelNames.stream, ({ backend, input, attribute }) => {
    backend.stream(input('x'), attribute<Float32Array>('values'));
    return [];
  }),
];

/** An array's worth of one value; the bits of a float travel as an int. */
function filled(backend: CudaBackend, shape: number[], value: number, dtype: tf.DataType): tf.TensorInfo {
  const out = backend.output(shape, dtype);
  const bits =
    dtype === 'float32' ? (new Int32Array(Float32Array.of(value).buffer)[0] ?? 0) : Math.trunc(value);
  backend.kernels.each('mmx_fill', size(out), [backend.pointer(out), size(out), bits]);
  return out;
}

function part(
  backend: CudaBackend,
  x: tf.TensorInfo,
  begin: readonly number[],
  sizes: number[],
): tf.TensorInfo {
  const strides = stridesOf(x.shape);
  const offset = begin.reduce((sum, start, axis) => sum + start * (strides[axis] ?? 0), 0);
  const out = backend.output(sizes, x.dtype);
  copyStrided(backend, x, out, {
    sizes,
    from: { offset, strides },
    to: { offset: 0, strides: stridesOf(sizes) },
  });
  return out;
}

function joined(backend: CudaBackend, parts: readonly tf.TensorInfo[], axis: number): tf.TensorInfo {
  const first = parts[0] as tf.TensorInfo;
  const length = parts.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0);
  const shape = first.shape.with(axis, length);
  const out = backend.output(shape, first.dtype);
  const strides = stridesOf(shape);
  let offset = 0;
  for (const x of parts) {
    copyStrided(backend, x, out, {
      sizes: x.shape,
      from: { offset: 0, strides: stridesOf(x.shape) },
      to: { offset, strides },
    });
    offset += (x.shape[axis] ?? 0) * (strides[axis] ?? 0);
  }
  return out;
}

/** The axes in another order; the caller releases it. */
export function transposed(backend: CudaBackend, x: tf.TensorInfo, order: readonly number[]): tf.TensorInfo {
  const shape = order.map((axis) => x.shape[axis] ?? 0);
  if (order.every((axis, i) => axis === i)) return backend.view(x, shape);
  const strides = stridesOf(x.shape);
  const out = backend.output(shape, x.dtype);
  copyStrided(backend, x, out, {
    sizes: shape,
    from: { offset: 0, strides: order.map((axis) => strides[axis] ?? 0) },
    to: { offset: 0, strides: stridesOf(shape) },
  });
  return out;
}

/** The tensor repeated to a shape; the caller releases it. */
export function broadcast(backend: CudaBackend, tensor: tf.TensorInfo, shape: number[]): tf.TensorInfo {
  if (tf.util.arraysEqual(tensor.shape, shape)) return backend.view(tensor, shape);
  const out = backend.output(shape, tensor.dtype);
  const padded = [...new Array<number>(shape.length - tensor.shape.length).fill(1), ...tensor.shape];
  const strides = stridesOf(padded).map((stride, axis) => (padded[axis] === 1 ? 0 : stride));
  copyStrided(backend, tensor, out, {
    sizes: shape,
    from: { offset: 0, strides },
    to: { offset: 0, strides: stridesOf(shape) },
  });
  return out;
}
