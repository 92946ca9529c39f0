import type * as tf from '@tensorflow/tfjs-core';
import type { Changing } from '../changing.js';
import { input } from '../kernel-call.js';
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

/** A kernel configuration for the backend `cuda`. */
export function kernel(kernelName: string, compute: Compute): tf.KernelConfig {
  return {
    kernelName,
    backendName: 'cuda',
    kernelFunc: ({ inputs, attrs, backend }) =>
      compute({
        backend: backend as CudaBackend,
        input: (name) => input(inputs, name),
        optional: (name) => inputs[name] ?? undefined,
        list: Object.values(inputs).filter((tensor) => tensor !== undefined),
        attribute: <T>(name: string) => attrs?.[name] as T,
      }),
  };
}

/** A number as kernels take it: its value, and where to read it instead when it changes between replays. */
export function numberAndPlace(backend: CudaBackend, x: Changing): [number, number] {
  return [typeof x === 'number' ? x : 0, backend.late(x)];
}

/** The arithmetic kernels are float32 alone: int32 and bool tensors hold indices and conditions. */
export function requireFloat(operation: string, ...tensors: readonly tf.TensorInfo[]): void {
  for (const { dtype } of tensors) {
    if (dtype !== 'float32')
      throw new TypeError(`engine cuda: ${operation} takes float32 tensors, got ${dtype}`);
  }
}
