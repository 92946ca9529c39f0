import * as tf from '@tensorflow/tfjs-core';
import { threadCount, threadsText } from '../threads.js';
import type { Engine, EngineOptions, EngineProvider } from '../types.js';
import { openHeap, testedVersion } from './heap.js';
import { threadedKernels } from './kernel-threads.js';
import { simdMultiply } from './multiply.js';
import { registerKernels } from './register.js';

/** tfjs-backend-wasm with SIMD and mmx's kernels, the long ones on several threads: nothing native. */
export const wasmProvider: EngineProvider = {
  name: 'wasm',
  async load(options: EngineOptions): Promise<Engine> {
    const threads = threadCount(options);
    const heap = await openHeap();
    const kernels = threadedKernels(heap, threads);
    registerKernels(heap, kernels, simdMultiply(heap, kernels));
    return {
      name: 'wasm',
      backend: 'wasm',
      threads,
      description: `tfjs-backend-wasm ${testedVersion} with SIMD, ${threadsText(threads)}`,
      versions: { '@tensorflow/tfjs-core': tf.version_core, '@tensorflow/tfjs-backend-wasm': testedVersion },
    };
  },
};
