import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { drawnPresence, sharesOf } from '../../../../src/models/networks/presence.js';
import { describeEachEngine } from '../../engine/each-engine.js';
import { numbers } from '../layers/gradients.js';

const key = { seed: 2, purpose: 'test', step: 0 };
const batch = 4000;

const drawn = (count: number, rate: number, step = 0): number[][] =>
  tf.tidy(() =>
    drawnPresence(count, batch, rate, { ...key, step }).map((column) => numbers(column as tf.Tensor)),
  );

describeEachEngine('modality dropout', () => {
  test.each([2, 3])('of %i modalities never takes all, and takes each as often', (count) => {
    const rate = 0.6;
    const columns = drawn(count, rate);
    const held = Array.from({ length: batch }, (_, i) =>
      columns.reduce((sum, one) => sum + (one[i] ?? 0), 0),
    );
    expect(Math.min(...held)).toBe(1);
    expect(new Set(columns.flat())).toEqual(new Set([0, 1]));
    // One of all where all would be taken: 1 − rate + rate^count / count.
    const expected = 1 - rate + rate ** count / count;
    for (const column of columns) {
      const share = column.reduce((sum, one) => sum + one, 0) / batch;
      expect(Math.abs(share - expected)).toBeLessThan(0.03);
    }
  });

  test('is a function of the key, and draws other modalities in each step', () => {
    expect(drawn(2, 0.5)).toEqual(drawn(2, 0.5));
    expect(drawn(2, 0.5)).not.toEqual(drawn(2, 0.5, 1));
  });

  test('takes none of a single modality, and none at a rate of 0', () => {
    expect(drawnPresence(1, 5, 0.9, key)).toEqual([undefined]);
    expect(drawnPresence(2, 5, 0, key)).toEqual([undefined, undefined]);
  });

  test('means are over the modalities that an example has', () => {
    expect(sharesOf([undefined, undefined])).toEqual([0.5, 0.5]);
    tf.tidy(() => {
      const shares = sharesOf([tf.tensor2d([1, 0, 0], [3, 1]), undefined, tf.tensor2d([1, 1, 0], [3, 1])]);
      const found = shares.map((share) => (typeof share === 'number' ? [share] : numbers(share)));
      const third = Math.fround(1 / 3);
      expect(found).toEqual([
        [third, 0, 0],
        [third, 0.5, 1],
        [third, 0.5, 0],
      ]);
    });
  });
});
