import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { type BackendWasm, setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { MmxError } from '../../errors.js';
import { limitError } from '../../process-limits.js';
import { quietly } from '../installed.js';
import { unavailable } from '../unavailable.js';
import { sharingMemories } from './shared-memory.js';

/**
 * Everything mmx relies on inside @tensorflow/tfjs-backend-wasm beyond its public interface, in one place:
 * the table from data ids to byte offsets, the emscripten module (its heap, allocator and memory object) and
 * the registration of tensors on the C++ side. `openHeap` checks that it is all there.
 */
export const testedVersion = '4.22.0';

interface TensorRecord {
  id: number;
  memoryOffset: number;
  readonly shape: number[];
  readonly dtype: tf.DataType;
  refCount: number;
}

interface Internals {
  readonly wasm: {
    readonly HEAPU8: Uint8Array;
    readonly asm: { readonly memory: WebAssembly.Memory };
    _malloc: (bytes: number) => number;
    _free: (offset: number) => void;
    readonly tfjs: {
      registerTensor(id: number, size: number, offset: number): void;
      disposeData(id: number): void;
    };
  };
  readonly dataIdMap: { get(dataId: tf.DataId): TensorRecord | undefined };
  dataIdNextNumber: number;
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
  disposeData(dataId: tf.DataId, force?: boolean): boolean;
}

/** The heap on which tfjs-backend-wasm keeps its tensors. */
export class WasmHeap {
  readonly #internals: Internals;

  constructor(backend: BackendWasm) {
    this.#internals = checked(backend);
    reportExhaustion(this.#internals);
  }

  get memory(): WebAssembly.Memory {
    return this.#internals.wasm.asm.memory;
  }

  /** The bytes of the heap. Growth detaches old views: ask anew for every use. */
  get bytes(): Uint8Array {
    return this.#internals.wasm.HEAPU8;
  }

  /** Byte offset of a tensor. Valid until the tensor is disposed or assigned; growth does not move it. */
  offset(tensor: tf.TensorInfo, dtype: 'float32' | 'int32' = 'float32'): number {
    if (tensor.dtype !== dtype)
      throw new TypeError(`expected a tensor of type ${dtype}, got ${tensor.dtype}`);
    return this.#record(tensor).memoryOffset;
  }

  /** A copy of an int32 tensor's values. */
  integers(tensor: tf.TensorInfo): Int32Array {
    if (tensor.dtype !== 'int32') throw new TypeError(`expected an int32 tensor, got ${tensor.dtype}`);
    const offset = this.#record(tensor).memoryOffset;
    return new Int32Array(this.bytes.buffer, offset, tf.util.sizeFromShape(tensor.shape)).slice();
  }

  /** A new tensor with whatever was in the memory before. */
  output(shape: number[], dtype: 'float32' | 'int32' = 'float32'): tf.TensorInfo {
    return this.#internals.makeOutput(shape, dtype);
  }

  /** Gives an intermediate result of a kernel back. */
  release(tensor: tf.TensorInfo): void {
    this.#internals.disposeData(tensor.dataId, true);
  }

  /** Raw memory for as long as the process lives. */
  allocate(bytes: number): number {
    return this.#internals.wasm._malloc(bytes) >>> 0;
  }

  /** Whether other tensors (a clone, a reshape, the tensor a variable was made of) share the data. */
  shared(tensor: tf.TensorInfo): boolean {
    return this.#record(tensor).refCount > 1;
  }

  /**
   * To be called after writing into an existing tensor: XNNPACK caches operators with the packed weights
   * under the C++ id of the tensor, so the data gets a new id and the cached operators go.
   */
  touched(tensor: tf.TensorInfo): void {
    const record = this.#record(tensor);
    const { tfjs } = this.#internals.wasm;
    tfjs.disposeData(record.id);
    record.id = this.#internals.dataIdNextNumber++;
    tfjs.registerTensor(record.id, tf.util.sizeFromShape(record.shape), record.memoryOffset);
  }

  #record(tensor: tf.TensorInfo): TensorRecord {
    const record = this.#internals.dataIdMap.get(tensor.dataId);
    if (record === undefined) throw new Error('tensor is not on the wasm heap');
    return record;
  }
}

function checked(backend: BackendWasm): Internals {
  const internals = backend as unknown as Internals;
  const sound =
    version_wasm === testedVersion &&
    internals.wasm?.asm?.memory instanceof WebAssembly.Memory &&
    internals.wasm.asm.memory.buffer instanceof SharedArrayBuffer &&
    internals.wasm.HEAPU8?.buffer === internals.wasm.asm.memory.buffer &&
    typeof internals.wasm._malloc === 'function' &&
    typeof internals.wasm._free === 'function' &&
    typeof internals.wasm.tfjs?.registerTensor === 'function' &&
    typeof internals.wasm.tfjs.disposeData === 'function' &&
    typeof internals.dataIdMap?.get === 'function' &&
    typeof internals.dataIdNextNumber === 'number' &&
    typeof internals.makeOutput === 'function';
  if (!sound) {
    throw unavailable(
      'wasm',
      `@tensorflow/tfjs-backend-wasm ${version_wasm} is not the version ${testedVersion} mmx works with`,
      `npm install @tensorflow/tfjs-backend-wasm@${testedVersion} @tensorflow/tfjs-core@${testedVersion}`,
    );
  }
  return internals;
}

/** A failed allocation returns 0 and tfjs would write there; it becomes an error that says what happened. */
function reportExhaustion(internals: Internals): void {
  const { wasm } = internals;
  // The first call makes emscripten replace its lazy stub; only then can the function be wrapped.
  wasm._free(wasm._malloc(16));
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    const offset = allocate(bytes);
    // At the very end of the address space the allocator also hands out blocks that reach beyond the heap.
    if (bytes > 0 && (offset === 0 || (offset >>> 0) + bytes > wasm.HEAPU8.length)) {
      const [asked, held] = [bytes, wasm.HEAPU8.length].map((size) => (size / 2 ** 20).toFixed(0));
      throw new MmxError(
        'engine/out-of-memory',
        `the wasm heap cannot hold ${asked} MiB more (it has ${held} MiB and ends at 4 GiB)`,
        { hint: 'use a smaller batch, model or corpus, or --engine tfjs-node' },
      );
    }
    return offset;
  };
}

let started = false;
let opened: WasmHeap | undefined;

/**
 * Makes tfjs's wasm backend the current one and returns its heap. There is one a process: its kernels keep
 * the module they were set up with in global variables.
 * @throws MmxError `engine/unavailable`
 */
export async function openHeap(): Promise<WasmHeap> {
  if (!started) {
    const require = createRequire(import.meta.url);
    setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
    started = true;
  }
  // Emscripten writes to the console why it does not start; the error below says it in one sentence.
  const start = () => quietly(() => sharingMemories(() => tf.setBackend('wasm')));
  if (!(await withoutProcessHooks(start))) {
    refuseWithoutMemory();
    throw unavailable(
      'wasm',
      'this Node.js cannot run the WebAssembly backend',
      'use Node.js 20 or newer, or --engine cpu',
    );
  }
  opened ??= new WasmHeap(tf.backend() as BackendWasm);
  return opened;
}

/** @throws MmxError when the reason why the backend did not start is that no memory can be had */
function refuseWithoutMemory(): void {
  try {
    new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
  } catch (error) {
    throw limitError(error, 'engine wasm: starting the backend') ?? error;
  }
}

/** Emscripten makes itself the process's handler of uncaught errors; how a process ends is not its business. */
async function withoutProcessHooks<T>(start: () => Promise<T>): Promise<T> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = new Set(events.flatMap((event) => process.rawListeners(event)));
  try {
    return await start();
  } finally {
    for (const event of events) {
      for (const listener of process.rawListeners(event)) {
        if (!before.has(listener)) process.removeListener(event, listener as (...values: unknown[]) => void);
      }
    }
  }
}
