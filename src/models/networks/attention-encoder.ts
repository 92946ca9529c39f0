import type { EncoderConfig, OfKind } from '../../config/networks-schema.js';
import { SelfAttention } from '../layers/attention-block.js';
import { Dense } from '../layers/dense.js';
import { Embedding } from '../layers/embedding.js';
import type { InitialKey } from '../layers/layer.js';
import { PositionalEncoding } from '../layers/positional-encoding.js';
import { Sequential } from '../layers/sequential.js';
import { MeanOverTime } from '../layers/time-pooling.js';
import type { EncoderReturns } from './encoder.js';
import { dropoutLayer, initialWithin, type NamedLayer } from './named-layers.js';

/** Steps brought to one width, told their places, through blocks of self-attention; then the mean over the real ones. */
export function attentionEncoder(
  { width, heads, blocks, vocabulary, dropout }: OfKind<EncoderConfig, 'attention'>,
  shape: readonly number[],
  returns: EncoderReturns,
  initial: InitialKey,
): Sequential {
  const [time = 0, channels = 0] = shape;
  const key = initialWithin(initial, 'input');
  const input =
    vocabulary === undefined
      ? new Dense({ inputs: channels, units: width }, key)
      : new Embedding({ vocabulary, width }, key);
  const attentions = Array.from({ length: blocks }, (_, i): NamedLayer => {
    const name = `block${i + 1}`;
    return [name, new SelfAttention({ width, heads }, initialWithin(initial, name))];
  });
  const end: readonly NamedLayer[] = returns === 'steps' ? [] : [['time', new MeanOverTime()]];
  return new Sequential([
    ['input', input],
    ['places', new PositionalEncoding(time, width)],
    ...attentions,
    ...end,
    ...dropoutLayer('dropout', dropout),
  ]);
}
