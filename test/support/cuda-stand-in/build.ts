import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const kernels = join(here, '..', '..', '..', 'src', 'engine', 'cuda', 'kernels.cu');

/**
 * Compiles the stand-in for a CUDA driver and cuBLAS once and returns the folder that holds `libcuda.so.1` and
 * `lib64/libcublas.so.13`; undefined where there is no C++ compiler for Linux.
 */
export function buildStandIn(): string | undefined {
  if (process.platform !== 'linux' || !hasCompiler()) return undefined;
  const sources = [join(here, 'stand-in.cpp'), kernels].map((path) => readFileSync(path, 'utf8'));
  const hash = createHash('sha256').update(sources.join('\0')).digest('hex').slice(0, 16);
  const folder = join(tmpdir(), `mmx-cuda-stand-in-${hash}`);
  if (existsSync(folder)) return folder;
  const work = mkdtempSync(join(tmpdir(), 'mmx-cuda-build-'));
  writeFileSync(join(work, 'registry.inc'), registry(sources[1] ?? ''));
  const library = join(work, 'libcuda.so.1');
  execFileSync(
    'g++',
    [
      '-std=c++17',
      '-O2',
      '-shared',
      '-fPIC',
      '-Wno-unknown-pragmas',
      '-Wno-attributes',
      '-U_FORTIFY_SOURCE',
    ].concat([...['-I', work, '-I', dirname(kernels), '-o', library, join(here, 'stand-in.cpp')]]),
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  mkdirSync(join(work, 'lib64'));
  symlinkSync(join('..', 'libcuda.so.1'), join(work, 'lib64', 'libcublas.so.13'));
  try {
    renameSync(work, folder);
  } catch (error) {
    // Another process was faster.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** Variables under which the engine `cuda` finds the stand-in. */
export function standInEnvironment(folder: string): Record<string, string> {
  return { MMX_LIBCUDA: join(folder, 'libcuda.so.1'), CUDA_HOME: folder };
}

function hasCompiler(): boolean {
  try {
    execFileSync('g++', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Every kernel, and whether its threads wait for each other. */
function registry(source: string): string {
  const parts = source.split(/^KERNEL /m).slice(1);
  return parts
    .map((part) => `ENTRY(${/^\w+/.exec(part)?.[0]}, ${part.includes('__syncthreads')})\n`)
    .join('');
}
