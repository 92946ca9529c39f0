import * as tf from '@tensorflow/tfjs-core';
import { size } from '../kernel-call.js';
import { kernelNames } from '../operations.js';
import type { CudaBackend } from './backend.js';
import { kernel, requireFloat } from './call.js';
import { transposed } from './movement.js';

/** Numbers of the operations and of what they take, as in kernels.cu. */
const operations = { sum: 0, max: 1, min: 2 } as const;
type Operation = keyof typeof operations;
const maps = { value: 0, difference: 1, squaredDifference: 2 } as const;

/** Blocks that keep a GPU busy; a reduction by fewer is cut into chunks whose results are reduced again. */
const enoughBlocks = 256;
/** Elements that each of a block's rows of threads should at least have for a second kernel to pay. */
const worthwhile = 32;

interface Reduction {
  readonly operation: Operation;
  /** What is reduced: a, a - b or (a - b)². */
  readonly map?: keyof typeof maps;
  readonly b?: tf.TensorInfo;
  /** Factor of the result. */
  readonly scale?: number;
}

export const reductionKernels: readonly tf.KernelConfig[] = [
  ...(
    [
      [tf.Sum, 'sum'],
      [tf.Max, 'max'],
      [tf.Min, 'min'],
      [tf.Mean, 'sum'],
    ] as const
  ).map(([name, operation]) =>
    kernel(name, ({ backend, input, attribute }) => {
      const x = input('x');
      requireFloat(name, x);
      const asked = attribute<number | number[]>(name === tf.Max ? 'reductionIndices' : 'axis');
      const axes = tf.util.parseAxisParam(asked, x.shape).sort((i, j) => i - j);
      const count = axes.reduce((product, axis) => product * (x.shape[axis] ?? 1), 1);
      const out = overAxes(backend, x, axes, { operation, scale: name === tf.Mean ? 1 / count : 1 });
      if (attribute<boolean | undefined>('keepDims') !== true) return out;
      return { ...out, shape: tf.backend_util.expandShapeToKeepDim(out.shape, axes) };
    }),
  ),
  kernel(kernelNames.columnSum, ({ backend, input, attribute }) => {
    const x = input('x');
    return columns(backend, x, { operation: 'sum', scale: attribute<number>('scale') });
  }),
  kernel(kernelNames.columnSumDifference, ({ backend, input, attribute }) => {
    const [a, b] = [input('a'), input('b')];
    return columns(backend, a, { operation: 'sum', map: 'difference', b, scale: attribute<number>('scale') });
  }),
  kernel(kernelNames.squaredError, ({ backend, input }) => {
    const [a, b] = [input('a'), input('b')];
    return reduced(backend, a, [1, size(a), 1], [], { operation: 'sum', map: 'squaredDifference', b });
  }),
];

function columns(backend: CudaBackend, x: tf.TensorInfo, reduction: Reduction): tf.TensorInfo {
  const [rows = 0, width = 0] = x.shape;
  return reduced(backend, x, [1, rows, width], [width], reduction);
}

/** Reduces axes that need not be neighbours: they are brought to the end unless they are. */
function overAxes(
  backend: CudaBackend,
  x: tf.TensorInfo,
  axes: readonly number[],
  reduction: Reduction,
): tf.TensorInfo {
  const kept = [...x.shape.keys()].filter((axis) => !axes.includes(axis));
  const lengths = (which: readonly number[]): number[] => which.map((axis) => x.shape[axis] ?? 1);
  const count = (which: readonly number[]): number =>
    lengths(which).reduce((product, length) => product * length, 1);
  const [first = 0] = axes;
  const areNeighbours = axes.every((axis, i) => axis === first + i);
  if (areNeighbours) {
    const before = kept.filter((axis) => axis < first);
    const after = kept.filter((axis) => axis >= first);
    return reduced(backend, x, [count(before), count(axes), count(after)], lengths(kept), reduction);
  }
  const lined = transposed(backend, x, [...kept, ...axes]);
  try {
    return reduced(backend, lined, [count(kept), count(axes), 1], lengths(kept), reduction);
  } finally {
    backend.release(lined);
  }
}

/** Reduces the middle of [outer, length, inner]. */
function reduced(
  backend: CudaBackend,
  a: tf.TensorInfo,
  [outer, length, inner]: readonly [number, number, number],
  shape: number[],
  { operation, map = 'value', b, scale = 1 }: Reduction,
): tf.TensorInfo {
  const blocks = inner === 1 ? outer : outer * Math.ceil(inner / columnsOfBlock);
  const chunk = chunkOf(blocks, length, inner === 1 ? rowThreads : rowsOfBlock);
  const chunks = Math.max(1, Math.ceil(length / chunk));
  const isSplit = chunks > 1;
  const out = backend.output(isSplit ? [outer, chunks, inner] : shape);
  const slices = outer * chunks;
  const values = [
    ...[backend.pointer(a), b === undefined ? 0 : backend.pointer(b), backend.pointer(out)],
    ...[slices, length],
    ...(inner === 1 ? [] : [inner]),
    ...[chunks, chunk, operations[operation], maps[map], isSplit ? 1 : scale],
  ];
  if (size(out) > 0) {
    const rows = Math.min(slices, mostBlocks);
    if (inner === 1) backend.kernels.launch('mmx_reduce_rows', [rows, 1], [rowThreads, 1], values);
    else {
      const grid = [Math.ceil(inner / columnsOfBlock), rows] as const;
      backend.kernels.launch('mmx_reduce_columns', grid, [columnsOfBlock, rowsOfBlock], values);
    }
  }
  if (!isSplit) return out;
  const whole = reduced(backend, out, [outer, chunks, inner], shape, { operation, scale });
  backend.release(out);
  return whole;
}

/** Threads of a block, as kernels.cu has them. */
const rowThreads = 256;
const columnsOfBlock = 32;
const rowsOfBlock = 8;
/** CUDA's limit along one axis of the grid; kernels walk what is beyond. */
const mostBlocks = 65535;

/** Elements that one block reduces: all, or fewer where few blocks would each have many. */
function chunkOf(blocks: number, length: number, threads: number): number {
  const wanted = Math.ceil(enoughBlocks / Math.max(1, blocks));
  const paying = Math.floor(length / (threads * worthwhile));
  return Math.max(1, Math.ceil(length / Math.max(1, Math.min(wanted, paying))));
}
