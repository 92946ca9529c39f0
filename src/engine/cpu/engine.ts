import { version_cpu } from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Engine, EngineProvider } from '../types.js';

/** tfjs in plain JavaScript: the reference the other engines are tested against, and slow. */
export const cpuProvider: EngineProvider = {
  name: 'cpu',
  async load(): Promise<Engine> {
    await tf.setBackend('cpu');
    return {
      name: 'cpu',
      backend: 'cpu',
      threads: 1,
      description: `tfjs ${version_cpu} in plain JavaScript, 1 thread (slow: for tests and comparison)`,
      versions: { '@tensorflow/tfjs-core': tf.version_core, '@tensorflow/tfjs-backend-cpu': version_cpu },
    };
  },
};
