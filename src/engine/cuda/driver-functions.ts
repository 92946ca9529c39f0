import { unavailable } from '../unavailable.js';
import type { LoadedLibrary } from './libraries.js';

/** Symbols in the library (the newest revision of each that CUDA 11.8 has) and their parameters. */
const functions = {
  cuInit: ['cuInit', 'unsigned int'],
  cuDriverGetVersion: ['cuDriverGetVersion', '_Out_ int *'],
  cuGetErrorName: ['cuGetErrorName', 'int, _Out_ const char **'],
  cuGetErrorString: ['cuGetErrorString', 'int, _Out_ const char **'],
  cuDeviceGetCount: ['cuDeviceGetCount', '_Out_ int *'],
  cuDeviceGet: ['cuDeviceGet', '_Out_ int *, int'],
  cuDeviceGetName: ['cuDeviceGetName', 'char *, int, int'],
  cuDeviceTotalMem: ['cuDeviceTotalMem_v2', '_Out_ size_t *, int'],
  cuDeviceGetAttribute: ['cuDeviceGetAttribute', '_Out_ int *, int, int'],
  cuDevicePrimaryCtxRetain: ['cuDevicePrimaryCtxRetain', '_Out_ uint64_t *, int'],
  cuCtxSetCurrent: ['cuCtxSetCurrent', 'uint64_t'],
  cuStreamCreate: ['cuStreamCreate', '_Out_ uint64_t *, unsigned int'],
  cuStreamSynchronize: ['cuStreamSynchronize', 'uint64_t'],
  cuStreamWaitEvent: ['cuStreamWaitEvent', 'uint64_t, uint64_t, unsigned int'],
  cuStreamBeginCapture: ['cuStreamBeginCapture_v2', 'uint64_t, int'],
  cuStreamEndCapture: ['cuStreamEndCapture', 'uint64_t, _Out_ uint64_t *'],
  cuGraphInstantiateWithFlags: ['cuGraphInstantiateWithFlags', '_Out_ uint64_t *, uint64_t, uint64_t'],
  cuGraphLaunch: ['cuGraphLaunch', 'uint64_t, uint64_t'],
  cuGraphDestroy: ['cuGraphDestroy', 'uint64_t'],
  cuGraphExecDestroy: ['cuGraphExecDestroy', 'uint64_t'],
  cuModuleLoadData: ['cuModuleLoadData', '_Out_ uint64_t *, const void *'],
  cuModuleGetFunction: ['cuModuleGetFunction', '_Out_ uint64_t *, uint64_t, const char *'],
  cuLaunchKernel: [
    'cuLaunchKernel',
    'uint64_t, unsigned int, unsigned int, unsigned int, unsigned int, unsigned int, unsigned int, unsigned int, uint64_t, uint64_t, uint64_t',
  ],
  cuMemAlloc: ['cuMemAlloc_v2', '_Out_ uint64_t *, size_t'],
  cuMemFree: ['cuMemFree_v2', 'uint64_t'],
  cuMemGetInfo: ['cuMemGetInfo_v2', '_Out_ size_t *, _Out_ size_t *'],
  cuMemHostAlloc: ['cuMemHostAlloc', '_Out_ uint64_t *, size_t, unsigned int'],
  cuMemFreeHost: ['cuMemFreeHost', 'uint64_t'],
  cuMemcpyHtoDAsync: ['cuMemcpyHtoDAsync_v2', 'uint64_t, uint64_t, size_t, uint64_t'],
  cuMemcpyDtoHAsync: ['cuMemcpyDtoHAsync_v2', 'uint64_t, uint64_t, size_t, uint64_t'],
  cuMemcpyDtoDAsync: ['cuMemcpyDtoDAsync_v2', 'uint64_t, uint64_t, size_t, uint64_t'],
  cuEventCreate: ['cuEventCreate', '_Out_ uint64_t *, unsigned int'],
  cuEventDestroy: ['cuEventDestroy_v2', 'uint64_t'],
  cuEventRecord: ['cuEventRecord', 'uint64_t, uint64_t'],
  cuEventSynchronize: ['cuEventSynchronize', 'uint64_t'],
} as const;

/** A function of the library; it returns a CUresult. */
export type Call = (...values: unknown[]) => number;

export type DriverFunctions = Readonly<Record<keyof typeof functions, Call>>;

/** @throws MmxError `engine/unavailable` when the library lacks one of them */
export function bindDriver(handle: LoadedLibrary['handle'], path: string): DriverFunctions {
  try {
    return Object.fromEntries(
      Object.entries(functions).map(([name, [symbol, parameters]]) => [
        name,
        handle.func(`int ${symbol}(${parameters})`),
      ]),
    ) as unknown as DriverFunctions;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw unavailable(
      'cuda',
      `the driver ${path} is too old (${reason})`,
      'install a newer NVIDIA driver',
      cause,
    );
  }
}
