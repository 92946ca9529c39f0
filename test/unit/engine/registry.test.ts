import { execFileSync } from 'node:child_process';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { kernelNames } from '../../../src/engine/operations.js';
import { findLibrary } from '../../../src/engine/ort/api.js';
import { engineProviders, inspectEngines, useEngine } from '../../../src/engine/registry.js';
import { type EngineName, type EngineProvider, engineNames } from '../../../src/engine/types.js';
import { WasmHeap } from '../../../src/engine/wasm/heap.js';
import { MmxError } from '../../../src/errors.js';
import { testThreads } from './each-engine.js';

const threads = testThreads;
const broken = (name: EngineName, reason: string): EngineProvider => ({
  name,
  load: () => Promise.reject(new MmxError('engine/unavailable', reason, { hint: 'mend it' })),
});
const real = (name: EngineName): EngineProvider => {
  const provider = engineProviders.find((candidate) => candidate.name === name);
  if (provider === undefined) throw new Error(name);
  return provider;
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('auto', () => {
  test('providers come in the order of engineNames', () => {
    expect(engineProviders.map(({ name }) => name)).toEqual([...engineNames]);
  });

  test('takes the first that works and tells why not the others', async () => {
    const declined: [EngineName, string][] = [];
    const engine = await useEngine(
      'auto',
      { threads, onDecline: (name, reason) => declined.push([name, reason]) },
      [
        broken('tfjs-node', 'no libtensorflow'),
        broken('ort', 'no library for Intel Macs'),
        real('wasm'),
        real('cpu'),
      ],
    );
    expect(engine.name).toBe('wasm');
    expect(tf.getBackend()).toBe('wasm');
    expect(declined).toEqual([
      ['tfjs-node', 'no libtensorflow'],
      ['ort', 'no library for Intel Macs'],
    ]);
  });

  test('passes over an engine that computes wrongly', async () => {
    const declined: string[] = [];
    const wrong: EngineProvider = {
      name: 'ort',
      async load(options) {
        const engine = await real('cpu').load(options);
        const original = tf.getKernel(tf.BatchMatMul, 'cpu');
        tf.unregisterKernel(tf.BatchMatMul, 'cpu');
        tf.registerKernel({
          ...original,
          // Ignores the transposes, as a broken library might.
          kernelFunc: (call) =>
            call.attrs?.transposeA
              ? original.kernelFunc({
                  ...call,
                  inputs: { a: tf.ones([5, 7]), b: tf.ones([7, 9]) },
                  attrs: { transposeA: false, transposeB: false },
                })
              : original.kernelFunc(call),
        });
        restore = () => {
          tf.unregisterKernel(tf.BatchMatMul, 'cpu');
          tf.registerKernel(original);
        };
        return { ...engine, name: 'ort' };
      },
    };
    let restore = (): void => {};
    try {
      const engine = await useEngine('auto', { threads, onDecline: (_, reason) => declined.push(reason) }, [
        wrong,
        real('wasm'),
      ]);
      expect(engine.name).toBe('wasm');
      expect(declined).toEqual(['matrix products are wrong (transposes: true, false)']);
    } finally {
      restore();
    }
  });

  test('passes over an engine that is far slower than its kind', async () => {
    const declined: string[] = [];
    const slow: EngineProvider = {
      name: 'tfjs-node-gpu',
      load: async (options) => ({ ...(await real('cpu').load(options)), name: 'tfjs-node-gpu' }),
    };
    const engine = await useEngine('auto', { threads, onDecline: (_, reason) => declined.push(reason) }, [
      slow,
      real('cpu'),
    ]);
    expect(engine.name).toBe('cpu');
    expect(declined.join()).toMatch(/products run at \d+\.\d\d GFLOP\/s, which is too slow/);
  });

  test('fails with every reason when nothing works', async () => {
    await expect(
      useEngine('auto', {}, [broken('ort', 'reason one'), broken('wasm', 'reason two')]),
    ).rejects.toThrow('no engine is usable (ort: reason one; wasm: reason two)');
  });
});

describe('a named engine is taken as it is or not at all', () => {
  test.each(['tfjs-node', 'tfjs-node-gpu'] as const)('%s that is not installed', async (name) => {
    const installed = await useEngine(name, {}).catch((error: unknown) => error);
    expect(installed).toBeInstanceOf(MmxError);
    expect(installed).toMatchObject({
      code: 'engine/unavailable',
      exitCode: 1,
      message: `engine ${name}: the package @tensorflow/${name} is not installed`,
      hint: `npm install @tensorflow/${name}@4.22.0`,
    });
  });

  test('its own error comes through, no other engine is tried', async () => {
    const load = vi.spyOn(real('cpu'), 'load');
    await expect(useEngine('ort', {}, [broken('ort', 'gone'), real('cpu')])).rejects.toThrow('gone');
    expect(load).not.toHaveBeenCalled();
  });

  test('ort names the platforms it has no library for', () => {
    expect(() => findLibrary('darwin', 'x64')).toThrow('has no library for Intel Macs');
    expect(() => findLibrary('sunos', 'x64')).toThrow('has no library for sunos x64');
  });

  test('a number of threads that makes no sense is a usage error', async () => {
    await expect(useEngine('wasm', { threads: 0 })).rejects.toMatchObject({
      code: 'engine/threads',
      exitCode: 2,
    });
  });
});

describe('engines', () => {
  test('the wasm engines have a kernel of their own for every operation that needs no memory of its own', async () => {
    await useEngine('wasm', { threads });
    const { minibatch, overwrite, stream, ...everywhere } = kernelNames;
    for (const name of Object.values(everywhere)) expect(tf.getKernel(name, 'wasm'), name).toBeDefined();
    for (const name of [minibatch, overwrite, stream])
      expect(tf.getKernel(name, 'wasm'), name).toBeUndefined();
  });

  test('switching between the engines that share the heap keeps tensors and computes the same', async () => {
    const results: number[][] = [];
    await useEngine('wasm', { threads });
    const a = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    for (const name of ['wasm', 'ort', 'cpu', 'wasm'] as const) {
      const engine = await useEngine(name, { threads });
      expect(engine.name).toBe(name);
      results.push(tf.tidy(() => Array.from(tf.matMul(a, a, true, false).dataSync())));
    }
    for (const result of results) expect(result).toEqual([17, 22, 27, 22, 29, 36, 27, 36, 45]);
    a.dispose();
  });

  test('a heap that is full says so, and stays usable', async () => {
    await useEngine('wasm', { threads });
    const backend = tf.backend() as unknown as { makeOutput(shape: number[], dtype: string): tf.TensorInfo };
    // 4.29 GB does not fit beside what is there; 5.2 GB does not even fit into the allocator's 32 bits.
    for (const shape of [
      [1_073_700, 1000],
      [1_300_000, 1000],
    ]) {
      expect(() => backend.makeOutput(shape, 'float32')).toThrow(
        expect.objectContaining({
          code: 'engine/out-of-memory',
          message: expect.stringContaining('the wasm heap cannot hold'),
        }),
      );
    }
    expect(tf.tidy(() => tf.sum(tf.ones([3, 3])).dataSync()[0])).toBe(9);
  });

  test('a tfjs-backend-wasm with other insides is refused', () => {
    const changed = { wasm: { HEAPU8: new Uint8Array(1) } } as unknown as BackendWasm;
    expect(() => new WasmHeap(changed)).toThrow(/is not the version 4\.22\.0 mmx works with/);
  });

  test('inspection measures what loads and gives the reason and the remedy for what does not', async () => {
    const reports = await inspectEngines({ threads }, [
      broken('tfjs-node', 'no libtensorflow'),
      real('wasm'),
    ]);
    expect(reports[0]).toEqual({
      name: 'tfjs-node',
      usable: false,
      reason: 'no libtensorflow',
      remedy: 'mend it',
    });
    const wasm = reports[1];
    expect(wasm).toMatchObject({ name: 'wasm', usable: true, threads });
    if (wasm?.usable) {
      expect(wasm.gflops).toBeGreaterThan(1);
      expect(wasm.stepMilliseconds).toBeGreaterThan(0.1);
    }
  });

  test('nothing reaches the console', () => {
    const script = `
      import { runnerImport } from 'vite';
      const { module } = await runnerImport(${JSON.stringify(new URL('../../../src/engine/registry.ts', import.meta.url).pathname)}, { logLevel: 'silent' });
      const tf = await import('@tensorflow/tfjs-core');
      for (const name of ['cpu', 'wasm', 'ort', 'auto']) {
        await module.useEngine(name, { threads: 1 });
        tf.tensor1d([1, 2]).add?.(1);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', `${script}`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(output).toBe('');
  });
});
