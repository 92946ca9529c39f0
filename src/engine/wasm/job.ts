/** Most parts of one job, and most arguments of a kernel. */
export const mostParts = 64;
const mostArguments = 16;

/** Places of the words that threads tell each other by, one cache line in all. */
const call = 0;
const ticket = 1;
const extent = 2;
const finished = 3;
const failed = 4;
const kernel = 5;
const width = 6;
const words = 16;

/** A generation number and a count of parts share a word: a claim says which job it was made for. */
const countBits = 12;
const countMask = (1 << countBits) - 1;
const generationMask = (1 << 18) - 1;

/** Turns of waiting for the last part before the thread sleeps: some 20 microseconds. */
const turns = 2000;

/** Computes one part: a kernel by its number, and its arguments. */
export type RunPart = (kernel: number, values: readonly number[]) => void;

/**
 * One job at a time, in parts that any thread may take: calls of one kernel with different arguments, laid out
 * in shared memory. The thread that asks for it takes parts like the others, so a thread that wakes late, or
 * never, costs nothing but its help.
 *
 * A claim is one atomic addition to a word that holds the job's generation and the number of parts claimed so
 * far. It counts only when the word with the number of parts is of the same generation, and then the arguments
 * stay until the part is finished, for the job is not over before. So a thread that is late by a job cannot
 * take a part of the next one twice.
 */
export class Job {
  /** Bytes of shared memory, at a multiple of 8. */
  static readonly bytes = 4 * words + 8 * mostParts * mostArguments;

  readonly #words: Int32Array;
  readonly #arguments: Float64Array;

  constructor(memory: WebAssembly.Memory, offset: number) {
    this.#words = new Int32Array(memory.buffer, offset, words);
    this.#arguments = new Float64Array(memory.buffer, offset + 4 * words, mostParts * mostArguments);
  }

  /**
   * Has every part computed once, on this thread and those that serve the job.
   * @param parts arguments of the kernel's calls, as many for each
   * @throws whatever the kernel throws on this thread, and Error when it failed on another
   */
  run(kernelNumber: number, parts: readonly (readonly number[])[], compute: RunPart): void {
    const columns = parts[0]?.length ?? 0;
    if (parts.length > mostParts || columns > mostArguments) throw new RangeError('too large a job');
    const shared = this.#words;
    parts.forEach((values, part) => {
      this.#arguments.set(values, part * columns);
    });
    const generation = (((shared[extent] ?? 0) >> countBits) + 1) & generationMask;
    shared[kernel] = kernelNumber;
    shared[width] = columns;
    Atomics.store(shared, failed, 0);
    Atomics.store(shared, finished, 0);
    Atomics.store(shared, extent, (generation << countBits) | parts.length);
    Atomics.store(shared, ticket, generation << countBits);
    Atomics.add(shared, call, 1);
    Atomics.notify(shared, call);
    const error = this.#takeParts(compute);
    for (let turn = 0; turn < turns && Atomics.load(shared, finished) < parts.length; turn++);
    for (;;) {
      const done = Atomics.load(shared, finished);
      if (done >= parts.length) break;
      Atomics.wait(shared, finished, done);
    }
    if (error !== undefined) throw error;
    if (Atomics.load(shared, failed) !== 0) throw new Error('a kernel failed on another thread');
  }

  /** Takes part in jobs for as long as the thread lives. */
  serve(compute: RunPart): never {
    const shared = this.#words;
    let heard = 0;
    for (;;) {
      Atomics.wait(shared, call, heard);
      heard = Atomics.load(shared, call);
      this.#takeParts(compute);
    }
  }

  /**
   * Computes parts while there are any. One that fails counts as finished, for the thread that asked waits for all
   * of them before it throws: none may be under way when the next job begins.
   * @returns the first error
   */
  #takeParts(compute: RunPart): unknown {
    const shared = this.#words;
    let first: unknown;
    for (;;) {
      const claim = Atomics.add(shared, ticket, 1);
      const all = Atomics.load(shared, extent);
      const part = claim & countMask;
      if (claim >> countBits !== all >> countBits || part >= (all & countMask)) return first;
      const columns = shared[width] ?? 0;
      const values = this.#arguments.subarray(part * columns, (part + 1) * columns);
      try {
        compute(shared[kernel] ?? 0, Array.from(values));
      } catch (error) {
        first ??= error;
        Atomics.store(shared, failed, 1);
      }
      Atomics.add(shared, finished, 1);
      Atomics.notify(shared, finished);
    }
  }
}
