import * as tf from '@tensorflow/tfjs-core';
import {
  gatherWindows,
  maxOfWindows,
  maxOfWindowsBackward,
  type Padding,
  type Windows,
  windowCount,
} from '../../engine/windows.js';
import { type Forward, type Pass, PlainLayer, realSteps } from './layer.js';
import { withoutPadding } from './masks.js';
import { WindowsByShape } from './windows-by-shape.js';

interface Axes {
  readonly size: readonly number[];
  readonly stride: readonly number[];
  readonly padding: Padding;
  readonly rectified: boolean;
}

/** The largest value of each channel in every window. A delta goes to the value that was chosen, the first of equals. */
class MaxPooling extends PlainLayer {
  readonly #name: string;
  readonly #axes: Axes;
  readonly #windows: WindowsByShape;

  constructor(name: string, axes: Axes) {
    super();
    this.#name = name;
    this.#axes = axes;
    this.#windows = new WindowsByShape(axes.size, axes.stride, axes.padding);
  }

  override outputShape(input: readonly number[]): readonly number[] {
    const { size, stride, padding } = this.#axes;
    if (input.length !== size.length + 1) {
      throw new Error(
        `${this.#name}: an input of shape [${input.join(', ')}] has not ${size.length + 1} axes`,
      );
    }
    const counts = size.map((kernel, i) =>
      windowCount({ length: input[i] ?? 0, kernel, stride: stride[i] ?? 1 }, padding),
    );
    return [...counts, ...input.slice(-1)];
  }

  override forward(x: tf.Tensor, { mask }: Pass): Forward {
    const [batch = 0] = x.shape;
    const outputShape = [batch, ...this.outputShape(x.shape.slice(1))];
    const windows = this.#windows.of(x.shape.slice(1, -1));
    const stepMask = this.#axes.size.length === 1 ? mask : undefined;
    const outputMask = stepMask === undefined ? undefined : anyReal(stepMask, windows);
    const channels = x.shape[x.rank - 1] ?? 0;
    const flat = tf.reshape(withoutPadding(x, stepMask), [batch, windows.places, channels]) as tf.Tensor3D;
    const { value, tap } = maxOfWindows(flat, windows, this.#axes.rectified);
    return {
      output: realSteps(tf.reshape(value, outputShape), outputMask),
      mask: outputMask,
      backward: (delta) =>
        tf.tidy(() => {
          const real = tf.reshape(realSteps(delta, outputMask), tap.shape) as tf.Tensor3D;
          return tf.reshape(maxOfWindowsBackward(real, tap, windows), x.shape);
        }),
    };
  }

  override dispose(): void {
    this.#windows.dispose();
  }
}

/** A step is real where any step its window saw is. */
function anyReal(mask: tf.Tensor2D, windows: Windows): tf.Tensor2D {
  return tf.tidy(() => {
    const seen = gatherWindows(tf.expandDims(mask, 2) as tf.Tensor3D, windows);
    return tf.reshape(tf.max(seen, 2), [mask.shape[0], windows.windows]) as tf.Tensor2D;
  });
}

/** Max pooling over pictures: [batch, rows, columns, channels] → [batch, rows', columns', channels]. */
export class MaxPool2d extends MaxPooling {
  constructor(options: {
    readonly size: readonly [number, number];
    /** As the size when absent. */
    readonly stride?: readonly [number, number];
    /** Default `valid`. */
    readonly padding?: Padding;
    /** Whether values below 0 count as 0. Default false. */
    readonly rectified?: boolean;
  }) {
    const { size, stride = size, padding = 'valid', rectified = false } = options;
    super('maxPool2d', { size, stride, padding, rectified });
  }
}

/** Max pooling over sequences: [batch, time, channels] → [batch, time', channels]; padding steps are never chosen. */
export class MaxPool1d extends MaxPooling {
  constructor(options: {
    readonly size: number;
    /** As the size when absent. */
    readonly stride?: number;
    /** Default `valid`. */
    readonly padding?: Padding;
    /** Whether values below 0 count as 0. Default false. */
    readonly rectified?: boolean;
  }) {
    const { size, stride = size, padding = 'valid', rectified = false } = options;
    super('maxPool1d', { size: [size], stride: [stride], padding, rectified });
  }
}
