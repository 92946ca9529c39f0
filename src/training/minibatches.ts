import * as tf from '@tensorflow/tfjs-core';
import { permutation } from '../engine/noise.js';
import { MmxError } from '../errors.js';
import { type Matrix, type RowSource, rowSource } from '../matrix.js';

/**
 * Shuffled minibatches of equal size over one or more sources with corresponding rows. The order of an epoch
 * depends on nothing but (seed, purpose, epoch). A remainder smaller than a batch is left out of the epoch;
 * the shuffle makes it another one each time.
 */
export class Minibatches {
  readonly perEpoch: number;
  readonly #sources: readonly RowSource[];
  readonly #batch: number;
  readonly #key: { readonly seed: number; readonly purpose: string };
  readonly #rows: number;
  #epoch = -1;
  #order: Uint32Array = new Uint32Array(0);

  /** @throws MmxError `training/too-few-examples` when not even one minibatch can be filled */
  constructor(
    sources: readonly (Matrix | RowSource)[],
    batch: number,
    key: { readonly seed: number; readonly purpose: string },
  ) {
    const rows = sources[0]?.rows ?? 0;
    if (rows < batch) {
      throw new MmxError(
        'training/too-few-examples',
        `${key.purpose}: ${rows} training examples do not fill one minibatch of ${batch}`,
        {
          exitCode: 2,
          hint: 'use more examples or a smaller batch',
        },
      );
    }
    if (sources.some((source) => source.rows !== rows)) {
      throw new Error(
        `${key.purpose}: sources of ${sources.map((source) => source.rows)} rows do not correspond`,
      );
    }
    this.#sources = sources.map(rowSource);
    this.#batch = batch;
    this.#key = key;
    this.#rows = rows;
    this.perEpoch = Math.floor(rows / batch);
  }

  /**
   * Minibatch `index` (0 … perEpoch − 1) of `epoch`; the caller disposes it.
   *
   * @param hide rows (by position in the minibatch) of a source that are shown as zeros
   */
  at(epoch: number, index: number, hide?: (source: number, position: number) => boolean): tf.Tensor2D[] {
    if (epoch !== this.#epoch) {
      this.#order = permutation(
        { ...this.#key, purpose: `${this.#key.purpose}/shuffle`, step: epoch },
        this.#rows,
      );
      this.#epoch = epoch;
    }
    const start = index * this.#batch;
    return this.#sources.map((rows, source) => {
      const { columns } = rows;
      const values = new Float32Array(this.#batch * columns);
      for (let position = 0; position < this.#batch; position++) {
        if (hide?.(source, position)) continue;
        rows.copyRow(this.#order[start + position] ?? 0, values, position * columns);
      }
      return tf.tensor2d(values, [this.#batch, columns]);
    });
  }
}
