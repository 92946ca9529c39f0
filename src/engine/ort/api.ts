import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MmxError } from '../../errors.js';
import { type Koffi, loadKoffi, nativeFolder } from '../koffi.js';
import { notLoaded, unavailable } from '../unavailable.js';

/**
 * ONNX Runtime's C API, called through koffi. `OrtGetApiBase` hands out a table of function pointers that
 * only ever grows at its end, so a function keeps its index for good; the numbers below are positions in
 * `struct OrtApi` of onnxruntime_c_api.h.
 */
const index = {
  GetErrorMessage: 2,
  DisableTelemetryEvents: 6,
  CreateSessionFromArray: 8,
  Run: 9,
  CreateSessionOptions: 10,
  SetIntraOpNumThreads: 24,
  CreateTensorWithDataAsOrtValue: 49,
  CreateCpuMemoryInfo: 69,
  ReleaseStatus: 93,
  ReleaseValue: 96,
  CreateEnvWithGlobalThreadPools: 119,
  DisablePerSessionThreads: 120,
  CreateThreadingOptions: 121,
  SetGlobalIntraOpNumThreads: 147,
  SetGlobalSpinControl: 149,
} as const;

/** Version of the table asked for: all indices above exist since. */
const apiVersion = 11;
const logError = 3;
const arenaAllocator = 1;
const defaultMemory = 0;
const floatElements = 1;

/** An opaque pointer into ONNX Runtime. */
export type Handle = unknown;
type Status = Handle | null;

export interface OrtApi {
  readonly version: string;
  readonly koffiVersion: string;
  /** The library's file. */
  readonly path: string;
  /** One pool of `threads` threads for every session; `spin` keeps idle threads busy-waiting. */
  createEnvironment(threads: number, spin: boolean): void;
  /** @param alone computes on the calling thread, without the pool */
  createSession(model: Uint8Array, alone: boolean): Handle;
  /** The address of a float32 tensor over memory that stays the caller's. */
  createTensor(address: bigint, bytes: number, shape: BigInt64Array): bigint;
  releaseTensor(tensor: bigint): void;
  /** @param inputs addresses of the tensors A, B and, where the model has a bias, D; the result goes into C */
  run(session: Handle, inputs: BigUint64Array, output: bigint): void;
  /** Native address of the first byte of a view. */
  address(view: Uint8Array): bigint;
}

/** The library's file on each platform that there is one for; `native/build.mjs` brings the same. */
const libraries: Readonly<Record<string, string>> = {
  'linux x64': 'libonnxruntime.so.1',
  'linux arm64': 'libonnxruntime.so.1',
  'darwin arm64': 'libonnxruntime.1.dylib',
  'win32 x64': 'onnxruntime.dll',
  'win32 arm64': 'onnxruntime.dll',
};

/**
 * ONNX Runtime's library of a platform, and its version.
 *
 * @throws MmxError `engine/unavailable` where the installation has none
 */
export function findLibrary(
  platform: string = process.platform,
  arch: string = process.arch,
): { path: string; version: string } {
  const folder = join(nativeFolder(), 'onnxruntime');
  const library = libraries[`${platform} ${arch}`];
  if (library === undefined) {
    const place = platform === 'darwin' && arch === 'x64' ? 'Intel Macs' : `${platform} ${arch}`;
    throw unavailable('ort', `ONNX Runtime has no library for ${place}`, 'use --engine wasm');
  }
  const path = join(folder, platform, arch, library);
  const about = join(folder, 'version.json');
  if (!existsSync(path) || !existsSync(about)) {
    throw unavailable(
      'ort',
      `ONNX Runtime's library is missing (${path})`,
      'install mmx again; in a checkout, npm run build',
    );
  }
  const { version } = JSON.parse(readFileSync(about, 'utf8')) as { version: string };
  return { path, version };
}

/** @throws MmxError `engine/unavailable` when the library is missing or cannot be loaded */
export function loadOrtApi(): OrtApi {
  const { path, version } = findLibrary();
  const koffi = loadKoffi('ort');
  // Read by the library as it is loaded: without it, it keeps a device id in the user's cache and looks up a host.
  process.env.ORT_DISABLE_TELEMETRY = '1';
  try {
    return bind(koffi, path, version);
  } catch (cause) {
    if (cause instanceof MmxError) throw cause;
    throw notLoaded('ort', path, 'install mmx again, or use --engine wasm', cause);
  }
}

function bind(koffi: Koffi, path: string, version: string): OrtApi {
  const base: Handle = koffi.load(path).func('void *OrtGetApiBase()')();
  const getApi = koffi.decode(base, 'void *') as Handle;
  const table: Handle = koffi.call(getApi, koffi.proto('void *(uint32_t)'), apiVersion);
  if (table === null)
    throw unavailable(
      'ort',
      `ONNX Runtime ${version} refused API version ${apiVersion}`,
      'install mmx again; in a checkout, npm run build',
    );

  const method = <T extends (...values: never[]) => unknown>(
    name: keyof typeof index,
    prototype: string,
  ): T => {
    const pointer = koffi.decode(table, index[name] * koffi.sizeof('void *'), 'void *') as Handle;
    const type = koffi.proto(prototype);
    return koffi.decode(pointer, type) as T;
  };
  type Out = [Handle];
  const message = method<(status: Handle) => string>('GetErrorMessage', 'const char *(void *)');
  const releaseStatus = method<(status: Handle) => void>('ReleaseStatus', 'void (void *)');
  const createThreading = method<(out: Out) => Status>('CreateThreadingOptions', 'void *(_Out_ void **)');
  const setThreads = method<(options: Handle, n: number) => Status>(
    'SetGlobalIntraOpNumThreads',
    'void *(void *, int)',
  );
  const setSpinning = method<(options: Handle, on: number) => Status>(
    'SetGlobalSpinControl',
    'void *(void *, int)',
  );
  const createEnv = method<(level: number, id: string, threading: Handle, out: Out) => Status>(
    'CreateEnvWithGlobalThreadPools',
    'void *(int, const char *, void *, _Out_ void **)',
  );
  const disableTelemetry = method<(env: Handle) => Status>('DisableTelemetryEvents', 'void *(void *)');
  const createOptions = method<(out: Out) => Status>('CreateSessionOptions', 'void *(_Out_ void **)');
  const setSessionThreads = method<(options: Handle, n: number) => Status>(
    'SetIntraOpNumThreads',
    'void *(void *, int)',
  );
  const shareThreads = method<(options: Handle) => Status>('DisablePerSessionThreads', 'void *(void *)');
  const createMemory = method<(allocator: number, type: number, out: Out) => Status>(
    'CreateCpuMemoryInfo',
    'void *(int, int, _Out_ void **)',
  );
  const newSession = method<
    (env: Handle, model: Uint8Array, size: number, options: Handle, out: Out) => Status
  >('CreateSessionFromArray', 'void *(void *, void *, size_t, void *, _Out_ void **)');
  const newTensor = method<
    (
      memory: Handle,
      data: bigint,
      size: number,
      shape: BigInt64Array,
      rank: number,
      type: number,
      out: BigUint64Array,
    ) => Status
  >('CreateTensorWithDataAsOrtValue', 'void *(void *, void *, size_t, int64_t *, size_t, int, void *)');
  const releaseTensor = method<(value: bigint) => void>('ReleaseValue', 'void (void *)');
  const run = method<
    (
      session: Handle,
      options: null,
      inputNames: BigUint64Array,
      inputs: BigUint64Array,
      inputCount: number,
      outputNames: BigUint64Array,
      outputCount: number,
      outputs: BigUint64Array,
    ) => Status
  >('Run', 'void *(void *, void *, void *, void *, size_t, void *, size_t, void *)');

  const check = (status: Status): void => {
    if (status === null) return;
    const reason = message(status);
    releaseStatus(status);
    throw new MmxError('engine/failed', `engine ort: ONNX Runtime failed (${reason})`, {
      hint: 'use --engine wasm',
    });
  };
  const created = (create: (out: Out) => Status): Handle => {
    const out: Out = [null];
    check(create(out));
    return out[0];
  };

  const memory = created((out) => createMemory(arenaAllocator, defaultMemory, out));
  let environment: Handle = null;
  let pooled: Handle = null;
  let alone: Handle = null;
  const address = (place: Handle | Uint8Array): bigint => BigInt(koffi.address(place) as bigint | number);
  // What every call passes is laid out once, in memory that stays where it is: koffi would convert it each time.
  const text = [...Buffer.from('A\0B\0D\0C\0')];
  const names: Handle = koffi.alloc('uint8_t', text.length);
  koffi.encode(names, koffi.array('uint8_t', text.length), text);
  const inputNames = BigUint64Array.from([0n, 2n, 4n], (offset) => address(names) + offset);
  const outputNames = BigUint64Array.of(address(names) + 6n);
  const result = new BigUint64Array(1);
  return {
    version,
    koffiVersion: koffi.version,
    path,
    createEnvironment(threads, spin) {
      const threading = created((out) => createThreading(out));
      check(setThreads(threading, threads));
      check(setSpinning(threading, spin ? 1 : 0));
      environment = created((out) => createEnv(logError, 'mmx', threading, out));
      // What the environment variable says as the library is loaded, said once more in the API's own way.
      check(disableTelemetry(environment));
      pooled = created((out) => createOptions(out));
      check(shareThreads(pooled));
      alone = created((out) => createOptions(out));
      check(setSessionThreads(alone, 1));
    },
    createSession: (model, isAlone) =>
      created((out) => newSession(environment, model, model.byteLength, isAlone ? alone : pooled, out)),
    createTensor(data, bytes, shape) {
      check(newTensor(memory, data, bytes, shape, shape.length, floatElements, result));
      return result[0] as bigint;
    },
    releaseTensor,
    run(session, inputs, output) {
      result[0] = output;
      check(run(session, null, inputNames, inputs, inputs.length, outputNames, 1, result));
    },
    address,
  };
}
