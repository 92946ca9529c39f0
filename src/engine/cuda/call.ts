import * as tf from '@tensorflow/tfjs-core';
import type { CudaBackend } from './backend.js';

/** What tfjs hands a kernel, with checks by name. */
export interface KernelCall {
  readonly backend: CudaBackend;
  input(name: string): tf.TensorInfo;
  optional(name: string): tf.TensorInfo | undefined;
  /** Every input, of kernels that take a list. */
  readonly list: readonly tf.TensorInfo[];
  attribute<T>(name: string): T;
}

type Compute = (call: KernelCall) => tf.TensorInfo | tf.TensorInfo[];

export const size = (tensor: tf.TensorInfo): number => tf.util.sizeFromShape(tensor.shape);

/** A kernel configuration for the backend `cuda`. */
export function kernel(kernelName: string, compute: Compute): tf.KernelConfig {
  return {
    kernelName,
    backendName: 'cuda',
    kernelFunc: ({ inputs, attrs, backend }) =>
      compute({
        backend: backend as CudaBackend,
        input: (name) => {
          const tensor = inputs[name];
          if (tensor === undefined || tensor === null)
            throw new Error(`${kernelName}: input ${name} is missing`);
          return tensor;
        },
        optional: (name) => inputs[name] ?? undefined,
        list: Object.values(inputs).filter((tensor) => tensor !== undefined),
        attribute: <T>(name: string) => attrs?.[name] as T,
      }),
  };
}

/** The arithmetic kernels are float32 alone: int32 and bool tensors hold indices and conditions. */
export function requireFloat(operation: string, ...tensors: readonly tf.TensorInfo[]): void {
  for (const { dtype } of tensors) {
    if (dtype !== 'float32')
      throw new TypeError(`engine cuda: ${operation} takes float32 tensors, got ${dtype}`);
  }
}
