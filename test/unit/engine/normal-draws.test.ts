import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { normalDraws } from '../../../src/engine/normal-draws.js';
import { describeEachEngine } from './each-engine.js';

const drawn = (step: number, count = 20_000, purpose = 'test'): number[] =>
  tf.tidy(() => Array.from(normalDraws([count], { seed: 3, purpose, step }).dataSync()));

const moment = (values: readonly number[], power: number): number =>
  values.reduce((sum, value) => sum + value ** power, 0) / values.length;

describeEachEngine('normal draws', () => {
  test('have the mean, the variance and nearly the fourth moment of the normal distribution', () => {
    const values = drawn(0);
    expect(Math.abs(moment(values, 1))).toBeLessThan(0.03);
    expect(Math.abs(moment(values, 2) - 1)).toBeLessThan(0.04);
    expect(Math.abs(moment(values, 3))).toBeLessThan(0.1);
    expect(Math.abs(moment(values, 4) - 2.875)).toBeLessThan(0.2);
    // Between −1 and 1, the ends counted half: 0.683 of the normal distribution.
    const within = values.filter((value) => Math.abs(value) < 1).length;
    const ends = values.filter((value) => Math.abs(value) === 1).length;
    expect(Math.abs((within + ends / 2) / values.length - 0.683)).toBeLessThan(0.02);
  });

  test('are a function of the key, the same on every engine', () => {
    expect(drawn(0, 100)).toEqual(drawn(0, 100));
    expect(drawn(1, 100)).not.toEqual(drawn(0, 100));
    expect(drawn(0, 100, 'other')).not.toEqual(drawn(0, 100));
    expect(drawn(7, 8)).toEqual([0, -0.5, 0, -0.5, -0.5, 1, 0.5, -1]);
    const shaped = normalDraws([2, 3], { seed: 1, purpose: 'test', step: 0 });
    expect(shaped.shape).toEqual([2, 3]);
    shaped.dispose();
  });
});
