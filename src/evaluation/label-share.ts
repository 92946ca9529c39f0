import { permutation } from '../engine/noise.js';

/**
 * A share of the examples, each class in its own: of n examples of a class, `share` × n rounded, and at least one. Which
 * they are depends on the seed; a larger share holds all of a smaller one.
 *
 * @param labels class of each example
 * @param share above 0, at most 1
 * @returns indices, ascending
 */
export function shareOfLabels(labels: Int32Array, share: number, seed: number): Int32Array {
  if (!(share > 0 && share <= 1)) throw new RangeError(`a share of ${share} is not above 0 and at most 1`);
  const byClass = new Map<number, number[]>();
  labels.forEach((label, index) => {
    const members = byClass.get(label);
    if (members) members.push(index);
    else byClass.set(label, [index]);
  });
  const kept = [...byClass].flatMap(([label, members]) => {
    const count = Math.max(1, Math.round(share * members.length));
    const order = permutation({ seed, purpose: `label-share/${label}`, step: 0 }, members.length);
    return Array.from(order.subarray(0, count), (place) => members[place] as number);
  });
  return Int32Array.from(kept).sort();
}
