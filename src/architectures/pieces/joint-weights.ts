import { type Matrix, sliceRows } from '../../matrix.js';
import type { Rbm } from '../../models/rbm.js';
import type { JointLayer } from '../architecture.js';

/** Weights to the hidden units from each modality: rows follow each other, so many of each. */
export function splitWeights(weights: Matrix, counts: readonly number[]): readonly Matrix[] {
  let from = 0;
  return counts.map((count) => {
    from += count;
    return sliceRows(weights, from - count, from);
  });
}

/** A layer on first layers that lie side by side. */
export const sideBySideWeights = (weights: Matrix, below: ReadonlyMap<string, Rbm>): JointLayer => ({
  weights: splitWeights(
    weights,
    [...below.values()].map(({ shape }) => shape.hidden),
  ),
  below,
});
