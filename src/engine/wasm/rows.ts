import * as tf from '@tensorflow/tfjs-core';
import type { WasmHeap } from './heap.js';
import type { Kernels } from './kernels.js';

/**
 * Parts of float32 matrices, copied inside the heap. tfjs reads a whole tensor out of it for every slice and
 * every part of a split (3 ms for a minibatch of a modest corpus), its gather takes 2 ms for 100 rows and its
 * concatenation sets up a view for every row. All four functions return undefined for what they do not cover.
 */

type Inputs = tf.NamedTensorInfoMap;
type Attributes = tf.NamedAttrMap | undefined;

const isMatrix = (tensor: tf.TensorInfo | undefined): tensor is tf.TensorInfo =>
  tensor?.shape.length === 2 && tensor.dtype === 'float32';

export function sliceMatrix(
  heap: WasmHeap,
  kernels: Kernels,
  { x }: Inputs,
  attributes: Attributes,
): tf.TensorInfo | undefined {
  if (!isMatrix(x)) return undefined;
  const { begin, size } = attributes as { begin: number | number[]; size: number | number[] };
  const [starts, lengths] = tf.slice_util.parseSliceParams(x as tf.Tensor, begin, size);
  const [row = 0, column = 0] = starts ?? [];
  const [rows = 0, columns = 0] = lengths ?? [];
  return block(heap, kernels, x, row, column, rows, columns);
}

/** Stretches of columns. */
export function splitMatrix(
  heap: WasmHeap,
  kernels: Kernels,
  { x }: Inputs,
  attributes: Attributes,
): tf.TensorInfo[] | undefined {
  if (!isMatrix(x)) return undefined;
  const { numOrSizeSplits, axis } = attributes as { numOrSizeSplits: number | number[]; axis: number };
  if (tf.util.parseAxisParam(axis, x.shape)[0] !== 1) return undefined;
  const widths = tf.backend_util.prepareSplitSize(x as tf.Tensor, numOrSizeSplits, 1);
  let column = 0;
  return widths.map((width) => {
    column += width;
    return block(heap, kernels, x, 0, column - width, x.shape[0] ?? 0, width);
  });
}

/** Matrices side by side. */
export function joinMatrices(
  heap: WasmHeap,
  kernels: Kernels,
  inputs: Inputs,
  attributes: Attributes,
): tf.TensorInfo | undefined {
  const parts = Object.values(inputs) as tf.TensorInfo[];
  const covered =
    parts.length > 1 &&
    parts.every((part) => isMatrix(part) && tf.util.sizeFromShape(part.shape) > 0) &&
    tf.util.parseAxisParam(attributes?.axis as number, [0, 0])[0] === 1;
  if (!covered) return undefined;
  const shapes = parts.map(({ shape }) => shape);
  tf.backend_util.assertParamsConsistent(shapes, 1);
  const [rows = 0, width = 0] = tf.backend_util.computeOutShape(shapes, 1);
  const out = heap.output([rows, width]);
  let target = heap.offset(out);
  for (const part of parts) {
    const columns = part.shape[1] ?? 0;
    kernels.copyBlock(heap.offset(part), columns, target, width, rows, columns);
    target += 4 * columns;
  }
  return out;
}

function block(
  heap: WasmHeap,
  kernels: Kernels,
  x: tf.TensorInfo,
  row: number,
  column: number,
  rows: number,
  columns: number,
): tf.TensorInfo {
  const width = x.shape[1] ?? 0;
  const out = heap.output([rows, columns]);
  const source = heap.offset(x) + 4 * (row * width + column);
  kernels.copyBlock(source, width, heap.offset(out), columns, rows, columns);
  return out;
}

export function gatherRows(
  heap: WasmHeap,
  kernels: Kernels,
  { x, indices }: Inputs,
  attributes: Attributes,
): tf.TensorInfo | undefined {
  if (x === undefined || indices === undefined) return undefined;
  const covered =
    isMatrix(x) &&
    indices.shape.length === 1 &&
    indices.dtype === 'int32' &&
    attributes?.axis === 0 &&
    (attributes.batchDims ?? 0) === 0;
  if (!covered) return undefined;
  const [rows = 0, columns = 0] = x.shape;
  const chosen = heap.integers(indices);
  for (const index of chosen) {
    tf.util.assert(index >= 0 && index < rows, () => `gather: the index ${index} is not in [0, ${rows - 1}]`);
  }
  const out = heap.output([chosen.length, columns]);
  const source = heap.offset(x);
  const target = heap.offset(out);
  chosen.forEach((index, r) => {
    kernels.copyBlock(source + 4 * index * columns, columns, target + 4 * r * columns, columns, 1, columns);
  });
  return out;
}
