import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import type { LibraryHandle } from 'koffi';
import { absoluteElements } from '../../programs.js';
import type { Koffi } from '../koffi.js';
import { unavailable } from '../unavailable.js';

/** A shared library that was found and loaded. */
export interface LoadedLibrary {
  readonly handle: LibraryHandle;
  /** Where it lies; its bare name when the system's loader found it. */
  readonly path: string;
}

/** Major versions of CUDA whose cuBLAS mmx knows, newest first. */
const majors = [13, 12, 11];

/**
 * The driver's library, which comes with the driver and never with a toolkit. `MMX_LIBCUDA` names another file.
 * @throws MmxError `engine/unavailable`
 */
export function loadDriverLibrary(koffi: Koffi): LoadedLibrary {
  if (process.platform !== 'linux') {
    throw unavailable(
      'cuda',
      `CUDA is supported on Linux only, and this is ${process.platform}`,
      'use another engine, or WSL on Windows',
    );
  }
  const named = process.env.MMX_LIBCUDA;
  const candidates = named
    ? [named]
    : [
        'libcuda.so.1',
        ...['/usr/lib/wsl/lib', '/usr/local/nvidia/lib64', '/usr/lib/x86_64-linux-gnu', '/usr/lib64']
          .map((folder) => join(folder, 'libcuda.so.1'))
          .filter((path) => existsSync(path)),
      ];
  const loaded = firstLoaded(koffi, candidates);
  if ('handle' in loaded) return loaded;
  throw unavailable(
    'cuda',
    named
      ? `MMX_LIBCUDA=${named} cannot be loaded (${loaded.reason})`
      : 'there is no NVIDIA driver (libcuda.so.1)',
    named
      ? 'unset MMX_LIBCUDA, or set it to the libcuda.so.1 of the NVIDIA driver'
      : 'install the NVIDIA driver; in a container, start it with --gpus all',
  );
}

/**
 * cuBLAS: where the loader looks, then CUDA_HOME, /usr/local/cuda*, a conda prefix, and pip's nvidia/*&#47;lib. Never in
 * the working directory.
 *
 * @param newest highest major version of CUDA that the driver runs
 * @throws MmxError `engine/unavailable` with the places that were searched
 */
export function loadCublasLibrary(koffi: Koffi, newest: number): LoadedLibrary {
  const usable = majors.filter((major) => major <= newest);
  const folders = libraryFolders();
  const failures: string[] = [];
  for (const folder of ['', ...folders]) {
    for (const major of usable) {
      const path = (name: string): string => (folder === '' ? name : join(folder, name));
      const file = path(`libcublas.so.${major}`);
      if (folder !== '' && !existsSync(file)) continue;
      // libcublas needs libcublasLt, which a folder outside the loader's path holds beside it: loaded first, the
      // loader finds it by its name.
      firstLoaded(koffi, [path(`libcublasLt.so.${major}`)]);
      const loaded = firstLoaded(koffi, [file]);
      if ('handle' in loaded) return loaded;
      if (folder !== '') failures.push(`${file}: ${loaded.reason}`);
    }
  }
  const major = usable[0] ?? newest;
  const searched = folders.length === 0 ? "the loader's path" : `the loader's path, ${folders.join(', ')}`;
  throw unavailable(
    'cuda',
    failures.length > 0
      ? `cuBLAS cannot be loaded (${failures.join('; ')})`
      : `cuBLAS (${usable.map((version) => `libcublas.so.${version}`).join(', ')}) is not in ${searched}`,
    `pip install ${major >= 13 ? 'nvidia-cublas' : `nvidia-cublas-cu${major}`}, or set CUDA_HOME to a CUDA toolkit`,
  );
}

function firstLoaded(
  koffi: Koffi,
  candidates: readonly string[],
): LoadedLibrary | { readonly reason: string } {
  let reason = 'not found';
  for (const path of candidates) {
    if (isInWorkingDirectory(path)) {
      reason = `LD_LIBRARY_PATH has an element that is relative or empty, and the working directory holds ${path}`;
      continue;
    }
    try {
      return { handle: koffi.load(path), path };
    } catch (error) {
      reason = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
    }
  }
  return { reason };
}

/**
 * Whether the loader would take a library from the working directory: an empty or relative element of LD_LIBRARY_PATH,
 * as `LD_LIBRARY_PATH=$UNSET:/opt/lib` leaves one, stands for it.
 */
function isInWorkingDirectory(name: string): boolean {
  if (name.includes('/')) return false;
  const { LD_LIBRARY_PATH } = process.env;
  if (!LD_LIBRARY_PATH) return false;
  return LD_LIBRARY_PATH.split(/[:;]/).some(
    (folder) => !isAbsolute(folder) && existsSync(join(folder, name)),
  );
}

/**
 * Folders outside the loader's path that may hold cuBLAS, existing ones only, without repetition, none that is named
 * relative to the working directory.
 */
export function libraryFolders(environment: NodeJS.ProcessEnv = process.env): string[] {
  const { CUDA_HOME, CUDA_PATH, CONDA_PREFIX, VIRTUAL_ENV, PATH } = environment;
  const toolkits = [CUDA_HOME, CUDA_PATH, '/usr/local/cuda', ...matching('/usr/local', /^cuda-\d/).reverse()];
  const pythons = [
    VIRTUAL_ENV,
    CONDA_PREFIX,
    ...absoluteElements(PATH).flatMap((folder) => pythonPrefix(folder)),
    join(homedir(), '.local'),
    '/usr/local',
    '/usr',
  ];
  const found = [
    ...toolkits.flatMap((root) =>
      root ? [join(root, 'lib64'), join(root, 'targets', 'x86_64-linux', 'lib'), join(root, 'lib')] : [],
    ),
    ...(CONDA_PREFIX ? [join(CONDA_PREFIX, 'lib')] : []),
    ...pythons.flatMap((prefix) => (prefix ? wheels(prefix) : [])),
  ];
  return [...new Set(found)].filter(
    (folder) =>
      isAbsolute(folder) && majors.some((major) => existsSync(join(folder, `libcublas.so.${major}`))),
  );
}

/** The prefix of the python that a folder of PATH holds, its virtual environment and what that was made from. */
function pythonPrefix(folder: string): string[] {
  const python = join(folder, 'python3');
  if (!existsSync(python)) return [];
  return [dirname(folder), dirname(dirname(realpathSync(python)))];
}

/** The `lib` folders of NVIDIA's wheels under a Python prefix. */
function wheels(prefix: string): string[] {
  return matching(join(prefix, 'lib'), /^python3/).flatMap((python) =>
    ['site-packages', 'dist-packages'].flatMap((packages) =>
      matching(join(python, packages, 'nvidia'), /^(cu\d+|cublas)$/).map((wheel) => join(wheel, 'lib')),
    ),
  );
}

function matching(folder: string, pattern: RegExp): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
