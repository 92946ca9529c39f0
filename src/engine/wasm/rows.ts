import * as tf from '@tensorflow/tfjs-core';
import type { WasmHeap } from './heap.js';

type Inputs = tf.NamedTensorInfoMap;
type Attributes = tf.NamedAttrMap | undefined;

/**
 * Parts of a float32 matrix, copied inside the heap. tfjs reads the whole tensor out of it for every slice
 * (3 ms for a minibatch of a modest corpus) and its gather takes 2 ms for 100 rows. Both functions return
 * undefined for what they do not cover.
 */
export function sliceMatrix(
  heap: WasmHeap,
  inputs: Inputs,
  attributes: Attributes,
): tf.TensorInfo | undefined {
  const x = inputs.x;
  if (x === undefined || x.shape.length !== 2 || x.dtype !== 'float32') return undefined;
  const { begin, size } = attributes as { begin: number | number[]; size: number | number[] };
  const [starts, lengths] = tf.slice_util.parseSliceParams(x as tf.Tensor, begin, size);
  const [row = 0, column = 0] = starts ?? [];
  const [rows = 0, columns = 0] = lengths ?? [];
  const width = x.shape[1] ?? 0;
  const out = heap.output([rows, columns]);
  const source = heap.offset(x) + 4 * (row * width + column);
  const target = heap.offset(out);
  const { bytes } = heap;
  if (columns === width) {
    bytes.copyWithin(target, source, source + 4 * rows * width);
    return out;
  }
  for (let r = 0; r < rows; r++) {
    const from = source + 4 * r * width;
    bytes.copyWithin(target + 4 * r * columns, from, from + 4 * columns);
  }
  return out;
}

export function gatherRows(
  heap: WasmHeap,
  inputs: Inputs,
  attributes: Attributes,
): tf.TensorInfo | undefined {
  const { x, indices } = inputs;
  if (x === undefined || indices === undefined) return undefined;
  const covered =
    x.shape.length === 2 &&
    x.dtype === 'float32' &&
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
  const { bytes } = heap;
  chosen.forEach((index, r) => {
    const from = source + 4 * index * columns;
    bytes.copyWithin(target + 4 * r * columns, from, from + 4 * columns);
  });
  return out;
}
