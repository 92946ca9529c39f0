import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { affine, bernoulli, contrastiveProduct, momentumUpdate } from '../../../src/engine/operations.js';
import { engineProviders, inspectEngines, useEngine } from '../../../src/engine/registry.js';
import type { EngineProvider } from '../../../src/engine/types.js';
import { wasmProvider } from '../../../src/engine/wasm/engine.js';
import type { GpuDevice } from '../../../src/engine/webgpu/device.js';
import { type GpuBuffer, mapNow } from '../../../src/engine/webgpu/read-back.js';
import { webgpuObstacle } from './software-gpu.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A buffer that Dawn-like code maps after `ticks` calls of what it hands to setImmediate. */
function bufferAfter(ticks: number): GpuBuffer & { readonly looks: () => number } {
  let [state, looks] = ['unmapped' as GpuBuffer['mapState'], 0];
  const look = (): void => {
    looks += 1;
    if (looks === ticks) state = 'mapped';
    else setImmediate(look);
  };
  return {
    size: 4,
    get mapState() {
      return state;
    },
    mapAsync: () => {
      state = 'pending';
      setImmediate(look);
      return new Promise(() => undefined);
    },
    getMappedRange: () => new ArrayBuffer(4),
    unmap: () => undefined,
    looks: () => looks,
  };
}

describe('a read that waits', () => {
  test('returns once the buffer is mapped, and gives setImmediate back', () => {
    const original = globalThis.setImmediate;
    const buffer = bufferAfter(7);
    mapNow(buffer);
    expect([buffer.mapState, buffer.looks()]).toEqual(['mapped', 7]);
    expect(globalThis.setImmediate).toBe(original);
  });

  test('fails when the device is lost, and when nothing would ever map the buffer', () => {
    const lost: GpuBuffer = {
      ...bufferAfter(1),
      mapState: 'unmapped',
      mapAsync: () => Promise.reject(new Error()),
    };
    expect(() => mapNow(lost)).toThrow('did not return its results');
    const silent: GpuBuffer = { ...bufferAfter(1), mapState: 'pending', mapAsync: () => Promise.resolve() };
    expect(() => mapNow(silent)).toThrow('Dawn does not wait through setImmediate');
  });
});

test('auto leaves webgpu out, a name asks for it', async () => {
  const webgpu = engineProviders.find(({ name }) => name === 'webgpu') as EngineProvider;
  const cpu = engineProviders.find(({ name }) => name === 'cpu') as EngineProvider;
  const load = vi.fn(cpu.load);
  const stand: EngineProvider = { ...webgpu, load };
  expect((await useEngine('auto', {}, [stand, cpu])).name).toBe('cpu');
  expect(load).not.toHaveBeenCalled();
  await useEngine('webgpu', {}, [{ ...stand, load: async (options) => load(options) }]).catch(
    () => undefined,
  );
  expect(load).toHaveBeenCalled();
});

test('an inspection says that auto leaves it out', async () => {
  const [report] = await inspectEngines({}, [
    { name: 'webgpu', byNameOnly: true, load: async (options) => wasmProvider.load(options) },
  ]);
  expect(report).toMatchObject({ name: 'webgpu', usable: true, byNameOnly: true });
});

test.runIf(webgpuObstacle !== undefined)('says in a sentence why there is no webgpu here', async () => {
  await expect(useEngine('webgpu')).rejects.toMatchObject({
    code: 'engine/unavailable',
    message: expect.stringMatching(
      /^engine webgpu: (the package .* is not installed|the Vulkan loader|there is no GPU|.* is not a GPU)/,
    ),
    hint: expect.stringContaining('install'),
  });
});

describe.skipIf(webgpuObstacle !== undefined)(
  `on a GPU${webgpuObstacle ? `: ${webgpuObstacle}` : ''}`,
  () => {
    const software = process.env.MMX_WEBGPU_SOFTWARE === '1';

    test.runIf(software)('a software adapter is refused unless it is asked for', async () => {
      vi.stubEnv('MMX_WEBGPU_SOFTWARE', undefined);
      await expect(useEngine('webgpu')).rejects.toMatchObject({
        code: 'engine/unavailable',
        message: expect.stringMatching(/SwiftShader.* is not a GPU: it computes on the CPU$/),
      });
    });

    describe('once open', () => {
      beforeEach(async () => {
        await useEngine('webgpu');
      });

      test('steps leave nothing behind on the device', () => {
        const random = (shape: [number, number], seed: number): tf.Tensor2D =>
          tf.randomNormal(shape, 0, 1, 'float32', seed);
        const v0 = random([16, 24], 1);
        const weights = tf.variable(random([24, 16], 2)) as tf.Variable<tf.Rank.R2>;
        const velocity = tf.variable(tf.zeros([24, 16]));
        const held = (): unknown => {
          weights.dataSync();
          const { numTensors, numBytesAllocatedInGPU } = tf.memory() as tf.MemoryInfo &
            Record<string, number>;
          return { numTensors, numBytesAllocatedInGPU };
        };
        const steps = (from: number, count: number): void => {
          for (let step = from; step < from + count; step++) {
            tf.tidy(() => {
              const h0 = affine(v0, weights, undefined, 'sigmoid');
              const v1 = affine(
                bernoulli(h0, { seed: 1, purpose: 'h', step }),
                weights,
                undefined,
                'linear',
                true,
              );
              const h1 = affine(v1, weights, undefined, 'sigmoid');
              const gradient = contrastiveProduct(v0, h0, v1, h1);
              momentumUpdate(weights, velocity, gradient, { momentum: 0.5, rate: 1e-3 });
            });
          }
        };
        steps(0, 20);
        const before = held();
        steps(20, 60);
        expect(held()).toEqual(before);
        tf.dispose([v0, weights, velocity]);
      });

      test('long sums come out with the same bits each time', () => {
        const a = tf.randomNormal([3, 5000], 0, 1, 'float32', 3);
        const b = tf.randomNormal([5000, 60], 0, 1, 'float32', 4);
        const products = Array.from({ length: 5 }, () =>
          tf.tidy(() => Array.from(tf.matMul(a, b).dataSync())),
        );
        for (const product of products) expect(product).toEqual(products[0]);
        tf.dispose([a, b]);
      });

      test('a tensor that is too large says so', () => {
        const { limits } = (tf.backend() as unknown as { device: GpuDevice }).device;
        const rows = Math.ceil(
          Math.min(limits.maxStorageBufferBindingSize ?? 0, limits.maxBufferSize ?? 0) / 4096,
        );
        expect(() => tf.tidy(() => tf.fill([rows + 1, 1024], 1))).toThrow(
          expect.objectContaining({
            code: 'engine/out-of-memory',
            message: expect.stringMatching(
              /^a tensor of \d+ MiB is more than the \d+ MiB that .+ takes in one piece$/,
            ),
          }),
        );
        expect(tf.tidy(() => tf.sum(tf.ones([3, 3])).dataSync()[0])).toBe(9);
      });

      // Last: the device is of no use afterwards.
      test('an error of the device is thrown by the next read', () => {
        const { device } = tf.backend() as unknown as { device: GpuDevice };
        device.createBuffer({ size: 16, usage: 0xffff });
        expect(() => tf.tidy(() => tf.square(tf.ones([4])).dataSync())).toThrow(
          expect.objectContaining({
            code: 'engine/failed',
            message: expect.stringMatching(/^engine webgpu: .+: .*WGPUBufferUsage/),
          }),
        );
      });
    });
  },
);
