import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../../package-root.js';
import type { WasmHeap } from './heap.js';
import { Job, mostParts } from './job.js';
import { type Kernels, kernelList, type LoadedKernels, loadKernels } from './kernels.js';

/** What a thread needs to serve jobs. */
export interface ThreadSetup {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Where in the memory the job lies. */
  readonly job: number;
}

/** Elements worth a part of their own: some 20 microseconds, about what it takes to wake a thread. */
const partLength = 1 << 15;
/** Fewer parts are not worth waking a thread for. */
const fewestParts = 3;
/** Multiplications worth a part of a product. */
const partWork = 1 << 20;

/** The kernels of this process, whose heap is one, by their number of threads: engines that are loaded again share them. */
const made = new Map<number, Kernels>();

/**
 * The compiled kernels, the long ones on several threads. Every number is computed as on one thread, so the bits are
 * the same. The threads start at the first call that is long enough.
 */
export function threadedKernels(heap: WasmHeap, threads: number): Kernels {
  const found = made.get(threads);
  if (found !== undefined) return found;
  const loaded = loadKernels(heap);
  const kernels = threads === 1 ? loaded.kernels : onThreads(heap, loaded, threads);
  made.set(threads, kernels);
  return kernels;
}

function onThreads(heap: WasmHeap, loaded: LoadedKernels, threads: number): Kernels {
  const { kernels } = loaded;
  const pool = new KernelThreads(heap, loaded, threads);

  /** A kernel whose first arguments are `arrays` arrays and their length, cut into stretches of whole cache lines. */
  const elementwise = (name: keyof Kernels, arrays: number) => {
    const alone = kernels[name] as (...values: readonly number[]) => void;
    return (...values: number[]): void => {
      const length = values[arrays] ?? 0;
      if (length <= (fewestParts - 1) * partLength) {
        alone(...values);
        return;
      }
      const parts = stretches(length, partLength, 16).map(([start, count]) => [
        ...values.slice(0, arrays).map((pointer) => pointer + 4 * start),
        count,
        ...values.slice(arrays + 1),
      ]);
      pool.run(name, parts);
    };
  };

  return {
    ...kernels,
    momentumUpdate: elementwise('momentumUpdate', 3),
    adamUpdate: elementwise('adamUpdate', 4),
    sigmoidBackward: elementwise('sigmoidBackward', 3),
    reluBackward: elementwise('reluBackward', 3),
    scaledDifference: elementwise('scaledDifference', 3),
    scaledCopy: elementwise('scaledCopy', 2),
    columnSum(a, b, out, rows, columns, width, scale) {
      // One addition an element: from the caches, a part is worth four times as many.
      const narrowest = Math.ceil((4 * partLength) / Math.max(rows, 1));
      const parts = stretches(columns, narrowest, 16).map(([start, count]) => {
        const skip = 4 * start;
        return [a + skip, b === 0 ? 0 : b + skip, out + skip, rows, count, width, scale];
      });
      if (parts.length < fewestParts) kernels.columnSum(a, b, out, rows, columns, width, scale);
      else pool.run('columnSum', parts);
    },
    productScratch: () => threads * kernels.productScratch(),
    product(transposeA, transposeB, m, n, k, a, widthA, b, widthB, out, widthOut, scratch) {
      // Bands of columns, one a thread: each packs its own part of b.
      const narrowest = Math.max(Math.ceil(partWork / (m * k)), Math.ceil(n / threads));
      const parts = stretches(n, narrowest, 8).map(([start, count], band) => [
        ...[Number(transposeA), Number(transposeB), m, count, k, a, widthA],
        b + 4 * start * (transposeB ? widthB : 1),
        widthB,
        out + 4 * start,
        widthOut,
        scratch + band * kernels.productScratch(),
      ]);
      pool.run('product', parts);
    },
  };
}

/** [start, count] of consecutive stretches of at least `shortest` (but the last), each a multiple of `grain` long. */
function stretches(length: number, shortest: number, grain: number): [number, number][] {
  const step = grain * Math.ceil(Math.max(shortest, length / mostParts) / grain);
  return Array.from({ length: Math.ceil(length / step) }, (_, i) => [
    i * step,
    Math.min(step, length - i * step),
  ]);
}

/** Threads that serve the jobs of one process. */
class KernelThreads {
  readonly #setup: ThreadSetup;
  readonly #names: readonly string[];
  readonly #compute: (kernel: number, values: readonly number[]) => void;
  readonly #job: Job;
  readonly #others: number;
  #started = false;

  constructor(heap: WasmHeap, { module, kernels }: LoadedKernels, threads: number) {
    const job = heap.allocate(Job.bytes);
    heap.bytes.fill(0, job, job + Job.bytes);
    this.#setup = { module, memory: heap.memory, job };
    this.#job = new Job(heap.memory, job);
    this.#names = Object.keys(kernels);
    this.#compute = kernelList(kernels);
    this.#others = threads - 1;
  }

  run(kernel: keyof Kernels, parts: readonly (readonly number[])[]): void {
    const number = this.#names.indexOf(kernel);
    const [first] = parts;
    if (first !== undefined && parts.length === 1) {
      this.#compute(number, first);
      return;
    }
    this.#start();
    this.#job.run(number, parts, this.#compute);
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    const script = join(packageRoot(), 'dist', 'engine', 'wasm', 'kernel-worker.js');
    for (let i = 0; i < this.#others; i++) {
      const worker = new Worker(script, { workerData: this.#setup, execArgv: [] });
      // Without its help the work gets done all the same.
      worker.on('error', () => {});
      worker.unref();
    }
  }
}
