import { MmxError } from '../../errors.js';
import type { DevicePointer, Driver, Event, Stream } from './driver.js';

/** Every address the driver hands out is a multiple of this; so are the sizes asked of it. */
const granularity = 512;

/**
 * Device memory, kept for later tensors of like size when a tensor goes: asking the driver takes longer than most
 * kernels and waits for the GPU. Reuse needs no waiting, since everything happens in the order of one stream.
 */
export class DevicePool {
  readonly #driver: Driver;
  readonly #mayWait: boolean;
  readonly #free = new Map<number, DevicePointer[]>();
  readonly #all = new Set<DevicePointer>();
  #held = 0;
  #used = 0;

  /** @param mayWait false for a pool used while a step is recorded, when the GPU cannot be waited for */
  constructor(driver: Driver, mayWait = true) {
    this.#driver = driver;
    this.#mayWait = mayWait;
  }

  /** Bytes in tensors, rounded up as they are allocated. */
  get usedBytes(): number {
    return this.#used;
  }

  /** @throws MmxError `engine/out-of-memory` with the sizes */
  take(bytes: number): DevicePointer {
    const size = roundUp(bytes);
    const kept = this.#free.get(size)?.pop();
    const pointer = kept ?? this.#driver.allocate(size) ?? this.#afterReturning(size);
    if (pointer === undefined) throw this.#exhausted(size);
    if (kept === undefined) {
      this.#held += size;
      this.#all.add(pointer);
    }
    this.#used += size;
    return pointer;
  }

  give(pointer: DevicePointer, bytes: number): void {
    const size = roundUp(bytes);
    this.#used -= size;
    const kept = this.#free.get(size);
    if (kept === undefined) this.#free.set(size, [pointer]);
    else kept.push(pointer);
  }

  /** Gives all its memory, used or not, back to the driver. */
  close(): void {
    for (const pointer of this.#all) this.#driver.free(pointer);
    this.#all.clear();
    this.#free.clear();
    this.#held = 0;
    this.#used = 0;
  }

  /** Gives all kept memory back to the driver and asks it again. */
  #afterReturning(size: number): DevicePointer | undefined {
    if (!this.#mayWait) return undefined;
    this.#driver.synchronise();
    for (const [keptSize, pointers] of this.#free) {
      for (const pointer of pointers) {
        this.#driver.free(pointer);
        this.#all.delete(pointer);
        this.#held -= keptSize;
      }
    }
    this.#free.clear();
    return this.#driver.allocate(size);
  }

  #exhausted(size: number): MmxError {
    const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;
    const { free, total } = this.#driver.memory();
    return new MmxError(
      'engine/out-of-memory',
      `the GPU cannot hold ${mebibytes(size)} more: ${this.#driver.gpu.name} has ${mebibytes(total)}, this process ` +
        `holds ${mebibytes(this.#held)}, ${mebibytes(free)} are free`,
      { hint: 'use fewer --jobs, a smaller batch, model or corpus, or --engine ort' },
    );
  }
}

/** Multiples of 512 bytes; above 64 KiB, of an eighth of the power of two below, so that like sizes are one. */
function roundUp(bytes: number): number {
  const step = bytes <= 65536 ? granularity : 2 ** (Math.floor(Math.log2(bytes)) - 3);
  return Math.max(granularity, Math.ceil(bytes / step) * step);
}

/**
 * Page-locked memory through which values go to the GPU: the copy into it is the host's, the copy out of it the GPU's
 * own, while the host goes on. Two halves in turn; a half is filled anew when the GPU has read it.
 */
export class PinnedRing {
  readonly #driver: Driver;
  readonly #stream: Stream;
  readonly #halfBytes: number;
  readonly #bytes: Uint8Array;
  readonly #address: number;
  readonly #read: [Event, Event];
  #half: 0 | 1 = 0;
  #at = 0;

  constructor(driver: Driver, stream: Stream, halfBytes = 8 * 2 ** 20) {
    this.#driver = driver;
    this.#stream = stream;
    this.#halfBytes = halfBytes;
    const { view, address } = driver.pinned(2 * halfBytes);
    this.#bytes = new Uint8Array(view);
    this.#address = address;
    this.#read = [driver.createEvent(), driver.createEvent()];
  }

  /** Starts the copy of `source` to the device; `source` may change once this returns. */
  upload(source: Uint8Array, target: DevicePointer): void {
    for (let done = 0; done < source.byteLength; ) {
      if (this.#at === this.#halfBytes) this.#turn();
      const count = Math.min(source.byteLength - done, this.#halfBytes - this.#at);
      const place = this.#half * this.#halfBytes + this.#at;
      this.#bytes.set(source.subarray(done, done + count), place);
      this.#driver.copyToDevice(target + done, this.#address + place, count, this.#stream);
      done += count;
      // Sixteen bytes apart, so that no copy starts at an odd address.
      this.#at = Math.min(this.#halfBytes, Math.ceil((this.#at + count) / 16) * 16);
    }
  }

  #turn(): void {
    this.#driver.record(this.#read[this.#half], this.#stream);
    this.#half = this.#half === 0 ? 1 : 0;
    this.#driver.waitFor(this.#read[this.#half]);
    this.#at = 0;
  }
}
