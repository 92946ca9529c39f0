import type * as tf from '@tensorflow/tfjs-core';
import { input } from '../kernel-call.js';
import { kernelNames } from '../operations.js';
import type { WasmHeap } from './heap.js';
import type { Kernels } from './kernels.js';

/** Steps of an LSTM on the heap. */
export function cellKernels(heap: WasmHeap, kernels: Kernels): tf.KernelConfig[] {
  return [
    {
      kernelName: kernelNames.cellBackward,
      backendName: 'wasm',
      kernelFunc: ({ inputs }) => {
        const at = (name: string): number => heap.offset(input(inputs, name));
        const [batch = 0, hidden = 0] = input(inputs, 'input').shape;
        const sums = heap.output([batch, 4 * hidden]);
        const cell = heap.output([batch, hidden]);
        kernels.cellBackward(
          at('input'),
          at('forget'),
          at('candidate'),
          at('output'),
          at('previous'),
          at('squashed'),
          at('hiddenDelta'),
          at('cellDelta'),
          heap.offset(sums),
          heap.offset(cell),
          batch,
          hidden,
        );
        return [sums, cell];
      },
    },
  ];
}
