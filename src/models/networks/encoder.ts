import * as tf from '@tensorflow/tfjs-core';
import type { EncoderConfig } from '../../config/networks-schema.js';
import { MmxError } from '../../errors.js';
import { Flatten } from '../layers/flatten.js';
import type { ApplyGradient, InitialKey, Layer, Pass } from '../layers/layer.js';
import type { Sequential } from '../layers/sequential.js';
import { attentionEncoder } from './attention-encoder.js';
import { pictureEncoder, sequenceEncoder } from './convolutional-encoders.js';
import { denseEncoder } from './dense-encoder.js';
import { type NetworkInput, realStepsOf, widthOf } from './input.js';
import { lstmEncoder } from './lstm-encoder.js';

/** What fusions take: one vector an example, or a sequence of them. */
export type EncoderReturns = 'vector' | 'steps';

/** What an encoder made of one modality, and the way back. */
export interface Encoded {
  /** [batch, channels], or [batch, steps, channels]. */
  readonly output: tf.Tensor;
  /** Of steps, [batch, steps]: 1 where one is real; all are when absent. */
  readonly mask?: tf.Tensor2D | undefined;
}

export interface EncoderForward extends Encoded {
  /** Hands out the gradients of the parameters and returns that of the rows. @param delta of the output's shape */
  backward(delta: tf.Tensor, apply: ApplyGradient): tf.Tensor2D;
}

/** Kinds that walk along the steps of a sequence. */
const walking: readonly EncoderConfig['kind'][] = ['cnn-1d', 'lstm', 'attention'];

/** From the rows of one modality to representations. */
export class Encoder {
  readonly parameters: Layer['parameters'];
  readonly state: Layer['state'];
  /** [channels] or [steps, channels]. */
  readonly outputShape: readonly number[];
  readonly #input: NetworkInput;
  /** The input's shape as the layers see it. */
  readonly #shape: readonly number[];
  readonly #layer: Layer;
  readonly #masks: boolean;

  /**
   * @param config `none` for the rows as they are
   * @throws MmxError `network/encoder` where the encoder does not fit the modality's shape
   */
  constructor(
    config: EncoderConfig | 'none',
    input: NetworkInput,
    returns: EncoderReturns,
    initial: InitialKey,
  ) {
    this.#input = input;
    this.#shape = config === 'none' ? input.shape : shapeFor(config, input);
    this.#layer = config === 'none' ? new Flatten() : layerOf(config, this.#shape, returns, initial);
    this.#masks = config !== 'none' && walking.includes(config.kind);
    this.outputShape = this.#layer.outputShape(this.#shape);
    this.parameters = this.#layer.parameters;
    this.state = this.#layer.state;
  }

  /** @param rows [batch, width] */
  forward(rows: tf.Tensor2D, { training, key, inputDelta }: Pass): EncoderForward {
    const { modality } = this.#input;
    tf.util.assert(
      rows.rank === 2 && rows.shape[1] === widthOf(this.#input),
      () => `network: rows [${rows.shape}] of ${modality} where [batch, ${widthOf(this.#input)}] is expected`,
    );
    const x = tf.reshape(rows, [rows.shape[0], ...this.#shape]);
    const mask = this.#masks ? realStepsOf(this.#input, x) : undefined;
    const forward = this.#layer.forward(x, { training, key, mask, inputDelta });
    return {
      output: forward.output,
      mask: this.outputShape.length === 2 ? forward.mask : undefined,
      backward: (delta, apply) => tf.tidy(() => tf.reshape(forward.backward(delta, apply), rows.shape)),
    };
  }

  dispose(): void {
    this.#layer.dispose();
  }
}

function layerOf(
  config: EncoderConfig,
  shape: readonly number[],
  returns: EncoderReturns,
  initial: InitialKey,
): Sequential {
  switch (config.kind) {
    case 'dense':
      return denseEncoder(config, shape, returns, initial);
    case 'cnn':
      return pictureEncoder(config, shape, returns, initial);
    case 'cnn-1d':
      return sequenceEncoder(config, shape, returns, initial);
    case 'lstm':
      return lstmEncoder(config, shape, returns, initial);
    case 'attention':
      return attentionEncoder(config, shape, returns, initial);
  }
}

/**
 * The shape in which an encoder sees a modality. A sequence is a picture of one channel to `cnn`; the rows of a picture are
 * steps to the encoders of sequences.
 *
 * @throws MmxError `network/encoder` where the two do not fit
 */
export function shapeFor(config: EncoderConfig, { modality, shape }: NetworkInput): readonly number[] {
  const { needs, rank } = demandOf(config);
  if (rank === undefined || shape.length === rank) return shape;
  const [first = 0, second = 0, third = 0] = shape;
  if (rank === 3 && shape.length === 2) return [first, second, 1];
  if (rank === 2 && shape.length === 3) return [first, second * third];
  throw new MmxError(
    'network/encoder',
    `the encoder ${config.kind} of ${modality} needs ${needs}; ${modality} has the shape [${shape.join(', ')}]`,
    { exitCode: 2, hint: 'dense takes inputs of any shape' },
  );
}

const ofTokens = { needs: 'tokens [time], as it has a vocabulary', rank: 1 };

function demandOf(config: EncoderConfig): { readonly needs: string; readonly rank?: number } {
  switch (config.kind) {
    case 'dense':
      return { needs: 'anything' };
    case 'cnn':
      return { needs: 'pictures [height, width, channels], or sequences [time, channels]', rank: 3 };
    case 'cnn-1d':
      if (config.vocabulary !== undefined) return ofTokens;
      return { needs: 'sequences [time, channels], or pictures', rank: 2 };
    default:
      return config.vocabulary === undefined
        ? { needs: 'sequences [time, channels], or `vocabulary` and tokens [time]', rank: 2 }
        : ofTokens;
  }
}
