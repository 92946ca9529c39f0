import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { gaussians } from '../../../src/engine/noise.js';
import { kernelNames } from '../../../src/engine/operations.js';
import {
  accumulate,
  addRows,
  logSumExp,
  oneHot,
  softmax,
  softmaxBackward,
} from '../../../src/engine/rows.js';
import {
  gatherWindows,
  maxOfWindows,
  maxOfWindowsBackward,
  type Padding,
  scatterWindows,
  type WindowAxis,
  Windows,
} from '../../../src/engine/windows.js';
import { describeEachEngine } from './each-engine.js';

const draw = (step: number, shape: number[]): tf.Tensor => {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(gaussians({ seed: 2, purpose: 'test/windows', step }, size), shape);
};

const cases: { title: string; axes: WindowAxis[]; padding: Padding; shape: number[] }[] = [
  { title: 'one axis, valid', axes: [{ length: 7, kernel: 3, stride: 2 }], padding: 'valid', shape: [3] },
  {
    title: 'windows of one place',
    axes: [{ length: 3, kernel: 1, stride: 1 }],
    padding: 'valid',
    shape: [3],
  },
  { title: 'one axis, same', axes: [{ length: 6, kernel: 4, stride: 1 }], padding: 'same', shape: [6] },
  {
    title: 'strides beyond the kernel',
    axes: [{ length: 8, kernel: 2, stride: 3 }],
    padding: 'valid',
    shape: [3],
  },
  {
    title: 'two axes, valid',
    axes: [
      { length: 5, kernel: 2, stride: 1 },
      { length: 4, kernel: 3, stride: 1 },
    ],
    padding: 'valid',
    shape: [4, 2],
  },
  {
    title: 'two axes, same',
    axes: [
      { length: 5, kernel: 3, stride: 2 },
      { length: 4, kernel: 2, stride: 2 },
    ],
    padding: 'same',
    shape: [3, 2],
  },
  {
    title: 'parts that cover the input',
    axes: [
      { length: 6, kernel: 2, stride: 2 },
      { length: 5, kernel: 2, stride: 2 },
    ],
    padding: 'same',
    shape: [3, 3],
  },
];

/** Place of each tap of each window, by the definition; undefined outside. */
function placesByDefinition(
  axes: readonly WindowAxis[],
  padding: Padding,
  shape: readonly number[],
): (number | undefined)[] {
  const [rows, columns] = axes.length === 1 ? [{ length: 1, kernel: 1, stride: 1 }, axes[0]] : axes;
  const [high, wide] = axes.length === 1 ? [1, shape[0]] : shape;
  const places: (number | undefined)[] = [];
  const before = ({ length, kernel, stride }: WindowAxis, count: number): number =>
    padding === 'valid' ? 0 : Math.floor(Math.max(0, (count - 1) * stride + kernel - length) / 2);
  if (!rows || !columns || !high || !wide) throw new Error('one or two axes');
  for (let i = 0; i < high; i++) {
    for (let j = 0; j < wide; j++) {
      for (let r = 0; r < rows.kernel; r++) {
        for (let c = 0; c < columns.kernel; c++) {
          const row = i * rows.stride + r - before(rows, high);
          const column = j * columns.stride + c - before(columns, wide);
          const isInside = row >= 0 && row < rows.length && column >= 0 && column < columns.length;
          places.push(isInside ? row * columns.length + column : undefined);
        }
      }
    }
  }
  return places;
}

const batch = 2;

describeEachEngine('windows', () => {
  test.each(cases)('$title: what they see, the way back, and the largest', ({ axes, padding, shape }) => {
    // 6 and 21 channels: a vector of the kernels and a rest, or four vectors, one and a rest.
    for (const channels of [1, 6, 21]) {
      const windows = new Windows(axes, padding);
      expect(windows.shape).toEqual(shape);
      const places = placesByDefinition(axes, padding, shape);
      const entries = places.length;
      tf.tidy(() => {
        const x = draw(1, [batch, windows.places, channels]) as tf.Tensor3D;
        const at = (b: number, place: number, c: number): number =>
          values[(b * windows.places + place) * channels + c] ?? Number.NaN;
        const values = x.dataSync();
        const seen = gatherWindows(x, windows);
        expect(seen.shape).toEqual([batch, windows.windows, windows.taps, channels]);
        const expected = Array.from({ length: seen.size }, (_, i) => {
          const place = places[Math.floor(i / channels) % entries];
          return place === undefined ? 0 : at(Math.floor(i / channels / entries), place, i % channels);
        });
        expect(Array.from(seen.dataSync())).toEqual(expected);

        const taps = draw(2, seen.shape) as tf.Tensor4D;
        const sums = new Array<number>(x.size).fill(0);
        taps.dataSync().forEach((value, i) => {
          const place = places[Math.floor(i / channels) % entries];
          if (place === undefined) return;
          const target =
            (Math.floor(i / channels / entries) * windows.places + place) * channels + (i % channels);
          sums[target] = (sums[target] ?? 0) + value;
        });
        expectNear(scatterWindows(taps, windows), sums, x.shape);

        const { value, tap } = maxOfWindows(x, windows);
        const delta = draw(3, value.shape) as tf.Tensor3D;
        const handed = new Array<number>(x.size).fill(0);
        const [found, chosen, deltas] = [value.dataSync(), tap.dataSync(), delta.dataSync()];
        for (let i = 0; i < value.size; i++) {
          const c = i % channels;
          const window = Math.floor(i / channels) % windows.windows;
          const b = Math.floor(i / channels / windows.windows);
          const inWindow = places.slice(window * windows.taps, (window + 1) * windows.taps);
          const candidates = inWindow.map((place) =>
            place === undefined ? Number.NEGATIVE_INFINITY : at(b, place, c),
          );
          const largest = Math.max(...candidates);
          expect(found[i]).toBe(largest);
          expect(chosen[i]).toBe(candidates.indexOf(largest));
          const place = inWindow[chosen[i] ?? -1];
          const target = (b * windows.places + (place ?? Number.NaN)) * channels + c;
          handed[target] = (handed[target] ?? 0) + (deltas[i] ?? Number.NaN);
        }
        expectNear(maxOfWindowsBackward(delta, tap, windows), handed, x.shape);
      });
      windows.dispose();
    }
  });

  test.each(cases)('$title: the largest of rectified values, and the way back', ({ axes, padding }) => {
    for (const channels of [1, 6, 21]) {
      const windows = new Windows(axes, padding);
      tf.tidy(() => {
        const x = draw(5, [batch, windows.places, channels]) as tf.Tensor3D;
        const found = maxOfWindows(x, windows, true);
        const expected = maxOfWindows(x, windows);
        expectNear(found.value, Array.from(tf.relu(expected.value).dataSync()), expected.value.shape);
        const [taps, values] = [expected.tap.dataSync(), expected.value.dataSync()];
        const chosen = Array.from(taps, (tap, i) => ((values[i] ?? 0) > 0 ? tap : windows.taps));
        expect(Array.from(found.tap.dataSync())).toEqual(chosen);
        const delta = draw(6, expected.value.shape) as tf.Tensor3D;
        const rectified = tf.mul(delta, tf.cast(tf.greater(expected.value, 0), 'float32')) as tf.Tensor3D;
        const handed = Array.from(maxOfWindowsBackward(rectified, expected.tap, windows).dataSync());
        expectNear(maxOfWindowsBackward(delta, found.tap, windows), handed, x.shape);
      });
      windows.dispose();
    }
  });

  test('a value that is not a number is the largest', () => {
    const windows = new Windows([{ length: 3, kernel: 3, stride: 1 }], 'valid');
    tf.tidy(() => {
      for (const isRectified of [false, true]) {
        const { value } = maxOfWindows(tf.fill([1, 3, 21], Number.NaN) as tf.Tensor3D, windows, isRectified);
        expect(value.dataSync().every(Number.isNaN)).toBe(true);
      }
    });
    windows.dispose();
  });

  test('the first of equal values is the largest', () => {
    const windows = new Windows([{ length: 4, kernel: 4, stride: 1 }], 'valid');
    tf.tidy(() => {
      const { tap } = maxOfWindows(tf.tensor3d([1, 5, 5, 2], [1, 4, 1]), windows);
      expect(Array.from(tap.dataSync())).toEqual([1]);
    });
    windows.dispose();
  });

  test('rows are added by their index', () => {
    tf.tidy(() => {
      const x = draw(4, [5, 6]) as tf.Tensor2D;
      const index = [3, 0, 3, 1, 3];
      const sums = new Array<number>(4 * 6).fill(0);
      x.dataSync().forEach((value, i) => {
        const target = (index[Math.floor(i / 6)] ?? 0) * 6 + (i % 6);
        sums[target] = (sums[target] ?? 0) + value;
      });
      expectNear(addRows(x, tf.tensor1d(index, 'int32'), 4), sums, [4, 6]);
      const one = tf.tensor1d([0, 0, 0, 0, 0], 'int32');
      expectNear(addRows(x, one, 1), Array.from(tf.sum(x, 0).dataSync()), [1, 6]);
      expect(oneHot(tf.tensor1d([0, 1], 'int32'), 1).arraySync()).toEqual([[1], [0]]);
      expect(oneHot(tf.tensor1d([0, 2], 'int32'), 3).arraySync()).toEqual([
        [1, 0, 0],
        [0, 0, 1],
      ]);
      expect(() => addRows(x, tf.tensor1d([1, 2], 'int32'), 4)).toThrow('2 indices of type int32 for 5 rows');
    });
  });

  test('softmax and log-sum-exp are safe for large values', () => {
    tf.tidy(() => {
      const x = tf.tensor3d([1000, 1001, -1000, 0, Math.log(3), -1e30], [1, 2, 3]);
      const e = Math.exp(1);
      expectNear(softmax(x), [1 / (1 + e), e / (1 + e), 0, 0.25, 0.75, 0], [1, 2, 3]);
      expectNear(logSumExp(x), [1001 + Math.log1p(1 / e), Math.log(4)], [1, 2, 1]);
    });
  });

  // Rows of vectors, with a rest, and of a rest alone; four rows at a time, and a rest.
  test.each([
    [6, 50],
    [4, 8],
    [3, 3],
    [5, 1],
  ])(
    'softmax and the way back, %i rows of %i: an own kernel gives the bits of single operations',
    (rows, columns) => {
      tf.tidy(() => {
        // From equal terms to ones that vanish.
        const scale = tf.tensor2d(
          Array.from({ length: rows }, (_, r) => 12 * r),
          [rows, 1],
        );
        const x = tf.mul(draw(7, [rows, columns]), scale);
        const delta = draw(8, [rows, columns]);
        const both = (): tf.Tensor[] => [softmax(x), softmaxBackward(delta, softmax(x))];
        const found = both();
        const expected = Array.from({ length: rows }, (_, r) => {
          const row = Array.from(x.dataSync()).slice(r * columns, (r + 1) * columns);
          const powers = row.map((value) => Math.exp(value - Math.max(...row)));
          const sum = powers.reduce((total, power) => total + power, 0);
          return powers.map((power) => power / sum);
        }).flat();
        expectNear(found[0] as tf.Tensor, expected, [rows, columns]);
        const names = [kernelNames.softmax, kernelNames.softmaxBackward];
        const own = names.flatMap((name) => tf.getKernel(name, tf.getBackend()) ?? []);
        for (const { kernelName, backendName } of own) tf.unregisterKernel(kernelName, backendName);
        try {
          both().forEach((composed, i) => {
            expect(Array.from(found[i]?.dataSync() ?? [])).toEqual(Array.from(composed.dataSync()));
          });
        } finally {
          for (const kernel of own) tf.registerKernel(kernel);
        }
        const lost = softmax(tf.tensor2d([Number.NaN, 0, 0, 0, 0, 1, 2, 3, 4, 5], [2, 5])).dataSync();
        expect(Array.from(lost, Number.isNaN)).toEqual([...Array(5).fill(true), ...Array(5).fill(false)]);
      });
    },
  );

  test('accumulating changes a variable in place, and nothing that was made of it', () => {
    tf.tidy(() => {
      const variable = tf.variable(tf.tensor1d([1, 2, 3]));
      const copy = tf.clone(variable);
      accumulate(variable, tf.tensor1d([1, 10, 100]), -0.5);
      expectNear(variable, [0.5, -3, -47], [3]);
      accumulate(variable, variable, 1);
      expectNear(variable, [1, -6, -94], [3]);
      expectNear(copy, [1, 2, 3], [3]);
    });
  });
});

test('windows that do not fit are refused', () => {
  expect(() => new Windows([{ length: 2, kernel: 3, stride: 1 }], 'valid')).toThrow(
    'a kernel of 3 does not fit',
  );
  expect(() => new Windows([{ length: 2, kernel: 1, stride: 0 }], 'same')).toThrow('stride is 0');
});

function expectNear(actual: tf.Tensor, expected: readonly number[], shape: readonly number[]): void {
  expect(actual.shape).toEqual(shape);
  const values = Array.from(actual.dataSync());
  expect(values.length).toBe(expected.length);
  values.forEach((value, i) => {
    const target = expected[i] ?? Number.NaN;
    expect(Math.abs(value - target), `[${i}]: ${value} against ${target}`).toBeLessThanOrEqual(
      1e-5 * Math.max(1, Math.abs(target)),
    );
  });
}
