import type { EncoderConfig, OfKind } from '../../config/networks-schema.js';
import { Flatten } from '../layers/flatten.js';
import type { InitialKey } from '../layers/layer.js';
import { Sequential } from '../layers/sequential.js';
import { AsSteps } from '../layers/steps.js';
import type { EncoderReturns } from './encoder.js';
import { type NamedLayer, rectifiedLayers } from './named-layers.js';

/** Rectified layers over all numbers of an input of any shape. As steps, its vector is a sequence of one. */
export function denseEncoder(
  { layers, dropout }: OfKind<EncoderConfig, 'dense'>,
  shape: readonly number[],
  returns: EncoderReturns,
  initial: InitialKey,
): Sequential {
  const flat = new Flatten();
  const [inputs = 0] = flat.outputShape(shape);
  const end: readonly NamedLayer[] = returns === 'steps' ? [['steps', new AsSteps()]] : [];
  return new Sequential([['flat', flat], ...rectifiedLayers(inputs, layers, dropout, initial), ...end]);
}
