import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { locatePackage, quietly } from '../installed.js';
import { threadCount } from '../threads.js';
import type { Engine, EngineOptions, EngineProvider } from '../types.js';
import { notLoaded, unavailable } from '../unavailable.js';
import { type BackendModule, createBackend, testedVersion } from './backend.js';
import { type Dawn, openDevice } from './device.js';
import { registerKernels } from './kernels.js';

const packages = { dawn: 'webgpu', backend: '@tensorflow/tfjs-backend-webgpu' } as const;
const install = `npm install webgpu@0.6.2 ${packages.backend}@${testedVersion}`;

/** The GPU's name: a process opens it once. */
let opened: string | undefined;

/**
 * tfjs-backend-webgpu on Dawn for Node.js: GPUs of every maker, through Vulkan, Metal or Direct3D 12. Both
 * packages are optional, installed by the user. By name only: it has been checked on a software adapter, and
 * how fast it is on which GPU has not been measured.
 */
export const webgpuProvider: EngineProvider = {
  name: 'webgpu',
  byNameOnly: true,
  async load(options: EngineOptions): Promise<Engine> {
    threadCount(options);
    const dawn = find(packages.dawn);
    const backend = find(packages.backend);
    opened ??= await open(dawn.entry, backend.entry);
    await tf.setBackend('webgpu');
    return {
      name: 'webgpu',
      backend: 'webgpu',
      threads: 1,
      description: `tfjs-backend-webgpu ${backend.version} on ${opened} (Dawn: webgpu ${dawn.version})`,
      versions: {
        webgpu: dawn.version,
        [packages.backend]: backend.version,
        '@tensorflow/tfjs-core': tf.version_core,
      },
      loadedFrom: [dawn.entry, backend.entry],
    };
  },
};

function find(name: string): { entry: string; version: string } {
  const found = locatePackage(name);
  if (found !== undefined) return found;
  throw unavailable('webgpu', `the package ${name} is not installed`, install);
}

async function open(dawnEntry: string, backendEntry: string): Promise<string> {
  const dawn = await load<Dawn>(packages.dawn, dawnEntry);
  const module = await load<BackendModule>(packages.backend, backendEntry);
  if (tf.getKernel(tf.BatchMatMul, 'webgpu') === undefined) {
    throw unavailable(
      'webgpu',
      `${packages.backend} uses its own copy of tfjs-core, so mmx cannot use its kernels`,
      `${install} beside mmx, so that both use one @tensorflow/tfjs-core`,
    );
  }
  const device = await openDevice(dawn);
  // Otherwise tfjs computes small tensors on the CPU, by code of its own.
  tf.env().set('WEBGPU_CPU_FORWARD', false);
  const backend = createBackend(module, device);
  tf.registerBackend('webgpu', () => backend, 0);
  registerKernels(backend);
  return device.name;
}

async function load<T>(name: string, entry: string): Promise<T> {
  try {
    return (await quietly(() => import(pathToFileURL(entry).href))) as T;
  } catch (cause) {
    throw notLoaded('webgpu', name, `npm rebuild ${name}`, cause);
  }
}
