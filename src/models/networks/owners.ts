import type { Layer } from '../layers/layer.js';

/** The modality that a parameter belongs to, by the parameter's name; parameters that modalities share are not in it. */
export type Owners = Readonly<Record<string, string>>;

/** @param parts parameters that belong to a modality alone, by their names in the network */
export const ownersOf = (
  parts: readonly (readonly [modality: string, parameters: Layer['parameters']])[],
): Owners =>
  Object.fromEntries(
    parts.flatMap(([modality, parameters]) => Object.keys(parameters).map((name) => [name, modality])),
  );
