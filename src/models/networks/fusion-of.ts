import type { FusionConfig, OfKind } from '../../config/networks-schema.js';
import type { InitialKey } from '../layers/layer.js';
import { ConcatenationFusion, earlyFusion } from './concatenation-fusion.js';
import { CrossAttentionFusion } from './cross-attention-fusion.js';
import type { Fusion, FusionInput } from './fusion.js';
import { GatedFusion } from './gated-fusion.js';
import { LowRankFusion } from './low-rank-fusion.js';

/** The fusion of representations that a config asks for. `average` is none: it fuses decisions. */
export function fusionOf(
  config: Exclude<FusionConfig, OfKind<FusionConfig, 'average'>>,
  inputs: readonly FusionInput[],
  initial: InitialKey,
): Fusion {
  switch (config.kind) {
    case 'early':
      return earlyFusion(config, inputs, initial);
    case 'concatenation':
      return new ConcatenationFusion(inputs);
    case 'gated':
      return new GatedFusion(config, inputs, initial);
    case 'low-rank':
      return new LowRankFusion(config, inputs, initial);
    case 'cross-attention':
      return new CrossAttentionFusion(config, inputs, initial);
  }
}
