import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MmxError } from '../../errors.js';
import { packageRoot } from '../../package-root.js';
import type { WasmHeap } from './heap.js';

/** Exports of assembly/kernels.ts; what each computes is said there. Offsets in bytes, sizes in elements. */
export interface Kernels {
  bernoulli(p: number, out: number, n: number, state: number): void;
  momentumUpdate(
    w: number,
    v: number,
    g: number,
    n: number,
    momentum: number,
    ascent: number,
    decay: number,
  ): void;
  adamUpdate(
    w: number,
    m: number,
    v: number,
    g: number,
    n: number,
    beta1: number,
    complement1: number,
    beta2: number,
    complement2: number,
    stepSize: number,
    secondScale: number,
    epsilon: number,
  ): void;
  sigmoidBackward(upstream: number, y: number, out: number, n: number): void;
  scaledDifference(a: number, b: number, out: number, n: number, scale: number): void;
  scaledCopy(x: number, out: number, n: number, scale: number): void;
  columnSum(a: number, b: number, out: number, rows: number, columns: number, scale: number): void;
  squaredError(a: number, b: number, n: number): number;
  biasActivation(
    x: number,
    bias: number,
    rows: number,
    columns: number,
    stride: number,
    activation: number,
  ): void;
  productScratch(): number;
  product(
    transposeA: boolean,
    transposeB: boolean,
    m: number,
    n: number,
    k: number,
    a: number,
    b: number,
    out: number,
    scratch: number,
  ): void;
}

/** Instantiates the compiled kernels on the memory of the heap. */
export function loadKernels(heap: WasmHeap): Kernels {
  const path = join(packageRoot(), 'dist', 'engine', 'wasm', 'kernels.wasm');
  if (!existsSync(path)) {
    throw new MmxError('engine/unavailable', `engine wasm: the compiled kernels are missing (${path})`, {
      hint: 'npm run build:kernels',
    });
  }
  const module = new WebAssembly.Module(readFileSync(path));
  const instance = new WebAssembly.Instance(module, { env: { memory: heap.memory } });
  return instance.exports as unknown as Kernels;
}
