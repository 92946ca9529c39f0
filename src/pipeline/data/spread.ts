/** Indices of `most` of `count` things, evenly spread from the first on; of all where there are no more. */
export function spreadIndices(count: number, most: number): readonly number[] {
  if (most >= count) return Array.from({ length: count }, (_, index) => index);
  return Array.from({ length: most }, (_, index) => Math.floor((index * count) / most));
}

/**
 * So many of some things, evenly spread: corpora list theirs word by word or speaker by speaker, and the first so many would be
 * of one kind.
 *
 * @param most all of them where it is null
 */
export const spread = <T>(all: readonly T[], most: number | null): readonly T[] =>
  most === null ? all : spreadIndices(all.length, most).map((index) => all[index] as T);
