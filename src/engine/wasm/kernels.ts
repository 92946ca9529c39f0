import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../package-root.js';
import { unavailable } from '../unavailable.js';
import type { WasmHeap } from './heap.js';

type PoolingBackwardKernel = (
  delta: number,
  tap: number,
  table: number,
  out: number,
  batch: number,
  places: number,
  windows: number,
  taps: number,
  channels: number,
) => void;

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
  reluBackward(upstream: number, y: number, out: number, n: number): void;
  cellForward(
    gates: number,
    previousCell: number,
    previousHidden: number,
    real: number,
    realStride: number,
    cell: number,
    squashed: number,
    hidden: number,
    batch: number,
    units: number,
  ): void;
  cellBackward(
    gates: number,
    previousCell: number,
    squashed: number,
    outer: number,
    real: number,
    realStride: number,
    hiddenDelta: number,
    cellDelta: number,
    sums: number,
    batch: number,
    units: number,
  ): void;
  keepPadding(
    next: number,
    kept: number,
    real: number,
    realStride: number,
    batch: number,
    units: number,
  ): void;
  scaledDifference(a: number, b: number, out: number, n: number, scale: number): void;
  scaledCopy(x: number, out: number, n: number, scale: number): void;
  columnSum(
    a: number,
    b: number,
    out: number,
    rows: number,
    columns: number,
    width: number,
    scale: number,
  ): void;
  copyBlock(
    source: number,
    sourceWidth: number,
    out: number,
    outWidth: number,
    rows: number,
    columns: number,
  ): void;
  transpose(x: number, rows: number, columns: number, out: number, outWidth: number): void;
  transposeEach(x: number, rows: number, columns: number, out: number, matrices: number): void;
  softmax(x: number, out: number, rows: number, columns: number, table: number): void;
  softmaxBackward(delta: number, y: number, out: number, rows: number, columns: number): void;
  products(
    transposeA: boolean,
    m: number,
    n: number,
    k: number,
    a: number,
    b: number,
    out: number,
    matrices: number,
  ): void;
  squaredError(a: number, b: number, n: number): number;
  biasActivation(
    x: number,
    bias: number,
    rows: number,
    columns: number,
    stride: number,
    activation: number,
  ): void;
  gatherWindows(
    x: number,
    table: number,
    out: number,
    batch: number,
    places: number,
    entries: number,
    channels: number,
  ): void;
  scatterWindows(
    taps: number,
    table: number,
    out: number,
    batch: number,
    places: number,
    entries: number,
    channels: number,
  ): void;
  maxOfWindows(
    x: number,
    table: number,
    value: number,
    tap: number,
    batch: number,
    places: number,
    windows: number,
    taps: number,
    channels: number,
    rectified: boolean,
  ): void;
  maxOfWindowsBackward: PoolingBackwardKernel;
  maxOfPartsBackward: PoolingBackwardKernel;
  addRows(x: number, index: number, out: number, rows: number, count: number, channels: number): void;
  productScratch(): number;
  product(
    transposeA: boolean,
    transposeB: boolean,
    m: number,
    n: number,
    k: number,
    a: number,
    widthA: number,
    b: number,
    widthB: number,
    out: number,
    widthOut: number,
    scratch: number,
  ): void;
}

/** The kernels on this thread, and what other threads make theirs of. */
export interface LoadedKernels {
  readonly module: WebAssembly.Module;
  readonly kernels: Kernels;
}

/** Instantiates the compiled kernels on the memory of the heap. */
export function loadKernels(heap: WasmHeap): LoadedKernels {
  const path = join(packageRoot(), 'dist', 'engine', 'wasm', 'kernels.wasm');
  if (!existsSync(path)) {
    throw unavailable('wasm', `the compiled kernels are missing (${path})`, 'npm run build:kernels');
  }
  const module = new WebAssembly.Module(readFileSync(path));
  return { module, kernels: instantiate(module, heap.memory) };
}

export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
}

/** Calls kernels by their number among the exports, which is the same on every thread. */
export function kernelList(kernels: Kernels): (kernel: number, values: readonly number[]) => void {
  const functions = Object.values(kernels) as ((...values: readonly number[]) => void)[];
  return (kernel, values) => functions[kernel]?.(...values);
}
