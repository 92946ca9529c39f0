import * as tf from '@tensorflow/tfjs-core';
import { ChangingTable } from '../changing.js';
import type { Recorder, Replayable, ReplayBody } from '../replay.js';
import type { Arena, CudaBackend } from './backend.js';
import type { Event, GraphExec } from './driver.js';
import { DevicePool } from './memory.js';

/** Numbers of one recorded step, given and derived. */
const tableNumbers = 64;
/** Replays between two looks at how far the GPU is: the host is never more than twice this ahead. */
const stride = 128;
/** Tables in page-locked memory: one a replay, more than there can be replays in flight. */
const slots = 4 * stride;

/**
 * Records steps as CUDA graphs. The first run of a body happens as it is: it loads kernels, lets cuBLAS choose, gives
 * variables memory of their own. The second is captured; from then on the graph is launched, after the numbers that
 * changed were copied to where its kernels read them. `MMX_CUDA_GRAPHS=0` runs every step as it is.
 */
export function cudaRecorder(backend: CudaBackend): Recorder {
  return (names, body) =>
    process.env.MMX_CUDA_GRAPHS === '0' ? unrecorded(body) : new RecordedStep(backend, names, body);
}

function unrecorded<Name extends string>(body: ReplayBody<Name>): Replayable<Name> {
  return { run: (numbers) => tf.tidy(() => body(numbers)), dispose: () => {} };
}

class RecordedStep<Name extends string> implements Replayable<Name> {
  readonly #backend: CudaBackend;
  readonly #names: readonly Name[];
  readonly #body: ReplayBody<Name>;
  readonly #arena: Arena;
  readonly #slots: Float64Array;
  readonly #slotAddress: number;
  readonly #passed: [Event, Event];
  #graph: GraphExec | undefined;
  #runs = 0;
  #replays = 0;

  constructor(backend: CudaBackend, names: readonly Name[], body: ReplayBody<Name>) {
    this.#backend = backend;
    this.#names = names;
    this.#body = body;
    const { driver } = backend;
    const pool = new DevicePool(driver, false);
    const tableBytes = 8 * tableNumbers;
    this.#arena = { pool, numbers: new ChangingTable(tableNumbers), table: pool.take(tableBytes) };
    const { view, address } = driver.pinned(slots * tableBytes);
    this.#slots = new Float64Array(view);
    this.#slotAddress = address;
    this.#passed = [driver.createEvent(), driver.createEvent()];
  }

  run(numbers: Readonly<Record<Name, number>>): void {
    if (this.#runs++ === 0) {
      tf.tidy(() => this.#body(numbers));
      return;
    }
    this.#graph ??= this.#capture();
    this.#send(this.#names.map((name) => numbers[name]));
    this.#backend.driver.replay(this.#graph);
    this.#keepPace();
  }

  dispose(): void {
    const { driver } = this.#backend;
    driver.synchronise();
    if (this.#graph !== undefined) driver.destroyGraph(this.#graph);
    this.#graph = undefined;
    this.#arena.pool.close();
    driver.unpin(this.#slotAddress);
    for (const event of this.#passed) driver.destroyEvent(event);
  }

  #capture(): GraphExec {
    const { numbers } = this.#arena;
    const places = numbers.give(this.#names.length);
    const changing = Object.fromEntries(this.#names.map((name, i) => [name, places[i]])) as never;
    return this.#backend.driver.capture(() => {
      this.#backend.within(this.#arena, () => tf.tidy(() => this.#body(changing)));
    });
  }

  #send(given: readonly number[]): void {
    const slot = this.#replays % slots;
    const values = this.#arena.numbers.fill(given);
    this.#slots.set(values, slot * tableNumbers);
    const { driver } = this.#backend;
    driver.copyToDevice(
      this.#arena.table,
      this.#slotAddress + 8 * slot * tableNumbers,
      values.byteLength,
      driver.stream,
    );
  }

  /** Waits, now and then, for replays of a while ago: progress stays honest and no slot is overwritten unread. */
  #keepPace(): void {
    this.#replays++;
    if (this.#replays % stride !== 0) return;
    const turn = this.#replays / stride;
    const { driver } = this.#backend;
    if (turn > 1) driver.waitFor(this.#passed[(turn - 1) % 2] as Event);
    driver.record(this.#passed[turn % 2] as Event, driver.stream);
  }
}
