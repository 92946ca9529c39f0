import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MmxError } from '../errors.js';
import { packageRoot } from '../package-root.js';

/** Exports of assembly/kernels.ts; what each computes is said there. Offsets in bytes. */
interface Kernels {
  jacobiSweep(a: number, v: number, n: number): void;
}

export interface Workspace {
  readonly kernels: Kernels;
  /** In the memory of the kernels, with what was left in it. Whoever asks next is given the same. */
  readonly doubles: Float64Array;
}

const pageBytes = 65536;

let instance: { readonly memory: WebAssembly.Memory; readonly kernels: Kernels } | undefined;

/**
 * Memory for `count` numbers that the compiled kernels can reach. There is one for all, which grows and is kept.
 *
 * @throws MmxError `installation/incomplete` when the kernels were not compiled
 */
export function workspace(count: number): Workspace {
  instance ??= instantiate();
  const { memory, kernels } = instance;
  const missing = 8 * count - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
  return { kernels, doubles: new Float64Array(memory.buffer, 0, count) };
}

function instantiate(): NonNullable<typeof instance> {
  const path = join(packageRoot(), 'dist', 'linear-algebra', 'kernels.wasm');
  if (!existsSync(path)) {
    throw new MmxError('installation/incomplete', `the compiled kernels are missing (${path})`, {
      hint: 'npm run build:kernels',
    });
  }
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = new WebAssembly.Module(readFileSync(path));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { memory, kernels: exports as unknown as Kernels };
}
