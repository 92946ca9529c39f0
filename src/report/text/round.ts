/**
 * Six decimals of a percentage: more than any test set resolves, and few enough that files do not differ by the
 * last bits of a sum. Never −0, which JSON would not keep.
 */
export function round(value: number): number {
  return Number(value.toFixed(6)) + 0;
}
