import * as tf from '@tensorflow/tfjs-core';
import { kernelNames, native } from './operations.js';
import { oneHot } from './rows.js';

/** `valid`: windows lie within the input; `same`: the output has ⌈length / stride⌉ places, zeros around the input. */
export type Padding = 'same' | 'valid';

/** One axis that windows walk along. */
export interface WindowAxis {
  readonly length: number;
  /** Places of the input that a window sees. */
  readonly kernel: number;
  readonly stride: number;
}

/** Windows along an axis. @throws Error when not one fits, or a number is not a positive integer */
export function windowCount({ length, kernel, stride }: WindowAxis, padding: Padding): number {
  for (const [name, value] of Object.entries({ length, kernel, stride })) {
    if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`windows: ${name} is ${value}`);
  }
  const count = padding === 'same' ? Math.ceil(length / stride) : Math.floor((length - kernel) / stride) + 1;
  if (count < 1) throw new RangeError(`windows: a kernel of ${kernel} does not fit into ${length} places`);
  return count;
}

/** Place of a window's first tap along an axis; negative where it begins before the input. */
function firstPlace(axis: WindowAxis, padding: Padding): (window: number) => number {
  const { length, kernel, stride } = axis;
  const around =
    padding === 'same' ? Math.max(0, (windowCount(axis, padding) - 1) * stride + kernel - length) : 0;
  return (window) => window * stride - Math.floor(around / 2);
}

/**
 * Which places of an input each window of a convolution or a pooling sees. Places, windows and the taps of a window
 * are numbered in row-major order over all axes. The tables are tensors that live until {@link dispose}, so a recorded
 * step can read them.
 */
export class Windows {
  readonly places: number;
  readonly windows: number;
  /** Places that a window sees. */
  readonly taps: number;
  /** Windows by axis. */
  readonly shape: readonly number[];
  /** int32 [windows · taps]: the place of each tap, `places` for one outside the input. */
  readonly table: tf.Tensor1D;
  /** int32 [places · overlap]: the taps that see each place, `windows · taps` where there are fewer. */
  readonly reverse: tf.Tensor1D;
  /** Most taps that see one place. */
  readonly overlap: number;
  /** Whether one tap sees each place. */
  readonly isPartition: boolean;

  /** @param axes one (time) or more (rows, columns) */
  constructor(axes: readonly WindowAxis[], padding: Padding) {
    const product = (numbers: readonly number[]): number => numbers.reduce((all, number) => all * number, 1);
    this.shape = axes.map((axis) => windowCount(axis, padding));
    this.places = product(axes.map(({ length }) => length));
    this.windows = product(this.shape);
    this.taps = product(axes.map(({ kernel }) => kernel));
    const table = new Int32Array(this.windows * this.taps);
    const firsts = axes.map((axis) => firstPlace(axis, padding));
    for (let entry = 0; entry < table.length; entry++) {
      let [window, tap] = [Math.floor(entry / this.taps), entry % this.taps];
      let place = 0;
      let span = 1;
      for (let i = axes.length - 1; i >= 0; i--) {
        const { length, kernel } = axes[i] as WindowAxis;
        const count = this.shape[i] ?? 1;
        const at = (firsts[i]?.(window % count) ?? 0) + (tap % kernel);
        place = place < 0 || at < 0 || at >= length ? -1 : place + span * at;
        span *= length;
        window = Math.floor(window / count);
        tap = Math.floor(tap / kernel);
      }
      table[entry] = place < 0 ? this.places : place;
    }
    const { overlap, reverse } = reversed(table, this.places);
    this.overlap = overlap;
    this.isPartition = overlap === 1 && !reverse.includes(table.length);
    this.table = tf.keep(tf.tensor1d(table, 'int32'));
    this.reverse = tf.keep(tf.tensor1d(reverse, 'int32'));
  }

  dispose(): void {
    tf.dispose([this.table, this.reverse]);
  }
}

function reversed(table: Int32Array, places: number): { overlap: number; reverse: Int32Array } {
  const counts = new Int32Array(places + 1);
  for (const place of table) counts[place] = (counts[place] ?? 0) + 1;
  const overlap = counts.subarray(0, places).reduce((most, count) => Math.max(most, count), 1);
  const reverse = new Int32Array(places * overlap).fill(table.length);
  counts.fill(0);
  table.forEach((place, entry) => {
    if (place === places) return;
    reverse[place * overlap + (counts[place] ?? 0)] = entry;
    counts[place] = (counts[place] ?? 0) + 1;
  });
  return { overlap, reverse };
}

/** What every window of x [batch, places, channels] sees, [batch, windows, taps, channels]; zero outside (im2col). */
export function gatherWindows(x: tf.Tensor3D, windows: Windows): tf.Tensor4D {
  assertPlaces('gatherWindows', x, windows);
  return (
    native<tf.Tensor4D>(kernelNames.gatherWindows, { x, table: windows.table }, sizesOf(windows)) ??
    gathered(x, windows, 0)
  );
}

/** The transpose of {@link gatherWindows}: each place of the result is the sum of what its taps hold (col2im). */
export function scatterWindows(taps: tf.Tensor4D, windows: Windows): tf.Tensor3D {
  const [batch, count, perWindow, channels] = taps.shape;
  tf.util.assert(
    count === windows.windows && perWindow === windows.taps,
    () => `scatterWindows: [${taps.shape}] is not of ${windows.windows} windows of ${windows.taps} taps`,
  );
  return (
    native<tf.Tensor3D>(kernelNames.scatterWindows, { taps, table: windows.table }, sizesOf(windows)) ??
    tf.tidy(() => {
      const entries = tf.reshape(taps, [batch, windows.windows * windows.taps, channels]) as tf.Tensor3D;
      const beside = tf.gather(withRow(entries, 0), windows.reverse, 1);
      return tf.sum(tf.reshape(beside, [batch, windows.places, windows.overlap, channels]), 2) as tf.Tensor3D;
    })
  );
}

/**
 * The largest value that every window of x [batch, places, channels] sees, and the tap (int32) that holds it, both
 * [batch, windows, channels]. The first of equal taps is chosen; places outside the input are never.
 *
 * @param rectified whether values below 0 count as 0: relu(x), without a pass over it. Where nothing is above 0 no tap is
 * chosen, which is said by the number of the taps.
 */
export function maxOfWindows(
  x: tf.Tensor3D,
  windows: Windows,
  rectified = false,
): { value: tf.Tensor3D; tap: tf.Tensor3D } {
  assertPlaces('maxOfWindows', x, windows);
  const inputs = { x, table: windows.table };
  const [value, tap] =
    native<tf.Tensor3D[]>(kernelNames.maxOfWindows, inputs, { ...sizesOf(windows), rectified }) ??
    tf.tidy(() => {
      const seen = gathered(x, windows, Number.NEGATIVE_INFINITY);
      const largest = tf.max(seen, 2) as tf.Tensor3D;
      const first = tf.argMax(seen, 2) as tf.Tensor3D;
      if (!rectified) return [largest, first];
      const none = tf.fill(first.shape, windows.taps, 'int32');
      return [tf.relu(largest), tf.where(tf.greater(largest, 0), first, none) as tf.Tensor3D];
    });
  return { value: value as tf.Tensor3D, tap: tap as tf.Tensor3D };
}

/** Back through {@link maxOfWindows}: each delta goes to the place whose value was chosen, if any, [batch, places, channels]. */
export function maxOfWindowsBackward(delta: tf.Tensor3D, tap: tf.Tensor3D, windows: Windows): tf.Tensor3D {
  const inputs = { delta, tap, table: windows.table };
  return (
    native<tf.Tensor3D>(kernelNames.maxOfWindowsBackward, inputs, sizesOf(windows)) ??
    tf.tidy(() => {
      const chosen = tf.transpose(oneHot(tap, windows.taps), [0, 1, 3, 2]);
      return scatterWindows(tf.mul(chosen, tf.expandDims(delta, 2)) as tf.Tensor4D, windows);
    })
  );
}

const sizesOf = ({ places, windows, taps, isPartition }: Windows): tf.NamedAttrMap => ({
  places,
  windows,
  taps,
  isPartition,
});

function gathered(x: tf.Tensor3D, windows: Windows, outside: number): tf.Tensor4D {
  const [batch, , channels] = x.shape;
  return tf.tidy(() => {
    const seen = tf.gather(withRow(x, outside), windows.table, 1);
    return tf.reshape(seen, [batch, windows.windows, windows.taps, channels]) as tf.Tensor4D;
  });
}

/** x with one more row of one value after the others: what indices beyond them read. */
function withRow(x: tf.Tensor3D, value: number): tf.Tensor3D {
  return tf.concat([x, tf.fill([x.shape[0], 1, x.shape[2]], value)], 1) as tf.Tensor3D;
}

function assertPlaces(operation: string, x: tf.Tensor3D, { places }: Windows): void {
  tf.util.assert(
    x.rank === 3 && x.shape[1] === places,
    () => `${operation}: [${x.shape}] is not [batch, ${places}, channels]`,
  );
}
