import { MmxError } from '../../errors.js';
import type { Koffi } from '../koffi.js';
import { unavailable } from '../unavailable.js';
import { bindDriver, type DriverFunctions } from './driver-functions.js';
import type { LoadedLibrary } from './libraries.js';

/**
 * The CUDA driver API, called through koffi, and nothing of the runtime. Handles and device addresses are plain
 * numbers: addresses of x86-64 and Arm lie below 2^53.
 */
export type DevicePointer = number;
export type Stream = number;
export type Event = number;
export type KernelFunction = number;
export type GraphExec = number;

export interface Gpu {
  readonly name: string;
  /** Compute capability, e.g. [9, 0]. */
  readonly capability: readonly [number, number];
  readonly multiprocessors: number;
  readonly totalBytes: number;
}

type Out = [number | bigint];

const success = 0;
const outOfMemory = 2;
const attributes = { multiprocessors: 16, major: 75, minor: 76 } as const;
/** Launches made while a stream is captured are recorded whichever thread makes other calls. */
const relaxedCapture = 2;
const noTiming = 2;
const nonBlocking = 1;

/** Bytes of the region in which the arguments of a launch are laid out. */
const argumentBytes = 512;

export type ArgumentKind = 'pointer' | 'int' | 'float' | 'double';
const argumentSizes: Readonly<Record<ArgumentKind, number>> = { pointer: 8, int: 4, float: 4, double: 8 };

/** A kernel ready to be launched. */
export interface LoadedKernel {
  readonly function: KernelFunction;
  readonly kinds: readonly ArgumentKind[];
  readonly offsets: readonly number[];
  /** Native address of the table of argument addresses. */
  readonly table: number;
}

/** One GPU, one context, one stream on which everything happens in order, and a second one for copies. */
export class Driver {
  readonly gpu: Gpu;
  /** e.g. `13.0`: newest CUDA the driver runs. */
  readonly cudaVersion: string;
  readonly path: string;
  readonly stream: Stream;
  readonly copyStream: Stream;
  readonly #koffi: Koffi;
  readonly #call: DriverFunctions;
  readonly #arguments = new DataView(new ArrayBuffer(argumentBytes));
  readonly #argumentAddress: number;
  readonly #tables: BigUint64Array[] = [];

  /** @throws MmxError `engine/unavailable` when there is no GPU that works */
  constructor(koffi: Koffi, { handle, path }: LoadedLibrary) {
    this.#koffi = koffi;
    this.path = path;
    this.#call = bindDriver(handle, path);
    const version: Out = [0];
    const started = this.#call.cuInit(0);
    if (started !== success) {
      throw unavailable(
        'cuda',
        `the driver does not start (${this.#errorName(started)})`,
        'nvidia-smi tells more; in a container, start it with --gpus all',
      );
    }
    this.#check('cuDriverGetVersion', this.#call.cuDriverGetVersion(version));
    const number = Number(version[0]);
    this.cudaVersion = `${Math.floor(number / 1000)}.${Math.floor((number % 1000) / 10)}`;
    if (number < 11080) {
      throw unavailable(
        'cuda',
        `the driver supports CUDA up to ${this.cudaVersion}, but 11.8 is needed`,
        'install a newer NVIDIA driver',
      );
    }
    const count: Out = [0];
    this.#check('cuDeviceGetCount', this.#call.cuDeviceGetCount(count));
    if (Number(count[0]) === 0) {
      throw unavailable(
        'cuda',
        'the driver finds no GPU',
        'CUDA_VISIBLE_DEVICES may hide it; nvidia-smi -L lists them',
      );
    }
    const device: Out = [0];
    this.#check('cuDeviceGet', this.#call.cuDeviceGet(device, 0));
    this.gpu = this.#describe(Number(device[0]));
    const context = this.#created('cuDevicePrimaryCtxRetain', (out) =>
      this.#call.cuDevicePrimaryCtxRetain(out, Number(device[0])),
    );
    this.#check('cuCtxSetCurrent', this.#call.cuCtxSetCurrent(context));
    this.stream = this.#created('cuStreamCreate', (out) => this.#call.cuStreamCreate(out, nonBlocking));
    this.copyStream = this.#created('cuStreamCreate', (out) => this.#call.cuStreamCreate(out, nonBlocking));
    this.#argumentAddress = this.address(this.#arguments);
  }

  /** Native address of the first byte of a view whose buffer the caller keeps. */
  address(view: ArrayBufferView): number {
    return Number(this.#koffi.address(view as Uint8Array));
  }

  /** @param ptx text of a module; the driver compiles it for this GPU and keeps the result in its own cache */
  loadModule(ptx: string): number {
    const text = Buffer.from(`${ptx}\0`, 'utf8');
    return this.#created('cuModuleLoadData', (out) => this.#call.cuModuleLoadData(out, text));
  }

  kernel(module: number, name: string, kinds: readonly ArgumentKind[]): LoadedKernel {
    const found = this.#created(`cuModuleGetFunction ${name}`, (out) =>
      this.#call.cuModuleGetFunction(out, module, name),
    );
    const offsets: number[] = [];
    let end = 0;
    for (const kind of kinds) {
      const size = argumentSizes[kind];
      const offset = Math.ceil(end / size) * size;
      offsets.push(offset);
      end = offset + size;
    }
    const table = BigUint64Array.from(offsets, (offset) => BigInt(this.#argumentAddress + offset));
    this.#tables.push(table);
    return { function: found, kinds, offsets, table: this.address(table) };
  }

  /** Arguments are copied by the driver before it returns, so their place is used again at once. */
  launch(
    kernel: LoadedKernel,
    blocks: readonly [number, number],
    threads: readonly [number, number],
    values: readonly number[],
  ): void {
    const { kinds, offsets } = kernel;
    const view = this.#arguments;
    for (let i = 0; i < kinds.length; i++) {
      const offset = offsets[i] as number;
      const value = values[i] as number;
      switch (kinds[i]) {
        case 'int':
          view.setInt32(offset, value, true);
          break;
        case 'float':
          view.setFloat32(offset, value, true);
          break;
        case 'double':
          view.setFloat64(offset, value, true);
          break;
        default:
          view.setUint32(offset, value % 0x1_0000_0000, true);
          view.setUint32(offset + 4, Math.floor(value / 0x1_0000_0000), true);
      }
    }
    this.#check(
      'cuLaunchKernel',
      this.#call.cuLaunchKernel(
        kernel.function,
        blocks[0],
        blocks[1],
        1,
        threads[0],
        threads[1],
        1,
        0,
        this.stream,
        kernel.table,
        0,
      ),
    );
  }

  /** Device memory, or undefined when there is no more. */
  allocate(bytes: number): DevicePointer | undefined {
    const out: Out = [0];
    const status = this.#call.cuMemAlloc(out, bytes);
    if (status === outOfMemory) return undefined;
    this.#check('cuMemAlloc', status);
    return Number(out[0]);
  }

  free(pointer: DevicePointer): void {
    this.#check('cuMemFree', this.#call.cuMemFree(pointer));
  }

  memory(): { free: number; total: number } {
    const [free, total]: [Out, Out] = [[0], [0]];
    this.#check('cuMemGetInfo', this.#call.cuMemGetInfo(free, total));
    return { free: Number(free[0]), total: Number(total[0]) };
  }

  /** Page-locked memory of the host, which the GPU copies to and from by itself; held until it is unpinned. */
  pinned(bytes: number): { view: ArrayBuffer; address: number } {
    const address = this.#created('cuMemHostAlloc', (out) => this.#call.cuMemHostAlloc(out, bytes, 0));
    return { view: this.#koffi.view(BigInt(address), bytes), address };
  }

  unpin(address: number): void {
    this.#check('cuMemFreeHost', this.#call.cuMemFreeHost(address));
  }

  copyToDevice(target: DevicePointer, source: number, bytes: number, stream: Stream): void {
    this.#check('copy to the GPU', this.#call.cuMemcpyHtoDAsync(target, source, bytes, stream));
  }

  copyToHost(target: number, source: DevicePointer, bytes: number): void {
    this.#check('copy from the GPU', this.#call.cuMemcpyDtoHAsync(target, source, bytes, this.stream));
  }

  copyOnDevice(target: DevicePointer, source: DevicePointer, bytes: number): void {
    this.#check('copy on the GPU', this.#call.cuMemcpyDtoDAsync(target, source, bytes, this.stream));
  }

  /** Waits until everything given to the GPU is done. */
  synchronise(stream: Stream = this.stream): void {
    this.#check('the work given to the GPU', this.#call.cuStreamSynchronize(stream));
  }

  createEvent(): Event {
    return this.#created('cuEventCreate', (out) => this.#call.cuEventCreate(out, noTiming));
  }

  destroyEvent(event: Event): void {
    this.#check('cuEventDestroy', this.#call.cuEventDestroy(event));
  }

  record(event: Event, stream: Stream): void {
    this.#check('cuEventRecord', this.#call.cuEventRecord(event, stream));
  }

  /** Blocks this thread until the event has passed. */
  waitFor(event: Event): void {
    this.#check('the work given to the GPU', this.#call.cuEventSynchronize(event));
  }

  /** Lets a stream, not this thread, wait for an event of another. */
  follow(stream: Stream, event: Event): void {
    this.#check('cuStreamWaitEvent', this.#call.cuStreamWaitEvent(stream, event, 0));
  }

  /** Everything that `body` launches is recorded instead of run. */
  capture(body: () => void): GraphExec {
    this.#check('cuStreamBeginCapture', this.#call.cuStreamBeginCapture(this.stream, relaxedCapture));
    try {
      body();
    } catch (error) {
      this.#call.cuStreamEndCapture(this.stream, [0]);
      throw error;
    }
    const graph = this.#created('cuStreamEndCapture', (out) =>
      this.#call.cuStreamEndCapture(this.stream, out),
    );
    try {
      return this.#created('cuGraphInstantiate', (out) =>
        this.#call.cuGraphInstantiateWithFlags(out, graph, 0),
      );
    } finally {
      this.#call.cuGraphDestroy(graph);
    }
  }

  replay(graph: GraphExec): void {
    this.#check('cuGraphLaunch', this.#call.cuGraphLaunch(graph, this.stream));
  }

  destroyGraph(graph: GraphExec): void {
    this.#check('cuGraphExecDestroy', this.#call.cuGraphExecDestroy(graph));
  }

  #describe(device: number): Gpu {
    const attribute = (which: number): number => {
      const out: Out = [0];
      this.#check('cuDeviceGetAttribute', this.#call.cuDeviceGetAttribute(out, which, device));
      return Number(out[0]);
    };
    const name = Buffer.alloc(256);
    this.#check('cuDeviceGetName', this.#call.cuDeviceGetName(name, name.length, device));
    const total: Out = [0];
    this.#check('cuDeviceTotalMem', this.#call.cuDeviceTotalMem(total, device));
    return {
      name: name.toString('utf8', 0, name.indexOf(0)),
      capability: [attribute(attributes.major), attribute(attributes.minor)],
      multiprocessors: attribute(attributes.multiprocessors),
      totalBytes: Number(total[0]),
    };
  }

  #created(what: string, create: (out: Out) => number): number {
    const out: Out = [0];
    this.#check(what, create(out));
    return Number(out[0]);
  }

  #check(what: string, status: number): void {
    if (status === success) return;
    throw new MmxError('engine/failed', `engine cuda: ${what} failed (${this.#errorName(status)})`, {
      hint: 'nvidia-smi tells the state of the GPU; --engine ort computes without it',
    });
  }

  #errorName(status: number): string {
    const [name, text]: [[string | null], [string | null]] = [[null], [null]];
    this.#call.cuGetErrorName(status, name);
    this.#call.cuGetErrorString(status, text);
    return name[0] === null ? `error ${status}` : `${name[0]}: ${text[0]}`;
  }
}
