import { Dense } from '../layers/dense.js';
import { Dropout } from '../layers/dropout.js';
import type { InitialKey, Layer } from '../layers/layer.js';

/** What `Sequential` is made of. */
export type NamedLayer = readonly [name: string, layer: Layer];

/** The key of the initial values of a part. */
export const initialWithin = ({ seed, purpose }: InitialKey, name: string): InitialKey => ({
  seed,
  purpose: `${purpose}/${name}`,
});

/** Dropout where there is any to do. */
export const dropoutLayer = (name: string, rate: number): readonly NamedLayer[] =>
  rate === 0 ? [] : [[name, new Dropout(rate)]];

/** Rectified layers above each other, dropout after each; called `dense1`, `dropout1`, `dense2`, … */
export function rectifiedLayers(
  inputs: number,
  units: readonly number[],
  dropout: number,
  initial: InitialKey,
): readonly NamedLayer[] {
  return units.flatMap((count, i): readonly NamedLayer[] => {
    const name = `dense${i + 1}`;
    const below = units[i - 1] ?? inputs;
    const dense = new Dense(
      { inputs: below, units: count, activation: 'relu' },
      initialWithin(initial, name),
    );
    return [[name, dense], ...dropoutLayer(`dropout${i + 1}`, dropout)];
  });
}
