/** What a table says about one quantity measured once a seed. */
export interface Summary {
  readonly mean: number;
  /** Sample standard deviation (divisor n − 1); null for a single value. */
  readonly sd: number | null;
  readonly n: number;
}

/**
 * Mean and sample standard deviation, in two passes so that close values do not cancel.
 *
 * @throws RangeError when `values` is empty or holds a value that is not finite
 */
export function summarise(values: readonly number[]): Summary {
  const n = values.length;
  if (n === 0) throw new RangeError('summarise: no values');
  if (!values.every(Number.isFinite)) throw new RangeError(`summarise: not finite: ${values.join(', ')}`);
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { mean, sd: null, n };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / (n - 1)), n };
}
