import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { Job, mostParts } from '../../../../src/engine/wasm/job.js';
import { packageRoot } from '../../../../src/package-root.js';

/** A job in shared memory, and behind it one counter for every part. */
const counters = Math.ceil(Job.bytes / 64) * 64;
const started: Worker[] = [];

function sharedJob(): { memory: WebAssembly.Memory; job: Job; counts: Int32Array } {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  return { memory, job: new Job(memory, 0), counts: new Int32Array(memory.buffer, counters, mostParts + 1) };
}

/** Threads that serve the job with a function given as text. */
async function serve(memory: WebAssembly.Memory, threads: number, compute: string): Promise<void> {
  const job = pathToFileURL(join(packageRoot(), 'dist', 'engine', 'wasm', 'job.js')).href;
  const script = `
    const { workerData: memory, parentPort } = require('node:worker_threads');
    const counts = new Int32Array(memory.buffer, ${counters}, ${mostParts + 1});
    import(${JSON.stringify(job)}).then(({ Job }) => {
      parentPort.postMessage('serving');
      new Job(memory, 0).serve(${compute});
    });`;
  for (let i = 0; i < threads; i++) {
    const worker = new Worker(script, { eval: true, workerData: memory });
    started.push(worker);
    await once(worker, 'message');
  }
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((worker) => worker.terminate()));
});

describe('a job', () => {
  test('has every part computed once, however many threads race for it and whoever comes late', async () => {
    const { memory, job, counts } = sharedJob();
    await serve(memory, 3, '(kernel, [part, rounds]) => Atomics.add(counts, part, kernel * rounds)');
    for (let round = 0; round < 5000; round++) {
      counts.fill(0);
      const parts = 1 + ((round * 7) % mostParts);
      const list = Array.from({ length: parts }, (_, part) => [part, round + 1]);
      job.run(2, list, (kernel, [part = 0, rounds = 0]) => Atomics.add(counts, part, kernel * rounds));
      const expected = Array.from({ length: mostParts + 1 }, (_, i) => (i < parts ? 2 * (round + 1) : 0));
      expect(Array.from(counts)).toEqual(expected);
    }
  });

  test('is done without any other thread', () => {
    const { job, counts } = sharedJob();
    job.run(1, [[0], [1], [1]], (_, [part = 0]) => {
      counts[part] = (counts[part] ?? 0) + 1;
    });
    expect(Array.from(counts.subarray(0, 3))).toEqual([1, 2, 0]);
  });

  test('that fails on another thread fails here, and the next one does not', async () => {
    const { memory, job, counts } = sharedJob();
    await serve(
      memory,
      1,
      `(kernel) => {
        Atomics.store(counts, 0, 1);
        if (kernel === 1) throw new Error('no');
      }`,
    );
    // This thread holds its part until the other has taken one.
    const wait = () => {
      while (Atomics.load(counts, 0) === 0);
    };
    expect(() => job.run(1, [[0], [0]], wait)).toThrow('a kernel failed on another thread');
    counts[0] = 0;
    job.run(0, [[0], [0]], wait);
    expect(counts[0]).toBe(1);
  });

  test('that fails on this thread throws its error', () => {
    const { job } = sharedJob();
    const fail = () => {
      throw new Error('out of bounds');
    };
    expect(() => job.run(0, [[0]], fail)).toThrow('out of bounds');
  });

  test('with too many parts or arguments is refused', () => {
    const { job } = sharedJob();
    const nothing = () => {};
    expect(() => job.run(0, new Array(mostParts + 1).fill([0]), nothing)).toThrow(RangeError);
    expect(() => job.run(0, [new Array(17).fill(0)], nothing)).toThrow(RangeError);
  });
});
