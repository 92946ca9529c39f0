import { readSection, sectionId } from './sections.js';

/**
 * tfjs-backend-wasm's single-threaded module keeps its memory to itself. Kernels on several threads need it
 * shared, which is one bit of the module: the rest of it does not care.
 */

/** Limits of a memory: with a maximum; and shared among threads, which needs a maximum. */
const bounded = 1;
const shared = 3;

/**
 * A copy of a WebAssembly module that makes its memory a shared one, or undefined when it defines no memory of
 * bounded size.
 */
export function withSharedMemory(module: Uint8Array): Uint8Array | undefined {
  const memories = readSection(module, sectionId.memory);
  if (memories?.number() !== 1 || module[memories.position] !== bounded) return undefined;
  const copy = module.slice();
  copy[memories.position] = shared;
  return copy;
}

/** Modules that are instantiated from their bytes while `start` runs get shared memories. */
export async function sharingMemories<T>(start: () => Promise<T>): Promise<T> {
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = (source, imports) =>
    instantiate(source instanceof Uint8Array ? (withSharedMemory(source) ?? source) : source, imports);
  try {
    return await start();
  } finally {
    WebAssembly.instantiate = instantiate;
  }
}
