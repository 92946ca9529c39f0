/**
 * tfjs-backend-wasm's single-threaded module keeps its memory to itself. Kernels on several threads need it
 * shared, which is one bit of the module: the rest of it does not care.
 */

const header = 8;
const memorySection = 5;
/** Limits of a memory: with a maximum; and shared among threads, which needs a maximum. */
const bounded = 1;
const shared = 3;

/**
 * A copy of a WebAssembly module that makes its memory a shared one, or undefined when it defines no memory of
 * bounded size.
 */
export function withSharedMemory(module: Uint8Array): Uint8Array | undefined {
  let position = header;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; position < module.length; shift += 7) {
      const byte = module[position++] ?? 0;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    return value;
  };
  while (position < module.length) {
    const section = module[position++];
    const end = number() + position;
    if (section === memorySection) {
      const count = number();
      if (count !== 1 || module[position] !== bounded) return undefined;
      const copy = module.slice();
      copy[position] = shared;
      return copy;
    }
    position = end;
  }
  return undefined;
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
