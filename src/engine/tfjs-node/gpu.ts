import * as tf from '@tensorflow/tfjs-core';
import { loadKoffi } from '../koffi.js';
import { productSpeed } from '../probe.js';
import { missingLibraries } from '../shared-libraries.js';

/** Why TensorFlow does not compute on a GPU, and what mends it. */
export interface GpuFault {
  readonly reason: string;
  readonly hint: string;
}

interface CudaLibraries {
  readonly driver: string;
  readonly toolkit: readonly string[];
  /** The environment variable that extends the loader's path. */
  readonly path: string;
}

/**
 * What libtensorflow 2.9.1, built for CUDA 11.2 and cuDNN 8.1, opens by name before it lists any GPU; one that
 * is missing leaves it on the CPU (`TryDlopenCUDALibraries` in stream_executor/platform/default/dlopen_checker.cc).
 */
const libraries: Readonly<Partial<Record<NodeJS.Platform, CudaLibraries>>> = {
  linux: {
    driver: 'libcuda.so.1',
    toolkit: [
      'libcudart.so.11.0',
      'libcublas.so.11',
      'libcublasLt.so.11',
      'libcufft.so.10',
      'libcurand.so.10',
      'libcusolver.so.11',
      'libcusparse.so.11',
      'libcudnn.so.8',
    ],
    path: 'LD_LIBRARY_PATH',
  },
  win32: {
    driver: 'nvcuda.dll',
    toolkit: [
      'cudart64_110.dll',
      'cublas64_11.dll',
      'cublasLt64_11.dll',
      'cufft64_10.dll',
      'curand64_10.dll',
      'cusolver64_11.dll',
      'cusparse64_11.dll',
      'cudnn64_8.dll',
    ],
    path: 'PATH',
  },
};

/** The first architecture (compute capability, major) that libtensorflow 2.9.1 holds no machine code for. */
const firstUnknownArchitecture = 9;

/** What keeps TensorFlow off the GPU and can be known before it is loaded. */
export function libraryFault(): GpuFault | undefined {
  const needed = libraries[process.platform];
  if (needed === undefined) {
    return {
      reason: `tfjs-node-gpu does not support GPUs on ${process.platform}`,
      hint: 'use --engine webgpu or --engine ort',
    };
  }
  if (missingLibraries([needed.driver]).length > 0) {
    return {
      reason: `there is no NVIDIA driver (${needed.driver} is missing)`,
      hint: "install the driver of the GPU's maker, or use --engine ort",
    };
  }
  const missing = missingLibraries(needed.toolkit);
  if (missing.length > 0) {
    return {
      reason: `TensorFlow 2.9.1 cannot use the GPU without ${missing.join(', ')}`,
      hint: `conda install -c conda-forge cudatoolkit=11.2 cudnn=8.1, and put its libraries on ${needed.path}; or use --engine cuda`,
    };
  }
  const gpu = newestGpu(needed.driver);
  if (gpu !== undefined && gpu.major >= firstUnknownArchitecture) {
    return {
      reason: `TensorFlow 2.9.1 has no kernels for ${gpu.name} (compute capability ${gpu.major}.${gpu.minor}) and would compile them for half an hour or more`,
      hint: 'use --engine cuda',
    };
  }
  return undefined;
}

interface Gpu {
  readonly name: string;
  readonly major: number;
  readonly minor: number;
}

/** `CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR` and `_MINOR` of cuda.h. */
const [majorAttribute, minorAttribute] = [75, 76];

/** The last of the visible GPUs, the one tfjs-node computes on; undefined when the driver lists none. */
function newestGpu(driver: string): Gpu | undefined {
  const cuda = loadKoffi('tfjs-node-gpu').load(driver, { lazy: true });
  const integer = (call: (out: number[]) => number): number | undefined => {
    const out = [0];
    return call(out) === 0 ? out[0] : undefined;
  };
  const getCount = cuda.func('int cuDeviceGetCount(_Out_ int *count)');
  const getDevice = cuda.func('int cuDeviceGet(_Out_ int *device, int ordinal)');
  const getAttribute = cuda.func('int cuDeviceGetAttribute(_Out_ int *value, int attribute, int device)');
  const getName = cuda.func('int cuDeviceGetName(_Out_ uint8_t *name, int length, int device)');
  if (cuda.func('int cuInit(unsigned int flags)')(0) !== 0) return undefined;
  const count = integer((out) => getCount(out)) ?? 0;
  const device = count === 0 ? undefined : integer((out) => getDevice(out, count - 1));
  if (device === undefined) return undefined;
  const attribute = (which: number): number => integer((out) => getAttribute(out, which, device)) ?? 0;
  const name = Buffer.alloc(256);
  getName(name, name.length, device);
  return {
    name: name.toString('latin1').replace(/\0.*$/s, '') || 'this GPU',
    major: attribute(majorAttribute),
    minor: attribute(minorAttribute),
  };
}

/** Side of the timed products, and GFLOP/s below which no GPU made them. */
const trials = [
  { side: 256, slowest: 10 },
  // The slowest GPU of CUDA 11 does several times as much; a processor of many cores may, so this alone proves nothing.
  { side: 2048, slowest: 400 },
] as const;

/** Why the backend `tensorflow`, just loaded, computes on no GPU: by its list of devices, then by the clock. */
export function computingFault(): GpuFault | undefined {
  const backend = tf.backend() as unknown as { isUsingGpuDevice?: boolean };
  if (backend.isUsingGpuDevice !== true) {
    const visible = process.env.CUDA_VISIBLE_DEVICES;
    return {
      reason: `TensorFlow lists no GPU among its devices${visible === undefined ? '' : ` (CUDA_VISIBLE_DEVICES is "${visible}")`}`,
      hint: 'nvidia-smi shows what the driver sees',
    };
  }
  for (const { side, slowest } of trials) {
    const speed = productSpeed(side, side, side, 3);
    if (speed >= slowest) continue;
    return {
      reason: `TensorFlow lists a GPU but does not compute on it (products run at ${speed.toFixed(1)} GFLOP/s)`,
      hint: 'nvidia-smi shows what else the GPU does; or use --engine cuda',
    };
  }
  return undefined;
}
