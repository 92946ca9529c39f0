import type { EncoderConfig, OfKind } from '../../config/networks-schema.js';
import { BatchNormalisation } from '../layers/batch-normalisation.js';
import { Conv1d, type Conv1dOptions, Conv2d } from '../layers/convolution.js';
import { Embedding } from '../layers/embedding.js';
import { Flatten } from '../layers/flatten.js';
import type { InitialKey, Layer } from '../layers/layer.js';
import { MaxPool1d, MaxPool2d } from '../layers/max-pooling.js';
import { Sequential } from '../layers/sequential.js';
import { AsSteps } from '../layers/steps.js';
import { MaxOverTime } from '../layers/time-pooling.js';
import type { EncoderReturns } from './encoder.js';
import { initialWithin, type NamedLayer, rectifiedLayers } from './named-layers.js';

type ConvolutionConfig = OfKind<EncoderConfig, 'cnn' | 'cnn-1d'>;

type ConvolutionOptions = Pick<
  Conv1dOptions,
  'channels' | 'filters' | 'padding' | 'activation' | 'followedBy'
>;

/** How layers of one number of axes are made. */
interface Axes {
  convolution(options: ConvolutionOptions, initial: InitialKey): Layer;
  /** @param size places along each axis, none longer than the input @param rectified whether it applies relu */
  pooling(size: readonly number[], rectified: boolean): Layer;
}

/**
 * Convolutions over pictures [height, width, channels], each followed by max pooling (LeCun et al. 1998), and a dense layer.
 * As steps, the places of the last picture are a sequence, without the dense layer.
 */
export function pictureEncoder(
  config: OfKind<EncoderConfig, 'cnn'>,
  shape: readonly number[],
  returns: EncoderReturns,
  initial: InitialKey,
): Sequential {
  const { kernel } = config;
  const stack = stacked(config, shape, initial, {
    convolution: (options, key) => new Conv2d({ kernel: [kernel, kernel], ...options }, key),
    pooling: ([rows = 1, columns = 1], rectified) => new MaxPool2d({ size: [rows, columns], rectified }),
  });
  return ended(
    config,
    shape,
    [...stack, returns === 'steps' ? asSteps() : ['flat', new Flatten()]],
    returns,
    initial,
  );
}

/**
 * Convolutions over sequences [time, channels], or over the embeddings of tokens [time], each followed by max pooling, the
 * maximum over time (Kim 2014) and a dense layer. As steps, it ends before the maximum over time.
 */
export function sequenceEncoder(
  config: OfKind<EncoderConfig, 'cnn-1d'>,
  shape: readonly number[],
  returns: EncoderReturns,
  initial: InitialKey,
): Sequential {
  const { kernel, vocabulary, embedding: width = 64 } = config;
  const tokens: readonly NamedLayer[] =
    vocabulary === undefined
      ? []
      : [['embedding', new Embedding({ vocabulary, width }, initialWithin(initial, 'embedding'))]];
  const steps = vocabulary === undefined ? shape : [shape[0] ?? 0, width];
  const stack = stacked(config, steps, initial, {
    convolution: (options, key) => new Conv1d({ kernel, ...options }, key),
    // The last window may see fewer steps: none is lost at the end, where sequences differ in length.
    pooling: ([steps = 1], rectified) => new MaxPool1d({ size: steps, padding: 'same', rectified }),
  });
  const end: readonly NamedLayer[] = returns === 'steps' ? [] : [['time', new MaxOverTime()]];
  return ended(config, shape, [...tokens, ...stack, ...end], returns, initial);
}

const asSteps = (): NamedLayer => ['steps', new AsSteps()];

function stacked(
  { filters, pooling, batch_normalisation }: ConvolutionConfig,
  shape: readonly number[],
  initial: InitialKey,
  axes: Axes,
): readonly NamedLayer[] {
  const layers: NamedLayer[] = [];
  let below = shape;
  filters.forEach((count, i) => {
    const [channels = 0] = below.slice(-1);
    const name = `conv${i + 1}`;
    // Small inputs shrink to one place; there is nothing to pool from there on.
    const size = below.slice(0, -1).map((length) => Math.min(pooling, length));
    const isPooled = size.some((places) => places > 1);
    // The largest of some values is rectified as the largest of the rectified ones, and there are fewer to rectify.
    const rectifies = isPooled && !batch_normalisation;
    const convolution = axes.convolution(
      {
        channels,
        filters: count,
        padding: 'same',
        activation: rectifies ? 'linear' : 'relu',
        followedBy: 'relu',
      },
      initialWithin(initial, name),
    );
    layers.push([name, convolution]);
    below = convolution.outputShape(below);
    if (batch_normalisation) {
      layers.push([`normal${i + 1}`, new BatchNormalisation({ channels: count })]);
    }
    if (!isPooled) return;
    const pool = axes.pooling(size, rectifies);
    layers.push([`pool${i + 1}`, pool]);
    below = pool.outputShape(below);
  });
  return layers;
}

function ended(
  { dense, dropout }: ConvolutionConfig,
  shape: readonly number[],
  layers: readonly NamedLayer[],
  returns: EncoderReturns,
  initial: InitialKey,
): Sequential {
  const body = new Sequential(layers);
  if (returns === 'steps') return body;
  const [inputs = 0] = body.outputShape(shape);
  return new Sequential([...layers, ...rectifiedLayers(inputs, [dense], dropout, initial)]);
}
