import * as tf from '@tensorflow/tfjs-core';
import { MmxError } from '../../errors.js';
import { unavailable } from '../unavailable.js';
import type { GpuDevice, OpenDevice } from './device.js';
import { type GpuBuffer, mapNow } from './read-back.js';

/**
 * Everything mmx relies on inside @tensorflow/tfjs-backend-webgpu beyond its public interface, in one place.
 * `checked` sees that it is all there.
 */
export const testedVersion = '4.22.0';

interface TensorRecord {
  readonly dtype: tf.DataType;
  readonly shape: number[];
  /** The values while they are on the CPU: before the upload, and after a read. */
  values: tf.backend_util.TypedArray | null;
  readonly resource?: GpuBuffer | null;
}

interface CommandEncoder {
  copyBufferToBuffer(
    from: GpuBuffer,
    fromOffset: number,
    to: GpuBuffer,
    toOffset: number,
    size: number,
  ): void;
}

/** One value of a program's uniforms: one to six numbers. */
export interface Uniform {
  readonly type: 'int32' | 'uint32' | 'float32';
  readonly data: readonly number[];
}

/** A compute shader as tfjs-backend-webgpu takes it. */
export interface Program {
  /** Names the compiled shader together with the ranks and types of its tensors. */
  shaderKey: string;
  readonly variableNames: readonly string[];
  readonly variableComponents: readonly number[];
  /** WGSL declarations of the program's own uniforms. */
  readonly uniforms: string;
  readonly outputShape: readonly number[];
  readonly workgroupSize: [number, number, number];
  readonly dispatchLayout: { readonly x: readonly number[] };
  dispatch: [number, number, number];
  /** Whether the shader gets `uniforms.size`, the number of entries of the output. */
  readonly size: boolean;
  getUserCode(): string;
}

export interface WebGpuBackend extends tf.KernelBackend {
  readonly tensorMap: { get(dataId: tf.DataId): TensorRecord | undefined };
  readonly bufferManager: {
    acquireBuffer(size: number, usage: number, mapped?: boolean, reuse?: boolean): GpuBuffer;
    releaseBuffer(buffer: GpuBuffer, reuse?: boolean): void;
  };
  commandEncoder: CommandEncoder | null;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  runWebGPUProgram(
    program: Program,
    inputs: readonly tf.TensorInfo[],
    dtype: tf.DataType,
    uniforms?: readonly Uniform[],
  ): tf.TensorInfo;
  disposeData(dataId: tf.DataId, force?: boolean): boolean;
  makeTensorInfo(shape: number[], dtype: tf.DataType, values?: tf.backend_util.TypedArray): tf.TensorInfo;
}

export interface BackendModule {
  readonly WebGPUBackend: new (device: GpuDevice, info: unknown) => WebGpuBackend;
}

/** `GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ` */
const staging = 0x9;

/**
 * tfjs's WebGPU backend on an open device, with reads that wait for the GPU, and errors of the device, which
 * WebGPU tells to no caller, thrown by the read that would otherwise return rubbish.
 * @throws MmxError `engine/unavailable` when the package is not the tested version
 */
export function createBackend({ WebGPUBackend }: BackendModule, opened: OpenDevice): WebGpuBackend {
  const { device, info, name, fault } = opened;
  const backend = checked(withNavigator(() => new WebGPUBackend(device, info)));

  const readBuffer = (buffer: GpuBuffer): ArrayBuffer => {
    const { size } = buffer;
    const copy = backend.bufferManager.acquireBuffer(size, staging);
    backend.ensureCommandEncoderReady();
    backend.endComputePassEncoder();
    backend.commandEncoder?.copyBufferToBuffer(buffer, 0, copy, 0, size);
    backend.submitQueue();
    try {
      mapNow(copy);
    } catch (cause) {
      throw failure(name, fault() ?? (cause as Error).message, cause);
    }
    const values = copy.getMappedRange().slice(0);
    copy.unmap();
    backend.bufferManager.releaseBuffer(copy);
    return values;
  };
  const { readSync } = backend;
  backend.readSync = (dataId) => {
    const record = backend.tensorMap.get(dataId as tf.DataId);
    if (record === undefined) throw new Error('tensor is not on the WebGPU backend');
    if (record.values === null || record.values === undefined) {
      if (!record.resource) return readSync.call(backend, dataId);
      const values = readBuffer(record.resource);
      record.values = tf.util.convertBackendValuesAndArrayBuffer(
        values,
        record.dtype,
      ) as tf.backend_util.TypedArray;
    }
    const reason = fault();
    if (reason !== undefined) throw failure(name, reason);
    return record.values as tf.backend_util.TypedArray;
  };
  backend.read = async (dataId) => backend.readSync(dataId);

  const { bufferManager } = backend;
  const { acquireBuffer } = bufferManager;
  const largest = Math.min(
    device.limits.maxStorageBufferBindingSize ?? Number.POSITIVE_INFINITY,
    device.limits.maxBufferSize ?? Number.POSITIVE_INFINITY,
  );
  bufferManager.acquireBuffer = (size, ...rest) => {
    if (size > largest) {
      const [asked, limit] = [size, largest].map((bytes) => (bytes / 2 ** 20).toFixed(0));
      throw new MmxError(
        'engine/out-of-memory',
        `a tensor of ${asked} MiB is more than the ${limit} MiB that ${name} takes in one piece`,
        { hint: 'use a smaller batch, model or corpus, or --engine ort' },
      );
    }
    return acquireBuffer.call(bufferManager, size, ...rest);
  };
  return backend;
}

function failure(name: string, reason: string, cause?: unknown): MmxError {
  return new MmxError('engine/failed', `engine webgpu: ${name}: ${reason}`, {
    hint: 'use a smaller batch or model, or --engine ort',
    ...(cause === undefined ? {} : { cause }),
  });
}

function checked(backend: WebGpuBackend): WebGpuBackend {
  const parts: readonly unknown[] = [
    backend.readSync,
    backend.ensureCommandEncoderReady,
    backend.endComputePassEncoder,
    backend.submitQueue,
    backend.runWebGPUProgram,
    backend.makeTensorInfo,
    backend.tensorMap?.get,
    backend.bufferManager?.acquireBuffer,
    backend.bufferManager?.releaseBuffer,
  ];
  if (parts.every((part) => typeof part === 'function')) return backend;
  throw unavailable(
    'webgpu',
    `@tensorflow/tfjs-backend-webgpu is not the version ${testedVersion} mmx works with`,
    `npm install @tensorflow/tfjs-backend-webgpu@${testedVersion}`,
  );
}

/** tfjs believes in WebGPU when `navigator.gpu` exists; it looks only while the backend is made. */
function withNavigator<T>(make: () => T): T {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { value: { gpu: {} }, configurable: true });
  try {
    return make();
  } finally {
    if (before === undefined) Reflect.deleteProperty(globalThis, 'navigator');
    else Object.defineProperty(globalThis, 'navigator', before);
  }
}
