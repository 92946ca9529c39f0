import * as tf from '@tensorflow/tfjs-core';
import { Attention, type AttentionOptions } from './attention.js';
import { applyWithin, type Forward, type InitialKey, type Layer, type Pass, prefixed } from './layer.js';
import { LayerNormalisation } from './layer-normalisation.js';

/**
 * Attention with a residual and layer normalisation after it (Vaswani et al. 2017, section 3.1): normalised(x + attention(x,
 * memory)), of x [batch, time, width] and a memory [batch, steps, memoryWidth]. What a modality learns of another.
 */
export class CrossAttention {
  readonly parameters: Readonly<Record<string, tf.Variable>>;
  readonly #attention: Attention;
  readonly #normalisation: LayerNormalisation;

  constructor(options: AttentionOptions, { seed, purpose }: InitialKey) {
    this.#attention = new Attention(options, { seed, purpose: `${purpose}/attention` });
    this.#normalisation = new LayerNormalisation(options.width);
    this.parameters = {
      ...prefixed('attention', this.#attention.parameters),
      ...prefixed('normalisation', this.#normalisation.parameters),
    };
  }

  /**
   * @param memoryMask [batch, steps]: 1 where a step of the memory is real; where none is, all steps count alike
   * @returns `backward` gives the deltas of x and of the memory
   */
  forward(
    x: tf.Tensor,
    memory: tf.Tensor,
    memoryMask?: tf.Tensor2D,
  ): Forward<readonly [tf.Tensor, tf.Tensor]> {
    const attended = this.#attention.forward(x, memory, memoryMask);
    const normal = this.#normalisation.forward(tf.add(x, attended.output));
    return {
      output: normal.output,
      backward: (delta, apply) =>
        tf.tidy(() => {
          const sumDelta = normal.backward(delta, applyWithin('normalisation', apply));
          const [xDelta, memoryDelta] = attended.backward(sumDelta, applyWithin('attention', apply));
          return [tf.add(sumDelta, xDelta), memoryDelta] as [tf.Tensor, tf.Tensor];
        }),
    };
  }

  dispose(): void {
    this.#attention.dispose();
    this.#normalisation.dispose();
  }
}

/** {@link CrossAttention} of a sequence to itself; the pass's mask says which steps can be looked at. */
export class SelfAttention implements Layer {
  readonly parameters: Layer['parameters'];
  readonly state = {};
  readonly #block: CrossAttention;
  readonly #width: number;

  constructor(options: Omit<AttentionOptions, 'memoryWidth'>, initial: InitialKey) {
    this.#block = new CrossAttention(options, initial);
    this.#width = options.width;
    this.parameters = this.#block.parameters;
  }

  outputShape(input: readonly number[]): readonly number[] {
    if (input.length !== 2 || input[1] !== this.#width) {
      throw new Error(
        `attention: an input of shape [${input.join(', ')}] where [time, ${this.#width}] is expected`,
      );
    }
    return input;
  }

  forward(x: tf.Tensor, { mask }: Pass): Forward {
    this.outputShape(x.shape.slice(1));
    const forward = this.#block.forward(x, x, mask);
    return {
      output: forward.output,
      backward: (delta, apply) => tf.tidy(() => tf.addN([...forward.backward(delta, apply)])),
    };
  }

  dispose(): void {
    this.#block.dispose();
  }
}
