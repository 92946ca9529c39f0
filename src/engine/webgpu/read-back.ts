/** What is used of a WebGPU buffer. */
export interface GpuBuffer {
  readonly size: number;
  readonly mapState: 'unmapped' | 'pending' | 'mapped';
  mapAsync(mode: number): Promise<void>;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
}

/** `GPUMapMode.READ` */
const read = 1;
/** Milliseconds of busy waiting before the thread sleeps between looks. */
const spin = 2;

/**
 * Maps a buffer for reading before it returns; the WebGPU standard knows only `mapAsync`.
 *
 * Dawn for Node answers promises from a function that it hands to `setImmediate`, which it looks up in the
 * global object each time. While this waits, that function is caught and called here, over and over, until the
 * buffer is mapped: the loop Node.js would run, with nothing else in between. (tfjs's own synchronous read
 * draws the buffer on a canvas, which Node.js does not have.)
 * @throws Error when the buffer does not become mapped (the device was lost, or Dawn waits in another way)
 */
export function mapNow(buffer: GpuBuffer): void {
  const ticks = [...left];
  left.clear();
  const { setImmediate } = globalThis;
  const caught = (tick: () => void): void => {
    ticks.push(tick);
  };
  globalThis.setImmediate = caught as unknown as typeof setImmediate;
  try {
    // The state says how it went; a rejection nobody hears would end the process.
    buffer.mapAsync(read).catch(() => undefined);
    const start = performance.now();
    while (buffer.mapState === 'pending') {
      const tick = ticks.shift();
      if (tick === undefined) throw new Error('Dawn does not wait through setImmediate');
      tick();
      if (buffer.mapState === 'pending' && performance.now() - start > spin) doze();
    }
  } finally {
    globalThis.setImmediate = setImmediate;
    for (const tick of ticks) {
      left.add(tick);
      setImmediate(() => left.delete(tick) && tick());
    }
  }
  if (buffer.mapState !== 'mapped') throw new Error('the GPU did not return its results');
}

/** Dawn's function where it still waits for something else: for the event loop or the next wait here. */
const left = new Set<() => void>();

const idle = new Int32Array(new SharedArrayBuffer(4));

/** A tenth of a millisecond for others. */
function doze(): void {
  Atomics.wait(idle, 0, 0, 0.1);
}
