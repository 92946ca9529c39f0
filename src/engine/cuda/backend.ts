import * as tf from '@tensorflow/tfjs-core';
import { MmxError } from '../../errors.js';
import type { Changing, ChangingTable } from '../changing.js';
import { jumpTables } from '../jump-tables.js';
import type { Cublas } from './cublas.js';
import type { DevicePointer, Driver } from './driver.js';
import type { Kernels } from './kernels.js';
import { DevicePool, Landing, PinnedRing } from './memory.js';

/** What a tensor's data is. Bools are the ints 0 and 1 on the device. */
interface DataRecord {
  readonly dtype: tf.DataType;
  /** Elements, of four bytes each. */
  readonly size: number;
  refCount: number;
  /** 0 while the value is on the host alone. */
  pointer: DevicePointer;
  /** A single number made on the host: kernels take it as an argument, and it is uploaded only where that won't do. */
  readonly constant: number | undefined;
  /** The arena of a recorded step, when the memory is its. */
  readonly arena: Arena | undefined;
  /** A constant that every replay reads: its memory is taken for good. */
  kept?: boolean;
  /** Where values arrive that are streamed to it. */
  landing?: Landing;
}

/** Memory of a recorded step: what one of its tensors gives back only another of them may take. */
export interface Arena {
  readonly pool: DevicePool;
  readonly numbers: ChangingTable;
  /** Device address of the changing numbers. */
  readonly table: DevicePointer;
}

const bytesPerElement = 4;
/** Reads up to this size go through page-locked memory. */
const readBytes = 2 ** 20;
/** Kernels count elements in 32 bits. */
const mostElements = 2 ** 30;

type Values = Float32Array | Int32Array | Uint8Array;

/** A tfjs backend whose tensors lie in the memory of an NVIDIA GPU; all work goes, in order, into one stream. */
export class CudaBackend extends tf.KernelBackend {
  readonly driver: Driver;
  readonly kernels: Kernels;
  readonly cublas: Cublas;
  readonly #data = new WeakMap<object, DataRecord>();
  readonly #pool: DevicePool;
  readonly #uploads: PinnedRing;
  /** For what is uploaded beside the work of the main stream. */
  readonly #asides: PinnedRing;
  readonly #reads: { readonly view: ArrayBuffer; readonly address: number };
  #count = 0;
  #jumps: DevicePointer | undefined;
  #arena: Arena | undefined;

  constructor(driver: Driver, kernels: Kernels, cublas: Cublas) {
    super();
    this.driver = driver;
    this.kernels = kernels;
    this.cublas = cublas;
    this.#pool = new DevicePool(driver);
    this.#uploads = new PinnedRing(driver, driver.stream);
    this.#asides = new PinnedRing(driver, driver.copyStream);
    this.#reads = driver.pinned(readBytes);
  }

  // ---- What tfjs asks of a backend

  override write(values: tf.backend_util.TypedArray, shape: number[], dtype: tf.DataType): tf.DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(
    dataId: tf.DataId,
    values: tf.backend_util.TypedArray,
    shape: number[],
    dtype: tf.DataType,
    refCount: number,
  ): void {
    const size = sizeOf(shape, dtype);
    if (values === undefined || values === null) throw new Error('a tensor comes without values');
    if (size === 1 && dtype === 'float32') {
      this.#add(dataId, { dtype, size, refCount, pointer: 0, constant: Number(values[0]), arena: undefined });
      return;
    }
    const pointer = this.#take(size);
    this.#upload(asDeviceBytes(values, dtype), pointer);
    this.#add(dataId, { dtype, size, refCount, pointer, constant: undefined, arena: undefined });
  }

  override async read(dataId: object): Promise<tf.backend_util.TypedArray> {
    return this.readSync(dataId);
  }

  override readSync(dataId: object): Values {
    if (this.#arena !== undefined) {
      throw new MmxError('engine/failed', 'engine cuda: a step that is recorded cannot read its results');
    }
    const { dtype, size, pointer, constant } = this.#record(dataId);
    if (constant !== undefined && pointer === 0) return Float32Array.of(constant);
    const bytes = bytesPerElement * size;
    const words = new Int32Array(size);
    if (size > 0 && bytes <= readBytes) {
      this.driver.copyToHost(this.#reads.address, pointer, bytes);
      this.driver.synchronise();
      words.set(new Int32Array(this.#reads.view, 0, size));
    } else if (size > 0) {
      this.driver.copyToHost(this.driver.address(words), pointer, bytes);
      this.driver.synchronise();
    }
    if (dtype === 'int32') return words;
    return dtype === 'bool' ? Uint8Array.from(words) : new Float32Array(words.buffer);
  }

  override numDataIds(): number {
    return this.#count;
  }

  override refCount(dataId: object): number {
    return this.#data.get(dataId)?.refCount ?? 0;
  }

  override incRef(dataId: object): void {
    this.#record(dataId).refCount++;
  }

  override disposeData(dataId: object, force = false): boolean {
    const record = this.#data.get(dataId);
    if (record === undefined) return true;
    record.refCount--;
    if (!force && record.refCount > 0) return false;
    this.#data.delete(dataId);
    this.#count--;
    record.landing?.close();
    if (record.pointer !== 0 && !record.kept) {
      (record.arena?.pool ?? this.#pool).give(record.pointer, bytesPerElement * record.size);
    }
    return true;
  }

  override memory(): { unreliable: boolean; numBytesInGpu: number } {
    return { unreliable: false, numBytesInGpu: this.#pool.usedBytes };
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override timerAvailable(): boolean {
    return false;
  }

  /** Gives the memory of all tensors back; none may be used afterwards. */
  override dispose(): void {
    this.driver.synchronise();
    this.#pool.close();
  }

  // ---- What the kernels ask of it

  /** Device address of a tensor's data. Valid until the tensor is disposed or assigned. */
  pointer(tensor: tf.TensorInfo): DevicePointer {
    const record = this.#record(tensor.dataId);
    if (record.pointer === 0 && record.size > 0) this.#bringOver(record);
    return record.pointer;
  }

  /** The value of a tensor of one element that was made on the host and is not on the device. */
  constant(tensor: tf.TensorInfo): number | undefined {
    const { pointer, constant } = this.#record(tensor.dataId);
    return pointer === 0 ? constant : undefined;
  }

  /** A new tensor with whatever was in the memory before. */
  output(shape: number[], dtype: tf.DataType = 'float32'): tf.TensorInfo {
    const size = sizeOf(shape, dtype);
    const dataId = {};
    const pointer = this.#take(size);
    this.#add(dataId, { dtype, size, refCount: 1, pointer, constant: undefined, arena: this.#arena });
    return { dataId, shape, dtype };
  }

  /** Another view of a tensor's data. */
  view(tensor: tf.TensorInfo, shape: number[]): tf.TensorInfo {
    this.incRef(tensor.dataId);
    return { dataId: tensor.dataId, shape, dtype: tensor.dtype };
  }

  /** Gives an intermediate result of a kernel back. */
  release(tensor: tf.TensorInfo): void {
    this.disposeData(tensor.dataId);
  }

  /** Whether other tensors (a clone, a reshape, the tensor a variable was made of) share the data. */
  shared(tensor: tf.TensorInfo): boolean {
    return this.#record(tensor.dataId).refCount > 1;
  }

  /** Overwrites part of a tensor with values of the host, after all the work that was given to the GPU before. */
  overwrite(tensor: tf.TensorInfo, values: Float32Array | Int32Array, from: number): void {
    const { size } = this.#record(tensor.dataId);
    if (from + values.length > size)
      throw new RangeError(`${values.length} values do not fit at ${from} of ${size}`);
    this.#upload(asBytes(values), this.pointer(tensor) + bytesPerElement * from);
  }

  /** Overwrites a tensor with values of the host that travel while the main stream still works. */
  stream(tensor: tf.TensorInfo, values: Float32Array): void {
    const record = this.#record(tensor.dataId);
    if (values.length !== record.size) throw new RangeError(`${values.length} values for ${record.size}`);
    record.landing ??= new Landing(this.driver, this.#pool, values.byteLength);
    record.landing.receive(asBytes(values), this.#asides, this.pointer(tensor));
  }

  /** A number's place in the table of the step that is being recorded, null for a plain number. */
  late(x: Changing): DevicePointer {
    if (typeof x === 'number') return 0;
    if (this.#arena === undefined || x.table !== this.#arena.numbers) {
      throw new Error('a changing number outside the recording it belongs to');
    }
    return this.#arena.table + 8 * x.place;
  }

  /** Tables with which threads jump ahead in the generator of keyed noise. */
  jumpTables(): DevicePointer {
    if (this.#jumps === undefined) {
      const tables = jumpTables();
      this.#jumps = this.#pool.take(tables.byteLength);
      this.#upload(asBytes(tables), this.#jumps);
    }
    return this.#jumps;
  }

  /** Bytes of device memory that new tensors could take now. */
  freeBytes(): number {
    return this.driver.memory().free;
  }

  // ---- What the recorder asks of it

  /** Runs `body` while its memory comes from the arena. */
  within(arena: Arena, body: () => void): void {
    if (this.#arena !== undefined) throw new Error('a step is being recorded already');
    this.#arena = arena;
    try {
      body();
    } finally {
      this.#arena = undefined;
    }
  }

  #add(dataId: object, record: DataRecord): void {
    this.#data.set(dataId, record);
    this.#count++;
  }

  #record(dataId: object): DataRecord {
    const record = this.#data.get(dataId);
    if (record === undefined) throw new Error('tensor is not on the GPU');
    return record;
  }

  #take(size: number): DevicePointer {
    if (size > mostElements) {
      throw new MmxError(
        'engine/failed',
        `engine cuda: a tensor of ${size} elements; ${mostElements} is the most`,
      );
    }
    return size === 0 ? 0 : (this.#arena?.pool ?? this.#pool).take(bytesPerElement * size);
  }

  /** A constant that a kernel wants in memory. What a recorded step reads so is uploaded once, before it ever runs. */
  #bringOver(record: DataRecord): void {
    const bytes = asBytes(Float32Array.of(record.constant ?? Number.NaN));
    if (this.#arena === undefined) {
      record.pointer = this.#pool.take(bytes.byteLength);
      this.#uploads.upload(bytes, record.pointer);
      return;
    }
    record.pointer = this.#arena.pool.take(bytes.byteLength);
    record.kept = true;
    this.#asides.upload(bytes, record.pointer);
    this.driver.synchronise(this.driver.copyStream);
  }

  #upload(bytes: Uint8Array, target: DevicePointer): void {
    if (bytes.byteLength === 0) return;
    if (this.#arena !== undefined) {
      throw new MmxError(
        'engine/failed',
        'engine cuda: a step that is recorded takes values from the host; make them before it',
      );
    }
    this.#uploads.upload(bytes, target);
  }
}

function sizeOf(shape: number[], dtype: tf.DataType): number {
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') {
    throw new MmxError('engine/failed', `engine cuda: it holds no tensors of type ${dtype}`);
  }
  return tf.util.sizeFromShape(shape);
}

const asBytes = (values: ArrayBufferView): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

function asDeviceBytes(values: tf.backend_util.TypedArray, dtype: tf.DataType): Uint8Array {
  const words = dtype === 'float32' ? Float32Array : Int32Array;
  return asBytes(values instanceof words ? values : words.from(values));
}
