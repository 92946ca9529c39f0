import * as tf from '@tensorflow/tfjs-core';
import type { Changing } from '../engine/changing.js';
import { plainNumber } from '../engine/changing.js';
import { permutation } from '../engine/noise.js';
import { deviceRoom, gathersMinibatches, minibatchOf, overwrite, stream } from '../engine/operations.js';
import { MmxError } from '../errors.js';
import { type Matrix, type RowSource, rowSource } from '../matrix.js';

export interface MinibatchOptions {
  /** Rows (by position in the minibatch) of a source that are shown as zeros, the same in every minibatch. */
  readonly hide?: ((source: number, position: number) => boolean) | undefined;
  /** Bytes of the device that the examples may take; half of what is free when absent. */
  readonly room?: number;
}

/** How minibatches reach the engine. */
interface Supply {
  /** Called before the steps of every epoch. */
  shuffle(order: Uint32Array): void;
  /** Called before every step, outside of what an engine may record. */
  prepare(start: number): void;
  /** The minibatch from place `start` of the order on, a tensor a source. */
  take(start: Changing): tf.Tensor2D[];
  dispose(): void;
}

/**
 * Shuffled minibatches of equal size over one or more sources with corresponding rows. The order of an epoch
 * depends on nothing but (seed, purpose, epoch). A remainder smaller than a batch is left out of the epoch;
 * the shuffle makes it another one each time.
 *
 * Where the engine has memory of its own (CUDA) the examples are put there once if they fit, and else sent batch by
 * batch while the step before is still computed.
 */
export class Minibatches {
  readonly perEpoch: number;
  readonly #supply: Supply;
  readonly #batch: number;
  readonly #key: { readonly seed: number; readonly purpose: string };
  readonly #rows: number;
  #epoch = -1;

  /** @throws MmxError `training/too-few-examples` when not even one minibatch can be filled */
  constructor(
    sources: readonly (Matrix | RowSource)[],
    batch: number,
    key: { readonly seed: number; readonly purpose: string },
    { hide, room }: MinibatchOptions = {},
  ) {
    const rows = sources[0]?.rows ?? 0;
    if (rows < batch) {
      throw new MmxError(
        'training/too-few-examples',
        `${key.purpose}: ${rows} training examples do not fill one minibatch of ${batch}`,
        {
          exitCode: 2,
          hint: 'use more examples (`corpus.train`) or a smaller `batch`',
        },
      );
    }
    if (sources.some((source) => source.rows !== rows)) {
      throw new Error(
        `${key.purpose}: sources of ${sources.map((source) => source.rows)} rows do not correspond`,
      );
    }
    this.#batch = batch;
    this.#key = key;
    this.#rows = rows;
    this.perEpoch = Math.floor(rows / batch);
    const request = { sources, batch, hide };
    if (!gathersMinibatches()) this.#supply = new HostSupply(request);
    else if (bytesOf(sources) <= (room ?? deviceRoom() / 2)) this.#supply = new ResidentSupply(request);
    else this.#supply = new StreamedSupply(request);
  }

  /** Gets minibatch `index` (0 … perEpoch − 1) of `epoch` ready. Returns the number under which {@link take} has it. */
  prepare(epoch: number, index: number): number {
    if (epoch !== this.#epoch) {
      const purpose = `${this.#key.purpose}/shuffle`;
      this.#supply.shuffle(permutation({ ...this.#key, purpose, step: epoch }, this.#rows));
      this.#epoch = epoch;
    }
    const start = index * this.#batch;
    this.#supply.prepare(start);
    return start;
  }

  /** The minibatch that was prepared last, a tensor [batch, columns] a source; the caller disposes them. */
  take(start: Changing): tf.Tensor2D[] {
    return this.#supply.take(start);
  }

  dispose(): void {
    this.#supply.dispose();
  }
}

interface Request {
  readonly sources: readonly (Matrix | RowSource)[];
  readonly batch: number;
  readonly hide: MinibatchOptions['hide'];
}

/** Fills `values` with the rows of one minibatch. */
function fillRows(
  { batch, hide }: Request,
  rows: RowSource,
  source: number,
  order: Uint32Array,
  start: number,
  values: Float32Array,
): void {
  const { columns } = rows;
  for (let position = 0; position < batch; position++) {
    const at = position * columns;
    if (hide?.(source, position)) values.fill(0, at, at + columns);
    else rows.copyRow(order[start + position] ?? 0, values, at);
  }
}

/** Minibatches as new tensors of rows copied on the host. */
class HostSupply implements Supply {
  readonly #request: Request;
  readonly #sources: readonly RowSource[];
  #order: Uint32Array = new Uint32Array(0);

  constructor(request: Request) {
    this.#request = request;
    this.#sources = request.sources.map(rowSource);
  }

  shuffle(order: Uint32Array): void {
    this.#order = order;
  }

  prepare(): void {}

  take(start: Changing): tf.Tensor2D[] {
    const { batch } = this.#request;
    return this.#sources.map((rows, source) => {
      const values = new Float32Array(batch * rows.columns);
      fillRows(this.#request, rows, source, this.#order, plainNumber(start, 'minibatches'), values);
      return tf.tensor2d(values, [batch, rows.columns]);
    });
  }

  dispose(): void {}
}

/** All examples on the device; a minibatch is gathered there. */
class ResidentSupply implements Supply {
  readonly #batch: number;
  readonly #examples: Map<Matrix | RowSource, tf.Tensor2D>;
  readonly #sources: readonly (Matrix | RowSource)[];
  readonly #shown: readonly (tf.Tensor1D | undefined)[];
  readonly #order: tf.Tensor1D;

  constructor({ sources, batch, hide }: Request) {
    this.#batch = batch;
    this.#sources = sources;
    this.#examples = new Map([...new Set(sources)].map((source) => [source, onDevice(source)]));
    this.#order = tf.zeros([sources[0]?.rows ?? 0], 'int32');
    this.#shown = sources.map((_, source) => {
      const shown = Int32Array.from({ length: batch }, (_, position) => (hide?.(source, position) ? 0 : 1));
      return shown.includes(0) ? tf.tensor1d(shown, 'int32') : undefined;
    });
  }

  shuffle(order: Uint32Array): void {
    overwrite(this.#order, new Int32Array(order.buffer, order.byteOffset, order.length));
  }

  prepare(): void {}

  take(start: Changing): tf.Tensor2D[] {
    return this.#sources.map((source, i) =>
      minibatchOf(this.#examples.get(source) as tf.Tensor2D, {
        ...{ order: this.#order, start, batch: this.#batch, shown: this.#shown[i] },
      }),
    );
  }

  dispose(): void {
    tf.dispose([...this.#examples.values(), this.#order]);
    for (const shown of this.#shown) shown?.dispose();
  }
}

/** Examples that do not fit on the device: each minibatch goes there while the step before is computed. */
class StreamedSupply implements Supply {
  readonly #request: Request;
  readonly #sources: readonly RowSource[];
  readonly #tensors: readonly tf.Tensor2D[];
  readonly #values: readonly Float32Array[];
  #order: Uint32Array = new Uint32Array(0);

  constructor(request: Request) {
    this.#request = request;
    const { batch, sources } = request;
    this.#sources = sources.map(rowSource);
    this.#tensors = sources.map(({ columns }) => tf.zeros([batch, columns]) as tf.Tensor2D);
    this.#values = sources.map(({ columns }) => new Float32Array(batch * columns));
  }

  shuffle(order: Uint32Array): void {
    this.#order = order;
  }

  prepare(start: number): void {
    this.#sources.forEach((rows, source) => {
      const values = this.#values[source] as Float32Array;
      fillRows(this.#request, rows, source, this.#order, start, values);
      stream(this.#tensors[source] as tf.Tensor2D, values);
    });
  }

  take(): tf.Tensor2D[] {
    return this.#tensors.map((tensor) => tf.clone(tensor));
  }

  dispose(): void {
    tf.dispose([...this.#tensors]);
  }
}

const floatBytes = 4;

const bytesOf = (sources: readonly (Matrix | RowSource)[]): number =>
  [...new Set(sources)].reduce((sum, { rows, columns }) => sum + floatBytes * rows * columns, 0);

/** Rows that are made when asked for are made a few thousand at a time. */
const rowsAtOnce = 4096;

function onDevice(source: Matrix | RowSource): tf.Tensor2D {
  const { rows, columns } = source;
  if ('data' in source) return tf.tensor2d(source.data, [rows, columns]);
  const examples = tf.zeros([rows, columns]) as tf.Tensor2D;
  const values = new Float32Array(Math.min(rows, rowsAtOnce) * columns);
  for (let from = 0; from < rows; from += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - from);
    for (let row = 0; row < count; row++) source.copyRow(from + row, values, row * columns);
    overwrite(examples, values.subarray(0, count * columns), from * columns);
  }
  return examples;
}
