import * as tf from '@tensorflow/tfjs-core';
import { maxOfWindows, maxOfWindowsBackward } from '../../engine/windows.js';
import { type Forward, type Pass, PlainLayer, realSteps } from './layer.js';
import { withoutPadding } from './masks.js';
import { WindowsByShape } from './windows-by-shape.js';

/** What the two have in common: [batch, time, channels] → [batch, channels]. */
abstract class TimePooling extends PlainLayer {
  override outputShape(input: readonly number[]): readonly number[] {
    if (input.length !== 2) {
      throw new Error(
        `pooling over time: an input of shape [${input.join(', ')}] where [time, channels] is expected`,
      );
    }
    return input.slice(1);
  }
}

/** The mean over the real steps of each sequence; zero of a sequence that has none. */
export class MeanOverTime extends TimePooling {
  override forward(x: tf.Tensor, { mask }: Pass): Forward {
    const [channels = 0] = this.outputShape(x.shape.slice(1));
    const [batch = 0, time = 0] = x.shape;
    // What each step counts in its sequence, [batch, time].
    const share =
      mask === undefined
        ? tf.fill([batch, time], 1 / time)
        : tf.tidy(() => tf.div(mask, tf.maximum(tf.sum(mask, 1, true), 1)));
    return {
      output: tf.tidy(() => tf.sum(tf.mul(x, tf.expandDims(share, 2)), 1)),
      backward: (delta) =>
        tf.tidy(() => tf.mul(tf.reshape(delta, [batch, 1, channels]), tf.expandDims(share, 2))),
    };
  }
}

/** The largest value of each channel over the real steps of each sequence; zero of a sequence that has none. */
export class MaxOverTime extends TimePooling {
  readonly #windows = new Map<number, WindowsByShape>();

  override forward(x: tf.Tensor, { mask }: Pass): Forward {
    const [channels = 0] = this.outputShape(x.shape.slice(1));
    const [batch = 0, time = 0] = x.shape;
    const windows = this.#whole(time).of([time]);
    const { value, tap } = maxOfWindows(withoutPadding(x, mask) as tf.Tensor3D, windows);
    const anyReal = mask === undefined ? undefined : (tf.max(mask, 1, true) as tf.Tensor2D);
    return {
      output: tf.reshape(realSteps(value, anyReal), [batch, channels]),
      backward: (delta) =>
        tf.tidy(() => {
          const pooled = tf.reshape(delta, [batch, 1, channels]) as tf.Tensor3D;
          return maxOfWindowsBackward(realSteps(pooled, anyReal), tap, windows);
        }),
    };
  }

  override dispose(): void {
    for (const windows of this.#windows.values()) windows.dispose();
    this.#windows.clear();
  }

  /** One window that sees all steps. */
  #whole(time: number): WindowsByShape {
    const made = this.#windows.get(time) ?? new WindowsByShape([time], [time], 'valid');
    this.#windows.set(time, made);
    return made;
  }
}
