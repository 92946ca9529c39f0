import { pathToFileURL } from 'node:url';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { locatePackage, quietly } from '../installed.js';
import { threadCount } from '../threads.js';
import type { Engine, EngineName, EngineOptions, EngineProvider } from '../types.js';
import { notLoaded, unavailable } from '../unavailable.js';
import { computingFault, type GpuFault, libraryFault } from './gpu.js';

/**
 * The TensorFlow engines are optional: the user installs the package, which downloads libtensorflow, and mmx
 * finds it beside itself or in the folder that `MMX_PACKAGES` names.
 *
 * TensorFlow runs its own kernels only, so mmx's operations are composed of them (operations.ts). Bernoulli
 * draws compare on the device, with uniforms that the CPU makes and uploads, four bytes a draw: the bits of a
 * key must be those of every other engine, and TensorFlow's stateless generators are Philox and ThreeFry. Its
 * `BitwiseXor` and shifts, which tfjs-node can run by name, would make the right bits, but on the CPU as well
 * (the binding leaves int32 tensors in host memory), at ten calls a step of the generator.
 */
function provider(name: EngineName & ('tfjs-node' | 'tfjs-node-gpu')): EngineProvider {
  return {
    name,
    async load(options: EngineOptions): Promise<Engine> {
      const asked = `@tensorflow/${name}`;
      const found = locatePackage(asked);
      if (found === undefined) {
        throw unavailable(name, `the package ${asked} is not installed`, `npm install ${asked}@4.22.0`);
      }
      if (name === 'tfjs-node-gpu') refuse(name, libraryFault());
      // TensorFlow reads both when it starts: errors only, and this many threads.
      process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
      process.env.TF_NUM_INTRAOP_THREADS ??= String(threadCount(options));
      restoreTypeTests();
      let module: { version?: Record<string, string> };
      try {
        module = await quietly(() => import(pathToFileURL(found.entry).href));
      } catch (cause) {
        throw notLoaded(name, asked, `npm rebuild ${asked} --build-addon-from-source`, cause);
      }
      if (!tf.engine().registryFactory.tensorflow || !(await tf.setBackend('tensorflow'))) {
        throw unavailable(
          name,
          `${asked} uses its own copy of tfjs-core, so mmx cannot use its backend`,
          `npm install ${asked}@4.22.0 beside mmx, so that both use one @tensorflow/tfjs-core`,
        );
      }
      // It computes on the CPU without a word when a GPU cannot be used.
      if (name === 'tfjs-node-gpu') refuse(name, computingFault());
      const where = name === 'tfjs-node-gpu' ? 'on the GPU' : 'on the CPU';
      return {
        name,
        backend: 'tensorflow',
        threads: Number(process.env.TF_NUM_INTRAOP_THREADS),
        description: `TensorFlow through ${asked} ${found.version} ${where}`,
        versions: { [asked]: found.version, '@tensorflow/tfjs-core': tf.version_core, ...module.version },
        loadedFrom: [found.entry],
      };
    },
  };
}

export const tfjsNodeProvider = provider('tfjs-node');
export const tfjsNodeGpuProvider = provider('tfjs-node-gpu');

function refuse(name: EngineName, fault: GpuFault | undefined): void {
  if (fault === undefined) return;
  throw unavailable(name, fault.reason, fault.hint);
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
