/** Indices of `most` of `count` things, evenly spread from the first on; of all where there are no more. */
export function spreadIndices(count: number, most: number): readonly number[] {
  if (most >= count) return Array.from({ length: count }, (_, index) => index);
  return Array.from({ length: most }, (_, index) => Math.floor((index * count) / most));
}
