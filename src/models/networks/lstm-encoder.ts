import type { EncoderConfig, OfKind } from '../../config/networks-schema.js';
import { BidirectionalLstm } from '../layers/bidirectional-lstm.js';
import { Embedding } from '../layers/embedding.js';
import type { InitialKey } from '../layers/layer.js';
import { Lstm, type LstmOptions } from '../layers/lstm.js';
import { Sequential } from '../layers/sequential.js';
import type { EncoderReturns } from './encoder.js';
import { dropoutLayer, initialWithin, type NamedLayer } from './named-layers.js';

/** The state of an LSTM after the last real step of a sequence, of both directions where there are two; or after each step. */
export function lstmEncoder(
  { hidden, bidirectional, vocabulary, embedding, dropout }: OfKind<EncoderConfig, 'lstm'>,
  shape: readonly number[],
  returns: EncoderReturns,
  initial: InitialKey,
): Sequential {
  const tokens: readonly NamedLayer[] =
    vocabulary === undefined
      ? []
      : [['embedding', new Embedding({ vocabulary, width: embedding }, initialWithin(initial, 'embedding'))]];
  const inputs = vocabulary === undefined ? (shape[1] ?? 0) : embedding;
  const options: LstmOptions = { inputs, hidden, returns: returns === 'steps' ? 'all' : 'last' };
  const key = initialWithin(initial, 'lstm');
  const lstm = bidirectional ? new BidirectionalLstm(options, key) : new Lstm(options, key);
  return new Sequential([...tokens, ['lstm', lstm], ...dropoutLayer('dropout', dropout)]);
}
