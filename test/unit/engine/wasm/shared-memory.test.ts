import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sharingMemories, withSharedMemory } from '../../../../src/engine/wasm/shared-memory.js';

/** `\0asm`, version 1, and sections: [id, length, body…]. */
const wasmModule = (...sections: readonly (readonly number[])[]): Uint8Array =>
  Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...sections.flat());
const customSection = [0, 4, 1, 0x78, 5, 5];
const bounded = [5, 4, 1, 1, 1, 2];
const unbounded = [5, 3, 1, 0, 1];
/** Exports memory 0 as `m`. */
const exported = [7, 5, 1, 1, 0x6d, 2, 0];

const memoryOf = (instantiated: unknown): WebAssembly.Memory =>
  (instantiated as { instance: { exports: { m: WebAssembly.Memory } } }).instance.exports.m;

describe('the memory of a module', () => {
  test('becomes shared, wherever its section is, and the module stays valid', async () => {
    const before = wasmModule(customSection, bounded, exported);
    const after = withSharedMemory(before) as Uint8Array;
    expect(after.length).toBe(before.length);
    const plain = memoryOf(await WebAssembly.instantiate(before));
    const shared = memoryOf(await WebAssembly.instantiate(after));
    expect(plain.buffer).toBeInstanceOf(ArrayBuffer);
    expect(shared.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(shared.buffer.byteLength).toBe(plain.buffer.byteLength);
  });

  test('is left alone where there is none of bounded size', () => {
    expect(withSharedMemory(wasmModule(customSection))).toBeUndefined();
    expect(withSharedMemory(wasmModule(unbounded))).toBeUndefined();
    expect(withSharedMemory(wasmModule())).toBeUndefined();
    // A length that runs past the end.
    expect(withSharedMemory(wasmModule([0, 0xff, 0xff, 0xff]))).toBeUndefined();
  });

  test("in tfjs's module can be shared, in one byte", () => {
    const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
    const bytes = new Uint8Array(readFileSync(join(dirname(main), 'tfjs-backend-wasm-simd.wasm')));
    const shared = withSharedMemory(bytes) as Uint8Array;
    const changed = [...bytes.keys()].filter((i) => bytes[i] !== shared[i]);
    expect(changed).toHaveLength(1);
  });

  test('is shared only for modules that are instantiated meanwhile', async () => {
    const bytes = wasmModule(bounded, exported);
    const within = await sharingMemories(() => WebAssembly.instantiate(bytes));
    expect(memoryOf(within).buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(memoryOf(await WebAssembly.instantiate(bytes)).buffer).toBeInstanceOf(ArrayBuffer);
    await expect(sharingMemories(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(memoryOf(await WebAssembly.instantiate(bytes)).buffer).toBeInstanceOf(ArrayBuffer);
  });
});
