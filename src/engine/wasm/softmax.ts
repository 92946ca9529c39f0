import type * as tf from '@tensorflow/tfjs-core';
import { input, size } from '../kernel-call.js';
import { kernelNames } from '../operations.js';
import type { WasmHeap } from './heap.js';
import type { Kernels } from './kernels.js';

/**
 * The table of musl's expf (exp2f_data.c, Arm Limited, MIT): the bits of 2^(i / 32) minus i << 47. Not all are those of
 * `2 ** (i / 32)`, and results shall be the same to the bit.
 */
const powersOfTwo = `
  3ff0000000000000 3fefd9b0d3158574 3fefb5586cf9890f 3fef9301d0125b51 3fef72b83c7d517b 3fef54873168b9aa
  3fef387a6e756238 3fef1e9df51fdee1 3fef06fe0a31b715 3feef1a7373aa9cb 3feedea64c123422 3feece086061892d
  3feebfdad5362a27 3feeb42b569d4f82 3feeab07dd485429 3feea47eb03a5585 3feea09e667f3bcd 3fee9f75e8ec5f74
  3feea11473eb0187 3feea589994cce13 3feeace5422aa0db 3feeb737b0cdc5e5 3feec49182a3f090 3feed503b23e255d
  3feee89f995ad3ad 3feeff76f2fb5e47 3fef199bdd85529c 3fef3720dcef9069 3fef5818dcfba487 3fef7c97337b9b5f
  3fefa4afa2a490da 3fefd0765b6e4540`;

/** Softmax over the last axis, and the way back, on the heap. */
export function softmaxKernels(heap: WasmHeap, kernels: Kernels): tf.KernelConfig[] {
  const entries = BigUint64Array.from(powersOfTwo.trim().split(/\s+/), (bits) => BigInt(`0x${bits}`));
  const table = heap.allocate(entries.byteLength);
  new BigUint64Array(heap.bytes.buffer, table, entries.length).set(entries);
  const rowsOf = (x: tf.TensorInfo): [rows: number, columns: number] => {
    const columns = x.shape[x.shape.length - 1] ?? 1;
    return [columns === 0 ? 0 : size(x) / columns, columns];
  };
  return [
    {
      kernelName: kernelNames.softmax,
      backendName: 'wasm',
      kernelFunc: ({ inputs }) => {
        const x = input(inputs, 'x');
        const out = heap.output(x.shape);
        kernels.softmax(heap.offset(x), heap.offset(out), ...rowsOf(x), table);
        return out;
      },
    },
    {
      kernelName: kernelNames.softmaxBackward,
      backendName: 'wasm',
      kernelFunc: ({ inputs }) => {
        const [delta, y] = [input(inputs, 'delta'), input(inputs, 'y')];
        const out = heap.output(y.shape);
        kernels.softmaxBackward(heap.offset(delta), heap.offset(y), heap.offset(out), ...rowsOf(y));
        return out;
      },
    },
  ];
}
