import * as tf from '@tensorflow/tfjs-core';
import {
  gatherWindows,
  type Padding,
  scatterWindows,
  type WindowAxis,
  type Windows,
  windowCount,
} from '../../engine/windows.js';
import type { LayerActivation } from './activations.js';
import {
  asRows,
  type Forward,
  type InitialKey,
  type Layer,
  noDelta,
  type Pass,
  realSteps,
  requireChannels,
} from './layer.js';
import { Projection } from './projection.js';
import { WindowsByShape } from './windows-by-shape.js';

interface Common {
  /** Channels of the input. */
  readonly channels: number;
  /** Channels of the output. */
  readonly filters: number;
  readonly padding: Padding;
  /** Default `linear`. */
  readonly activation?: LayerActivation;
  /** The activation that the initial weights are for, where a layer above applies it; `activation` when absent. */
  readonly followedBy?: LayerActivation | undefined;
}

export interface Conv2dOptions extends Common {
  /** Rows and columns of a filter. */
  readonly kernel: readonly [number, number];
  /** Default [1, 1]. */
  readonly stride?: readonly [number, number];
}

export interface Conv1dOptions extends Common {
  /** Steps of a filter. */
  readonly kernel: number;
  /** Default 1. */
  readonly stride?: number;
}

/**
 * Filters that see a window of the input at every place (LeCun et al. 1998): windows are laid out as rows (im2col), and one
 * product with the weights [taps · channels, filters] does the rest. Taps are in row-major order.
 */
class Convolution implements Layer {
  readonly parameters: Layer['parameters'];
  readonly state = {};
  readonly #name: string;
  readonly #options: Common;
  readonly #kernel: readonly number[];
  readonly #stride: readonly number[];
  readonly #windows: WindowsByShape;
  readonly #projection: Projection;

  constructor(
    name: string,
    options: Common,
    kernel: readonly number[],
    stride: readonly number[],
    initial: InitialKey,
  ) {
    const { channels, filters, activation = 'linear', followedBy, padding } = options;
    this.#name = name;
    this.#options = options;
    this.#kernel = kernel;
    this.#stride = stride;
    this.#windows = new WindowsByShape(kernel, stride, padding);
    const taps = kernel.reduce((product, length) => product * length, 1);
    this.#projection = new Projection(
      { inputs: taps * channels, units: filters, activation, followedBy },
      initial,
    );
    this.parameters = this.#projection.parameters;
  }

  outputShape(input: readonly number[]): readonly number[] {
    const { channels, filters, padding } = this.#options;
    requireChannels(this.#name, input, channels, this.#kernel.length + 1);
    const axes = input.slice(0, -1).map((length, i): WindowAxis => {
      return { length, kernel: this.#kernel[i] ?? 1, stride: this.#stride[i] ?? 1 };
    });
    return [...axes.map((axis) => windowCount(axis, padding)), filters];
  }

  forward(x: tf.Tensor, { mask, inputDelta }: Pass): Forward {
    const outputShape = this.outputShape(x.shape.slice(1));
    const [batch = 0] = x.shape;
    const { channels } = this.#options;
    const windows = this.#windows.of(x.shape.slice(1, -1));
    const { places, taps } = windows;
    const isSequence = this.#kernel.length === 1;
    const stepMask = isSequence ? mask : undefined;
    const seen = tf.tidy(() => {
      const flat = tf.reshape(realSteps(x, stepMask), [batch, places, channels]) as tf.Tensor3D;
      return tf.reshape(gatherWindows(flat, windows), [-1, taps * channels]) as tf.Tensor2D;
    });
    const y = this.#projection.forward(seen);
    return {
      output: tf.reshape(y, [batch, ...outputShape]),
      ...(stepMask === undefined ? {} : { mask: this.#outputMask(stepMask, windows) }),
      backward: (delta, apply) =>
        tf.tidy(() => {
          const seenDelta = this.#projection.backward(seen, y, asRows(delta), apply, inputDelta);
          if (seenDelta === undefined) return noDelta(x);
          const perTap = tf.reshape(seenDelta, [batch, windows.windows, taps, channels]) as tf.Tensor4D;
          return realSteps(tf.reshape(scatterWindows(perTap, windows), x.shape), stepMask);
        }),
    };
  }

  dispose(): void {
    this.#projection.dispose();
    this.#windows.dispose();
  }

  /** `valid`: a step is real where all steps its window saw are; `same`: where the one in the middle is. */
  #outputMask(mask: tf.Tensor2D, windows: Windows): tf.Tensor2D {
    return tf.tidy(() => {
      const [batch] = mask.shape;
      const seen = gatherWindows(tf.expandDims(mask, 2) as tf.Tensor3D, windows);
      const perWindow = tf.reshape(seen, [batch * windows.windows, windows.taps]) as tf.Tensor2D;
      const middle = Math.floor((windows.taps - 1) / 2);
      const real =
        this.#options.padding === 'valid'
          ? tf.min(perWindow, 1)
          : tf.slice(perWindow, [0, middle], [batch * windows.windows, 1]);
      return tf.reshape(real, [batch, windows.windows]) as tf.Tensor2D;
    });
  }
}

/** Convolution over pictures: [batch, rows, columns, channels] → [batch, rows', columns', filters]. */
export class Conv2d extends Convolution {
  constructor(options: Conv2dOptions, initial: InitialKey) {
    super('conv2d', options, options.kernel, options.stride ?? [1, 1], initial);
  }
}

/**
 * Convolution over sequences: [batch, time, channels] → [batch, time', filters]. Padding steps count as zeros. An output
 * step is real where its window's middle is (`same`), or where all that it sees are (`valid`).
 */
export class Conv1d extends Convolution {
  constructor(options: Conv1dOptions, initial: InitialKey) {
    super('conv1d', options, [options.kernel], [options.stride ?? 1], initial);
  }
}
