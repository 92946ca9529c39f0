import * as tf from '@tensorflow/tfjs-core';
import { threadCount } from '../threads.js';
import type { Engine, EngineOptions, EngineProvider } from '../types.js';
import { openHeap, testedVersion } from './heap.js';
import { loadKernels } from './kernels.js';
import { simdMultiply } from './multiply.js';
import { registerKernels } from './register.js';

/**
 * tfjs-backend-wasm with SIMD and mmx's kernels: nothing native. One thread, whatever is asked for: the
 * backend's threads need a shared heap, which it does not build under Node.js.
 */
export const wasmProvider: EngineProvider = {
  name: 'wasm',
  async load(options: EngineOptions): Promise<Engine> {
    threadCount(options);
    const heap = await openHeap();
    const kernels = loadKernels(heap);
    registerKernels(heap, kernels, simdMultiply(heap, kernels));
    return {
      name: 'wasm',
      backend: 'wasm',
      threads: 1,
      description: `tfjs-backend-wasm ${testedVersion} with SIMD, 1 thread`,
      versions: { '@tensorflow/tfjs-core': tf.version_core, '@tensorflow/tfjs-backend-wasm': testedVersion },
    };
  },
};
