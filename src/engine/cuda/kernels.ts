import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../package-root.js';
import { unavailable } from '../unavailable.js';
import type { ArgumentKind, Driver, LoadedKernel } from './driver.js';

/** Parameters of kernels.cu, a letter each: p pointer, i int, f float, d double. */
const signatures = {
  mmx_fill: 'pii',
  mmx_unary: 'ippiff',
  mmx_binary: 'ipfiipfiipi',
  mmx_compare: 'ipfiipfiipi',
  mmx_select: 'ppppi',
  mmx_float_to_int: 'ppi',
  mmx_float_to_bool: 'ppi',
  mmx_int_to_bool: 'ppi',
  mmx_int_to_float: 'ppi',
  mmx_sigmoid_backward: 'pppi',
  mmx_scaled_difference: 'pppif',
  mmx_bias_activation: 'ppiii',
  mmx_stack_phases: 'pppipppi',
  mmx_copy: 'ppiiiiiiiiiiiiiiiii',
  mmx_gather: 'pppiiii',
  mmx_minibatch: 'ppppiiip',
  mmx_one_hot: 'ppiiff',
  mmx_arg_max: 'ppii',
  mmx_reduce_columns: 'pppiiiiiiif',
  mmx_reduce_rows: 'pppiiiiiif',
  mmx_momentum: 'pppifpfpfp',
  mmx_adam: 'ppppifffffpfpf',
  mmx_bernoulli: 'ppiipiiiiidp',
} as const;

export type KernelName = keyof typeof signatures;
export const kernelSignatures: Readonly<Record<KernelName, string>> = signatures;

const kinds: Readonly<Record<string, ArgumentKind>> = { p: 'pointer', i: 'int', f: 'float', d: 'double' };

const threadsPerBlock = 256;

/** The kernels of kernels.cu on one GPU. */
export class Kernels {
  readonly #driver: Driver;
  readonly #module: number;
  readonly #loaded = new Map<KernelName, LoadedKernel>();
  readonly #mostBlocks: number;

  /** @throws MmxError `engine/unavailable` when the compiled kernels are missing or this GPU does not take them */
  constructor(driver: Driver) {
    this.#driver = driver;
    // Enough to fill the GPU; longer arrays are walked in strides of the grid.
    this.#mostBlocks = 16 * driver.gpu.multiprocessors;
    const path = join(packageRoot(), 'src', 'engine', 'cuda', 'kernels.ptx');
    if (!existsSync(path))
      throw unavailable('cuda', `the compiled kernels are missing (${path})`, 'npm run build:ptx');
    try {
      this.#module = driver.loadModule(readFileSync(path, 'utf8'));
    } catch (cause) {
      const { name, capability } = driver.gpu;
      throw unavailable(
        'cuda',
        `${name} (compute capability ${capability.join('.')}) does not take the kernels: ${(cause as Error).message}`,
        'a GPU of compute capability 6.0 or newer is needed',
        cause,
      );
    }
  }

  /** One thread for each of `count` things, or as many as fill the GPU. */
  each(name: KernelName, count: number, values: readonly number[]): void {
    if (count === 0) return;
    const blocks = Math.min(this.#mostBlocks, Math.ceil(count / threadsPerBlock));
    this.launch(name, [blocks, 1], [threadsPerBlock, 1], values);
  }

  launch(
    name: KernelName,
    blocks: readonly [number, number],
    threads: readonly [number, number],
    values: readonly number[],
  ): void {
    let kernel = this.#loaded.get(name);
    if (kernel === undefined) {
      const parameters = Array.from(signatures[name], (letter) => kinds[letter] as ArgumentKind);
      kernel = this.#driver.kernel(this.#module, name, parameters);
      this.#loaded.set(name, kernel);
    }
    this.#driver.launch(kernel, blocks, threads, values);
  }
}
