import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { MmxError } from '../../errors.js';
import { threadCount } from '../threads.js';
import type { Engine, EngineName, EngineOptions, EngineProvider } from '../types.js';

/** Below this a "GPU" is taken for the CPU it fell back to: the slowest CUDA 11 card does several times more. */
const slowestGpu = 400;

/**
 * The TensorFlow engines are optional: the user installs the package, which downloads libtensorflow, and mmx
 * finds it beside itself or in the working directory.
 */
function provider(name: EngineName & ('tfjs-node' | 'tfjs-node-gpu')): EngineProvider {
  return {
    name,
    async load(options: EngineOptions): Promise<Engine> {
      const asked = `@tensorflow/${name}`;
      const found = locate(asked);
      if (found === undefined) {
        throw new MmxError('engine/unavailable', `engine ${name}: the package ${asked} is not installed`, {
          hint: `npm install ${asked}@4.22.0`,
        });
      }
      // TensorFlow reads both when it starts: errors only, and this many threads.
      process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
      process.env.TF_NUM_INTRAOP_THREADS ??= String(threadCount(options));
      restoreTypeTests();
      let module: { version?: Record<string, string> };
      try {
        module = await quietly(() => import(pathToFileURL(found.entry).href));
      } catch (cause) {
        const reason = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0];
        throw new MmxError('engine/unavailable', `engine ${name}: ${asked} cannot be loaded (${reason})`, {
          hint: `npm rebuild ${asked} --build-addon-from-source`,
          cause,
        });
      }
      if (!tf.engine().registryFactory.tensorflow || !(await tf.setBackend('tensorflow'))) {
        throw new MmxError(
          'engine/unavailable',
          `engine ${name}: ${asked} brought a tfjs-core of its own, so its backend is out of reach`,
          { hint: `npm install ${asked}@4.22.0 beside mmx, so that both use one @tensorflow/tfjs-core` },
        );
      }
      if (name === 'tfjs-node-gpu') assertGpu();
      const where = name === 'tfjs-node-gpu' ? 'on the GPU' : 'on the CPU';
      return {
        name,
        backend: 'tensorflow',
        threads: Number(process.env.TF_NUM_INTRAOP_THREADS),
        description: `TensorFlow through ${asked} ${found.version} ${where}`,
        versions: { [asked]: found.version, '@tensorflow/tfjs-core': tf.version_core, ...module.version },
      };
    },
  };
}

export const tfjsNodeProvider = provider('tfjs-node');
export const tfjsNodeGpuProvider = provider('tfjs-node-gpu');

function locate(name: string): { entry: string; version: string } | undefined {
  for (const from of [import.meta.url, pathToFileURL(join(process.cwd(), 'package.json')).href]) {
    const require = createRequire(from);
    try {
      const { version } = require(`${name}/package.json`) as { version: string };
      return { entry: require.resolve(name), version };
    } catch {
      // Not installed there.
    }
  }
  return undefined;
}

/** tfjs-node 4.22 still calls type tests that Node.js 23 removed from `util` (tensorflow/tfjs#8609). */
function restoreTypeTests(): void {
  const tests: Record<string, (value: unknown) => boolean> = {
    isArray: Array.isArray,
    isNullOrUndefined: (value) => value === null || value === undefined,
    isNumber: (value) => typeof value === 'number',
    isString: (value) => typeof value === 'string',
    isBoolean: (value) => typeof value === 'boolean',
    isFunction: (value) => typeof value === 'function',
    isObject: (value) => value !== null && typeof value === 'object',
    isUndefined: (value) => value === undefined,
    isNull: (value) => value === null,
  };
  const target = util as unknown as Record<string, unknown>;
  for (const [name, test] of Object.entries(tests)) target[name] ??= test;
}

/** tfjs-node greets on the console as it loads. */
async function quietly<T>(load: () => Promise<T>): Promise<T> {
  const { log, warn, error, info } = console;
  const silent = (): void => {};
  Object.assign(console, { log: silent, warn: silent, error: silent, info: silent });
  try {
    return await load();
  } finally {
    Object.assign(console, { log, warn, error, info });
  }
}

/** tfjs-node-gpu computes on the CPU without a word when CUDA is missing. */
function assertGpu(): void {
  const backend = tf.backend() as unknown as { isUsingGpuDevice?: boolean };
  const speed = backend.isUsingGpuDevice === false ? 0 : productSpeed();
  if (speed >= slowestGpu) return;
  throw new MmxError(
    'engine/unavailable',
    `engine tfjs-node-gpu: TensorFlow found no GPU it can use${
      speed === 0 ? '' : ` (products run at ${speed.toFixed(0)} GFLOP/s)`
    }`,
    { hint: 'install CUDA 11.2 and cuDNN 8.1 and put them on LD_LIBRARY_PATH, or use --engine tfjs-node' },
  );
}

/** GFLOP/s of a 2048³ product, best of three. */
function productSpeed(): number {
  const n = 2048;
  return tf.tidy(() => {
    const a = tf.ones([n, n]);
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 4; i++) {
      const start = performance.now();
      tf.slice(tf.matMul(a, a), [0, 0], [1, 1]).dataSync();
      if (i > 0) best = Math.min(best, performance.now() - start);
    }
    return (2 * n ** 3) / best / 1e6;
  });
}
