import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { describeEachEngine } from './each-engine.js';
import { expectClose, Matrix, sigmoid } from './reference.js';

const rows = 6;
const columns = 9;
const a = Matrix.gaussian(rows, columns, 1);
const b = Matrix.gaussian(rows, columns, 2);
const positive = Matrix.uniform(rows, columns, 3).map((value) => value + 0.01);

/** The tfjs operations models may use besides ours: present on every engine, with every engine's result right. */
describeEachEngine('tfjs operations', () => {
  const unary: [string, (x: tf.Tensor2D) => tf.Tensor, (x: number) => number, Matrix][] = [
    ['exp', tf.exp, Math.exp, a],
    ['log', tf.log, Math.log, positive],
    ['log1p', tf.log1p, Math.log1p, positive],
    ['sqrt', tf.sqrt, Math.sqrt, positive],
    ['square', tf.square, (x) => x * x, a],
    ['neg', tf.neg, (x) => -x, a],
    ['abs', tf.abs, Math.abs, a],
    ['relu', tf.relu, (x) => Math.max(0, x), a],
    ['sigmoid', tf.sigmoid, sigmoid, a],
    ['softplus', tf.softplus, (x) => Math.log1p(Math.exp(x)), a],
    ['tanh', tf.tanh, Math.tanh, a],
    ['reciprocal', tf.reciprocal, (x) => 1 / x, positive],
    ['clipByValue', (x) => tf.clipByValue(x, -0.5, 0.5), (x) => Math.min(0.5, Math.max(-0.5, x)), a],
  ];
  test.each(unary)('%s', (_, operation, expected, input) => {
    tf.tidy(() => expectClose(operation(input.tensor()), input.map(expected), 1e-5));
  });

  test.each([
    ['exp', tf.exp],
    ['log', tf.log],
    ['sqrt', tf.sqrt],
    ['sigmoid', tf.sigmoid],
    ['softplus', tf.softplus],
  ] as const)('%s keeps NaN', (_, operation) => {
    const values = tf.tidy(() => operation(tf.tensor1d([Number.NaN, 1])).dataSync());
    expect(Array.from(values, Number.isNaN)).toEqual([true, false]);
  });

  const binary: [string, (x: tf.Tensor, y: tf.Tensor) => tf.Tensor, (x: number, y: number) => number][] = [
    ['add', tf.add, (x, y) => x + y],
    ['sub', tf.sub, (x, y) => x - y],
    ['mul', tf.mul, (x, y) => x * y],
    ['div', tf.div, (x, y) => x / y],
    ['maximum', tf.maximum, Math.max],
    ['minimum', tf.minimum, Math.min],
    ['squaredDifference', tf.squaredDifference, (x, y) => (x - y) ** 2],
    ['less, cast', (x, y) => tf.cast(tf.less(x, y), 'float32'), (x, y) => (x < y ? 1 : 0)],
    ['greater, cast', (x, y) => tf.cast(tf.greater(x, y), 'float32'), (x, y) => (x > y ? 1 : 0)],
    ['where', (x, y) => tf.where(tf.less(x, y), x, y), Math.min],
  ];
  test.each(binary)('%s', (_, operation, expected) => {
    tf.tidy(() => expectClose(operation(a.tensor(), b.tensor()), a.zip(b, expected), 1e-5));
  });

  test('broadcasting a row and a scalar', () => {
    tf.tidy(() => {
      const row = Matrix.gaussian(1, columns, 5);
      expectClose(
        tf.add(a.tensor(), row.vector()),
        a.map((x, i) => x + row.at(0, i % columns)),
      );
      expectClose(
        tf.sub(1, a.tensor()),
        a.map((x) => 1 - x),
      );
    });
  });

  test('sum, mean and max over each axis and over all', () => {
    tf.tidy(() => {
      const x = a.tensor();
      const sums = a.columnSums();
      expectClose(tf.sum(x, 0) as tf.Tensor1D, sums);
      expectClose(
        tf.mean(x, 0) as tf.Tensor1D,
        sums.map((value) => value / rows),
      );
      expectClose(tf.sum(x, 1) as tf.Tensor1D, a.transpose().columnSums());
      const total = a.values.reduce((sum, value) => sum + value, 0);
      expect(tf.sum(x).dataSync()[0]).toBeCloseTo(total, 4);
      expect(tf.mean(x).dataSync()[0]).toBeCloseTo(total / a.values.length, 5);
      expect(tf.max(x).dataSync()[0]).toBeCloseTo(Math.max(...a.values), 5);
    });
  });

  test('gather, slice, concat, stack, transpose, reshape, oneHot, argMax', () => {
    tf.tidy(() => {
      const x = a.tensor();
      const order = [4, 0, 4, 2];
      const gathered = new Matrix(4, columns).map((_, i) =>
        a.at(order[Math.floor(i / columns)] ?? 0, i % columns),
      );
      expectClose(tf.gather(x, tf.tensor1d(order, 'int32')), gathered, 1e-7);
      const part = new Matrix(3, 4).map((_, i) => a.at(1 + Math.floor(i / 4), 2 + (i % 4)));
      expectClose(tf.slice(x, [1, 2], [3, 4]), part, 1e-7);
      const middle = new Matrix(2, columns).map((_, i) => a.at(3 + Math.floor(i / columns), i % columns));
      expectClose(tf.slice(x, [3, 0], [2, columns]), middle, 1e-7);
      expectClose(tf.slice(x, [3, 0], [2, -1]), middle, 1e-7);
      expectClose(tf.slice(x, 3, 2), middle, 1e-7);
      expect(tf.slice(x, [0, 0], [0, columns]).shape).toEqual([0, columns]);
      expectClose(
        tf.slice(tf.tensor1d([1, 2, 3]), 1, 2) as tf.Tensor1D,
        new Matrix(1, 2, Float64Array.of(2, 3)),
        0,
      );
      const acrossColumns = tf.gather(x, tf.tensor1d([8, 1], 'int32'), 1);
      expectClose(
        acrossColumns,
        new Matrix(rows, 2).map((_, i) => a.at(Math.floor(i / 2), i % 2 === 0 ? 8 : 1)),
        1e-7,
      );
      const beside = tf.concat([x, b.tensor()], 1);
      expect(beside.shape).toEqual([rows, 2 * columns]);
      expectClose(tf.slice(beside, [0, columns], [rows, columns]), b, 1e-7);
      expectClose(tf.slice(tf.concat([x, b.tensor()], 0), [rows, 0], [rows, columns]), b, 1e-7);
      expectClose(tf.transpose(x), a.transpose(), 1e-7);
      expect(tf.reshape(x, [columns, rows]).shape).toEqual([columns, rows]);
      const hot = tf.oneHot(tf.tensor1d([1, 0], 'int32'), 3);
      expect(Array.from(hot.dataSync())).toEqual([0, 1, 0, 1, 0, 0]);
      expect(Array.from(tf.argMax(tf.tensor2d([1, 3, 2, 9, 0, 1], [2, 3]), 1).dataSync())).toEqual([1, 0]);
    });
  });
});
