import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { permutation } from '../../../src/engine/noise.js';
import { momentumUpdate } from '../../../src/engine/operations.js';
import { replayable } from '../../../src/engine/replay.js';
import type { Matrix, RowSource } from '../../../src/matrix.js';
import { Minibatches, type MinibatchOptions } from '../../../src/training/minibatches.js';
import { describeEachEngine } from '../engine/each-engine.js';

const data: Matrix = { rows: 7, columns: 2, data: Float32Array.from({ length: 14 }, (_, i) => i) };
const key = { seed: 1, purpose: 'x' };

/** The same rows, held by no matrix that training could see. */
const madeWhenAskedFor: RowSource = {
  rows: data.rows,
  columns: data.columns,
  copyRow: (row, out, at) => out.set(data.data.subarray(2 * row, 2 * row + 2), at),
};

/** Minibatches of two epochs, in order: of every source its rows. */
function read(
  sources: readonly (Matrix | RowSource)[],
  batch: number,
  options: MinibatchOptions = {},
): number[][][][] {
  const batches = new Minibatches(sources, batch, key, options);
  const found = [0, 1].flatMap((epoch) =>
    Array.from({ length: batches.perEpoch }, (_, index) => {
      const tensors = batches.take(batches.prepare(epoch, index));
      const rows = tensors.map((tensor) => tensor.arraySync());
      tf.dispose(tensors);
      return rows;
    }),
  );
  batches.dispose();
  return found;
}

describeEachEngine('minibatches', () => {
  it('show every row at most once an epoch, in another order each epoch', () => {
    const order = read([data], 2).flatMap(([rows]) => rows?.map(([first = Number.NaN]) => first / 2) ?? []);
    const [first, second] = [order.slice(0, 6), order.slice(6)];
    expect(new Set(first).size).toBe(6);
    expect(first.every((row) => row >= 0 && row < 7 && Number.isInteger(row))).toBe(true);
    expect(second).not.toEqual(first);
    expect(read([data], 2).length).toBe(6);
  });

  it('keep the rows of several sources together and hide what they are told to', () => {
    const twice = { ...data, data: data.data.map((x) => 2 * x) };
    const hide = (source: number, position: number): boolean => source === 1 && position === 0;
    for (const [x, y] of read([data, twice], 3, { hide })) {
      expect(y?.[0]).toEqual([0, 0]);
      expect(y?.slice(1)).toEqual(x?.slice(1).map((row) => row.map((value) => 2 * value)));
    }
  });

  it('are the same of rows that are made when asked for, and of rows that the device has no room for', () => {
    const hide = (source: number, position: number): boolean => source === position;
    const expected = read([data, data], 3, { hide });
    expect(read([madeWhenAskedFor, madeWhenAskedFor], 3, { hide })).toEqual(expected);
    expect(read([data, data], 3, { hide, room: 0 })).toEqual(expected);
    expect(expected[0]?.[0]?.[0]).toEqual([0, 0]);
  });

  it.each([undefined, 0])('reach a step that is replayed (room %s)', (room) => {
    const [sum, velocity] = tf.tidy(() => [tf.variable(tf.zeros([3, 2])), tf.variable(tf.zeros([3, 2]))]);
    const batches = new Minibatches([data], 3, key, room === undefined ? {} : { room });
    const step = replayable(['start'], ({ start }) => {
      const [gradient] = batches.take(start) as [tf.Tensor2D];
      momentumUpdate(sum, velocity, gradient, { momentum: 0, rate: 1 });
    });
    const epochs = [0, 1, 2];
    for (const epoch of epochs) {
      for (let index = 0; index < batches.perEpoch; index++) {
        step.run({ start: batches.prepare(epoch, index) });
      }
    }
    const expected = new Float32Array(6);
    for (const epoch of epochs) {
      const order = permutation({ ...key, purpose: 'x/shuffle', step: epoch }, 7);
      order.subarray(0, 6).forEach((row, i) => {
        for (const column of [0, 1]) {
          const at = 2 * (i % 3) + column;
          expected[at] = (expected[at] ?? 0) + (data.data[2 * row + column] ?? 0);
        }
      });
    }
    expect(Array.from(sum.dataSync())).toEqual(Array.from(expected));
    step.dispose();
    batches.dispose();
  });

  it('say when one cannot be filled', () => {
    expect(() => new Minibatches([data], 8, { seed: 1, purpose: 'rbm/left' })).toThrow(
      'rbm/left: 7 training examples do not fill one minibatch of 8',
    );
  });
});
