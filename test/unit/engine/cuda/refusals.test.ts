import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { libraryFolders, loadDriverLibrary } from '../../../../src/engine/cuda/libraries.js';
import type { Koffi } from '../../../../src/engine/koffi.js';
import { buildStandIn, standInEnvironment } from '../../../support/cuda-stand-in/build.js';

const standIn = buildStandIn();

/** Loads the engine anew, as another process would, under these variables. */
async function load(environment: Record<string, string>, tf32 = false): Promise<unknown> {
  if (tf.findBackend('cuda') !== null) {
    tf.removeBackend('cuda');
    for (const { kernelName, backendName } of tf.getKernelsForBackend('cuda')) {
      tf.unregisterKernel(kernelName, backendName);
    }
  }
  vi.resetModules();
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const { cudaProvider } = await import('../../../../src/engine/cuda/engine.js');
  return cudaProvider.load({ tf32 }).catch((error: unknown) => error);
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the engine cuda declines in one sentence', () => {
  test('without a driver', async () => {
    const error = await load({ MMX_LIBCUDA: '/nowhere/libcuda.so.1' });
    expect(error).toMatchObject({
      code: 'engine/unavailable',
      hint: expect.stringContaining('unset MMX_LIBCUDA'),
    });
    expect((error as Error).message).toMatch(
      /^engine cuda: MMX_LIBCUDA=\/nowhere\/libcuda.so.1 cannot be loaded/,
    );
  });

  const cases: [string, Record<string, string>, string, string][] = [
    ['without a GPU', { CUDA_VISIBLE_DEVICES: '' }, 'the driver finds no GPU', 'CUDA_VISIBLE_DEVICES'],
    [
      'with an old driver',
      { MMX_STAND_IN_CUDA: '11020' },
      'the driver supports CUDA up to 11.2, but 11.8 is needed',
      'install a newer NVIDIA driver',
    ],
    [
      'without cuBLAS',
      { CUDA_HOME: '/nowhere', MMX_STAND_IN_CUDA: '12040' },
      'cuBLAS (libcublas.so.12, libcublas.so.11)',
      'pip install nvidia-cublas-cu12',
    ],
    [
      'with a cuBLAS that does not know the GPU',
      { MMX_STAND_IN_NO_CUBLAS: '1' },
      'does not start on stand-in on the CPU (ARCH_MISMATCH)',
      'use the cuBLAS of CUDA 13.0 or older',
    ],
  ];
  test.skipIf(standIn === undefined).each(cases)('%s', async (_, environment, message, hint) => {
    const error = await load({ ...standInEnvironment(standIn ?? ''), ...environment });
    expect(error).toMatchObject({ name: 'MmxError', code: 'engine/unavailable' });
    expect((error as Error).message).toContain(message);
    expect((error as { hint?: string }).hint).toContain(hint);
  });
});

describe.skipIf(standIn === undefined)('the engine cuda on its stand-in', () => {
  const limit = 200 * 2 ** 20;
  const memory = { ...standInEnvironment(standIn ?? ''), MMX_STAND_IN_BYTES: String(limit) };

  test('says with sizes that memory ran out, and goes on when there is some again', async () => {
    await load(memory);
    const held = [tf.zeros([16, 2 ** 20]), tf.zeros([16, 2 ** 20])];
    expect(() => tf.zeros([16, 2 ** 20])).toThrow(
      /^the GPU cannot hold 64 MiB more: stand-in on the CPU has 200 MiB, this process holds 128 MiB, \d+ MiB are free$/,
    );
    held.pop()?.dispose();
    // What was given back serves another size too.
    const other = tf.zeros([12, 2 ** 20]);
    expect(tf.slice(tf.reshape(other, [-1]), 0, 1).dataSync()[0]).toBe(0);
    tf.dispose([...held, other]);
  });

  test('names an operation it lacks, a type it does not hold, and arithmetic it does not do', async () => {
    await load(standInEnvironment(standIn ?? ''));
    expect(() => tf.cumsum(tf.ones([3]))).toThrow("Kernel 'Cumsum' not registered for backend 'cuda'");
    expect(() => tf.tensor(['text'])).toThrow('engine cuda: it holds no tensors of type string');
    expect(() => tf.add(tf.tensor1d([1, 2], 'int32'), tf.tensor1d([1, 2], 'int32'))).toThrow(
      'engine cuda: Add takes float32 tensors, got int32',
    );
  });

  test('refuses what cannot be replayed', async () => {
    await load(standInEnvironment(standIn ?? ''));
    const { replayable } = await import('../../../../src/engine/replay.js');
    const twice = (body: () => void): (() => void) => {
      const step = replayable([], body);
      return () => {
        step.run({});
        step.run({});
      };
    };
    const x = tf.tensor1d([1, 2, 3]);
    expect(twice(() => tf.square(x).dataSync())).toThrow('a step that is recorded cannot read its results');
    expect(twice(() => tf.tensor1d([1, 2]))).toThrow('a step that is recorded takes values from the host');
    expect(Array.from(tf.mul(x, 2).dataSync())).toEqual([2, 4, 6]);
  });

  test('rounds products where TF32 is allowed, and says so', async () => {
    const engine = await load(standInEnvironment(standIn ?? ''), true);
    expect(engine).toMatchObject({
      name: 'cuda',
      description: expect.stringMatching(/, TF32$/),
      tolerance: 1e-2,
    });
    const { probe } = await import('../../../../src/engine/probe.js');
    expect(probe(engine as Parameters<typeof probe>[0]).fault).toBeUndefined();
    const x = 1 + 2 ** -9 + 2 ** -13;
    expect(tf.matMul(tf.tensor2d([[x]]), tf.tensor2d([[1, 1]])).dataSync()[0]).toBe(1 + 2 ** -9);
    const { cudaProvider } = await import('../../../../src/engine/cuda/engine.js');
    await expect(cudaProvider.load({})).rejects.toThrow('this process already runs it with TF32');
  });
});

describe('cuBLAS is looked for', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'mmx-cublas-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const place = (...path: string[]): string => {
    const folder = join(root, ...path);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'libcublas.so.12'), '');
    return folder;
  };

  test('in a toolkit, a conda prefix, the wheels of a virtual environment and of the python on the path', () => {
    const toolkit = place('cuda', 'lib64');
    const conda = place('conda', 'lib');
    const wheel = place('venv', 'lib', 'python3.12', 'site-packages', 'nvidia', 'cublas', 'lib');
    const newer = place('python', 'lib', 'python3.13', 'site-packages', 'nvidia', 'cu13', 'lib');
    mkdirSync(join(root, 'python', 'bin'));
    writeFileSync(join(root, 'python', 'bin', 'python3'), '');
    const found = libraryFolders({
      CUDA_HOME: join(root, 'cuda'),
      CONDA_PREFIX: join(root, 'conda'),
      VIRTUAL_ENV: join(root, 'venv'),
      PATH: `/nowhere:${join(root, 'python', 'bin')}`,
    });
    expect(found.filter((folder) => folder.startsWith(root))).toEqual([toolkit, conda, wheel, newer]);
  });

  test('nowhere else', () => {
    mkdirSync(join(root, 'lib64'));
    expect(libraryFolders({ CUDA_HOME: root }).filter((folder) => folder.startsWith(root))).toEqual([]);
  });

  test('not in folders relative to the working directory', () => {
    const wheel = place('venv', 'lib', 'python3.12', 'site-packages', 'nvidia', 'cublas', 'lib');
    const toolkit = place('cuda', 'lib64');
    const found = (root: string) =>
      libraryFolders({ CUDA_HOME: join(root, 'cuda'), VIRTUAL_ENV: join(root, 'venv') });
    expect(found(root)).toEqual(expect.arrayContaining([toolkit, wheel]));
    expect(found(relative(process.cwd(), root)).filter((folder) => !isAbsolute(folder))).toEqual([]);
  });

  test.runIf(process.platform === 'linux')(
    'the driver is not taken from the working directory either',
    () => {
      writeFileSync(join(root, 'libcuda.so.1'), '');
      const asked: string[] = [];
      const koffi = {
        load: (path: string) => {
          asked.push(path);
          throw new Error('no driver here');
        },
      } as unknown as Koffi;
      const load = (folder: string) => {
        vi.stubEnv('LD_LIBRARY_PATH', `/usr/lib:${folder}`);
        expect(() => loadDriverLibrary(koffi)).toThrow('libcuda.so.1');
        return asked.splice(0)[0];
      };
      expect(load(relative(process.cwd(), root))).not.toBe('libcuda.so.1');
      expect(load(root)).toBe('libcuda.so.1');
    },
  );
});
