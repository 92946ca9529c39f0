import {
  type ContrastiveConfig,
  contrastive,
  type EncoderConfig,
  encoder,
  type FusionConfig,
  fusion,
  type NetworkConfig,
  network,
  type StackedAutoencoderConfig,
  stackedAutoencoder,
} from '../../../../src/config/networks-schema.js';

/** Sections as YAML files have them, filled with their defaults. */
export const encoderConfig = (section: object): EncoderConfig => encoder.parse(section);
export const fusionConfig = (section: object): FusionConfig => fusion.parse(section);
export const networkConfig = (section: object): NetworkConfig => network.parse(section);
export const contrastiveConfig = (section: object): ContrastiveConfig => contrastive.parse(section);
export const stackedConfig = (section: object): StackedAutoencoderConfig => stackedAutoencoder.parse(section);
