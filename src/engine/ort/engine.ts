import * as tf from '@tensorflow/tfjs-core';
import { threadCount, threadsText } from '../threads.js';
import type { Engine, EngineOptions, EngineProvider } from '../types.js';
import { unavailable } from '../unavailable.js';
import { openHeap, testedVersion } from '../wasm/heap.js';
import { threadedKernels } from '../wasm/kernel-threads.js';
import type { Multiply } from '../wasm/product.js';
import { registerKernels } from '../wasm/register.js';
import { loadOrtApi, type OrtApi } from './api.js';
import { ortMultiply } from './multiply.js';

interface Running {
  readonly api: OrtApi;
  readonly threads: number;
  readonly multiply: Multiply;
}

/** The thread pool of a process is made once: ONNX Runtime keeps one environment. */
let running: Running | undefined;

/**
 * Tensors on the wasm heap, products by ONNX Runtime, the rest by SIMD kernels. `MMX_ORT_SPIN=1` lets idle
 * threads of the pool busy-wait between products: up to 8 % faster, at the expense of other processes.
 */
export const ortProvider: EngineProvider = {
  name: 'ort',
  async load(options: EngineOptions): Promise<Engine> {
    const threads = threadCount(options);
    const heap = await openHeap();
    const kernels = threadedKernels(heap, threads);
    if (running === undefined) {
      const api = loadOrtApi();
      api.createEnvironment(threads, threads > 1 && process.env.MMX_ORT_SPIN === '1');
      running = { api, threads, multiply: ortMultiply(api, heap, kernels, threads) };
    } else if (running.threads !== threads) {
      throw unavailable(
        'ort',
        `this process already runs it with ${running.threads} threads, not ${threads}`,
        'start another process',
      );
    }
    registerKernels(heap, kernels, running.multiply);
    const { version, koffiVersion } = running.api;
    return {
      name: 'ort',
      backend: 'wasm',
      threads,
      description: `ONNX Runtime ${version} GEMM on the wasm heap, ${threadsText(threads)}`,
      versions: {
        'onnxruntime-node': version,
        koffi: koffiVersion,
        '@tensorflow/tfjs-core': tf.version_core,
        '@tensorflow/tfjs-backend-wasm': testedVersion,
      },
      loadedFrom: [running.api.path],
    };
  },
};
