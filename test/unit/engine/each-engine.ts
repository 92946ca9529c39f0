import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findLibrary } from '../../../src/engine/ort/api.js';
import { useEngine } from '../../../src/engine/registry.js';
import type { EngineName } from '../../../src/engine/types.js';
import { MmxError } from '../../../src/errors.js';
import { findCuda } from '../../support/cuda.js';
import { webgpuObstacle } from './software-gpu.js';

/** Threads of the engines under test. One process runs ONNX Runtime with one number of threads. */
export const testThreads = 2;

/**
 * The engines npm brings along, `ort` left out where its library does not exist (Intel Macs); `cuda`: on a GPU where
 * there is one, else on its stand-in, which needs a C++ compiler; and `webgpu` where there is a GPU or a software one.
 */
export const testedEngines: readonly EngineName[] = [
  'cpu',
  'wasm',
  ...(ortExists() ? (['ort'] as const) : []),
  ...(findCuda() === undefined ? [] : (['cuda'] as const)),
  ...(webgpuObstacle === undefined ? (['webgpu'] as const) : []),
];

function ortExists(): boolean {
  try {
    findLibrary();
    return true;
  } catch (error) {
    if (error instanceof MmxError) return false;
    throw error;
  }
}

/**
 * Runs the tests of `body` once on every engine, and fails a test that leaves tensors or data behind.
 * Variables a test makes are disposed after it; all else it must dispose itself (tf.tidy does).
 */
export function describeEachEngine(title: string, body: (engine: EngineName) => void): void {
  describeOn(testedEngines, title, body);
  if (webgpuObstacle !== undefined) test.skip(`${title} on webgpu: ${webgpuObstacle}`, () => undefined);
}

/** {@link describeEachEngine} on `cpu` alone: for what no engine changes, such as gradients composed of tested layers. */
export function describeOnCpu(title: string, body: () => void): void {
  describeOn(['cpu'], title, body);
}

function describeOn(engines: readonly EngineName[], title: string, body: (engine: EngineName) => void): void {
  describe.each(engines)(`${title} on %s`, (engine) => {
    let before = { tensors: 0, data: 0 };
    beforeAll(async () => {
      await useEngine(engine, { threads: testThreads });
    });
    beforeEach(() => {
      before = held();
    });
    afterEach(() => {
      tf.disposeVariables();
      expect(held(), 'tensors and data left behind').toEqual(before);
    });
    body(engine);
  });
}

function held(): { tensors: number; data: number } {
  const backend = tf.backend() as unknown as { numDataIds(): number };
  return { tensors: tf.memory().numTensors, data: backend.numDataIds() };
}
