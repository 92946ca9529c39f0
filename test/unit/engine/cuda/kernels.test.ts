import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { kernelSignatures } from '../../../../src/engine/cuda/kernels.js';

const folder = fileURLToPath(new URL('../../../../src/engine/cuda/', import.meta.url));
const ptx = readFileSync(join(folder, 'kernels.ptx'), 'utf8');

/** Parameters of every kernel as the compiled module declares them. */
function declared(): Record<string, string> {
  const letters: Record<string, string> = { u64: 'p', u32: 'i', f32: 'f', f64: 'd' };
  const entries = [...ptx.matchAll(/\.entry (\w+)\(([^)]*)\)/g)];
  return Object.fromEntries(
    entries.map(([, name, parameters = '']) => [
      name,
      [...parameters.matchAll(/\.param \.(\w+)/g)].map(([, type = '']) => letters[type] ?? type).join(''),
    ]),
  );
}

const hasCompiler = ['nvcc', 'ptxas'].every((tool) => spawnSync(tool, ['--version']).status === 0);

describe('the compiled CUDA kernels', () => {
  test('take the parameters that are passed to them', () => {
    expect(declared()).toEqual(kernelSignatures);
  });

  test('ask for no more than CUDA 11.8 and a GPU of compute capability 6.0', () => {
    expect(/^\.version (.*)$/m.exec(ptx)?.[1]).toBe('7.8');
    expect(/^\.target (.*)$/m.exec(ptx)?.[1]).toBe('sm_60');
  });

  test.skipIf(!hasCompiler)('are what the compiler makes of kernels.cu (needs nvcc)', () => {
    const work = mkdtempSync(join(tmpdir(), 'mmx-ptx-'));
    const compiled = join(work, 'kernels.ptx');
    const version = /^\/\/ Cuda compilation tools, (.*)$/m;
    try {
      const words = ['-ptx', '-arch=compute_75', '-O3', '-o', compiled, join(folder, 'kernels.cu')];
      execFileSync('nvcc', words, { stdio: 'pipe' });
      const fresh = readFileSync(compiled, 'utf8');
      // Another version of the compiler writes other code: then that it compiles is all there is to say.
      if (version.exec(fresh)?.[1] !== version.exec(ptx)?.[1]) return;
      const lowered = fresh
        .replace(/^\.version .*$/m, '.version 7.8')
        .replace(/^\.target .*$/m, '.target sm_60');
      expect(ptx === lowered, 'kernels.ptx is out of date: npm run build:ptx').toBe(true);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  });

  test.skipIf(!hasCompiler)('assemble as the PTX of CUDA 11.8 that they say they are (needs ptxas)', () => {
    const work = mkdtempSync(join(tmpdir(), 'mmx-ptx-'));
    try {
      for (const target of ['sm_75', 'sm_90', 'sm_120']) {
        const words = [`-arch=${target}`, join(folder, 'kernels.ptx'), '-o', join(work, 'kernels.cubin')];
        expect(spawnSync('ptxas', words, { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
      }
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  });
});
