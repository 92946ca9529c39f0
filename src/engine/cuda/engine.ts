import * as tf from '@tensorflow/tfjs-core';
import { loadKoffi } from '../koffi.js';
import { registerRecorder } from '../replay.js';
import { threadCount } from '../threads.js';
import type { Engine, EngineOptions, EngineProvider } from '../types.js';
import { unavailable } from '../unavailable.js';
import { CudaBackend } from './backend.js';
import { Cublas } from './cublas.js';
import { Driver } from './driver.js';
import { elementwiseKernels } from './elementwise.js';
import { Kernels } from './kernels.js';
import { loadCublasLibrary, loadDriverLibrary } from './libraries.js';
import { movementKernels } from './movement.js';
import { productKernels } from './products.js';
import { cudaRecorder } from './recorder.js';
import { reductionKernels } from './reductions.js';
import { updateKernels } from './updates.js';

/** One GPU a process, brought up once. */
let running: { readonly backend: CudaBackend; readonly tf32: boolean } | undefined;

/**
 * An NVIDIA GPU through its driver and cuBLAS: CUDA 11.8 to 13, no compiler and no package beyond koffi. The first
 * visible GPU (CUDA_VISIBLE_DEVICES chooses). Products are in full single precision unless `tf32` allows less.
 */
export const cudaProvider: EngineProvider = {
  name: 'cuda',
  async load(options: EngineOptions): Promise<Engine> {
    const threads = threadCount(options);
    const tf32 = options.tf32 === true;
    if (running !== undefined && running.tf32 !== tf32) {
      throw unavailable(
        'cuda',
        `this process already runs it ${tf32 ? 'without' : 'with'} TF32`,
        'start another process',
      );
    }
    running ??= { backend: start(tf32), tf32 };
    const { backend } = running;
    await tf.setBackend('cuda');
    const { driver, cublas } = backend;
    const { name, capability, totalBytes } = driver.gpu;
    return {
      name: 'cuda',
      backend: 'cuda',
      threads,
      // Operands of 10 bits of mantissa, and a few of them summed.
      ...(tf32 ? { tolerance: 1e-2 } : {}),
      description:
        `${name} (sm_${capability.join('')}, ${(totalBytes / 2 ** 30).toFixed(0)} GiB), driver for CUDA ` +
        `${driver.cudaVersion}, cuBLAS ${cublas.version}${tf32 ? ', TF32' : ''}`,
      versions: {
        gpu: name,
        cuda: driver.cudaVersion,
        cublas: cublas.version,
        koffi: loadKoffi('cuda').version,
        '@tensorflow/tfjs-core': tf.version_core,
      },
      loadedFrom: [driver.path, cublas.path],
    };
  },
};

function start(tf32: boolean): CudaBackend {
  const koffi = loadKoffi('cuda');
  const driver = new Driver(koffi, loadDriverLibrary(koffi));
  const library = loadCublasLibrary(koffi, Math.floor(Number(driver.cudaVersion)));
  const cublas = new Cublas(driver, library, tf32);
  const backend = new CudaBackend(driver, new Kernels(driver), cublas);
  tf.registerBackend('cuda', () => backend);
  const kernels = [productKernels, elementwiseKernels, movementKernels, reductionKernels, updateKernels];
  for (const kernel of kernels.flat()) tf.registerKernel(kernel);
  registerRecorder('cuda', cudaRecorder(backend));
  return backend;
}
