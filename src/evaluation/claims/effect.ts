/** One side of a comparison. */
export interface Sample {
  /** One value a seed, in the order of the seeds; at least one. */
  readonly values: readonly number[];
  /** Exact: a single value has no spread of its own. */
  readonly deterministic: boolean;
}

/** Difference of two means with the uncertainty of that difference. */
export interface Effect {
  /** Mean of the first side − mean of the second, in percentage points. */
  readonly difference: number;
  /** Null where neither side has a spread to estimate it from. */
  readonly standardError: number | null;
  /** Sample standard deviation of the paired differences; null for the other methods. */
  readonly sd: number | null;
  /**
   * `paired`: the same seeds on both sides. `welch`: different numbers of seeds. `one-sided`: one side is a single
   * value. `none`: both are.
   */
  readonly method: 'paired' | 'welch' | 'one-sided' | 'none';
  readonly counts: readonly [number, number];
}

/**
 * Compares two sides: paired by seed where both have as many values, else by Welch's standard error
 * √(s₁²/n₁ + s₂²/n₂). A single value that is not deterministic is given the variance of the other side.
 *
 * @throws RangeError when a side has no value or one that is not finite
 */
export function effectOf(first: Sample, second: Sample): Effect {
  const a = moments(first.values);
  const b = moments(second.values);
  const difference = a.mean - b.mean;
  const counts = [a.n, b.n] as const;
  if (a.variance === null && b.variance === null) {
    return { difference, standardError: null, sd: null, method: 'none', counts };
  }
  if (a.n === b.n) {
    const { variance, n } = moments(first.values.map((value, i) => value - (second.values[i] as number)));
    const sd = Math.sqrt(variance ?? 0);
    return { difference, standardError: sd / Math.sqrt(n), sd, method: 'paired', counts };
  }
  const known = a.variance ?? b.variance ?? 0;
  const squared =
    (a.variance ?? (first.deterministic ? 0 : known)) / a.n +
    (b.variance ?? (second.deterministic ? 0 : known)) / b.n;
  const method = a.n > 1 && b.n > 1 ? 'welch' : 'one-sided';
  return { difference, standardError: Math.sqrt(squared), sd: null, method, counts };
}

/** Means of `values` over runs of equal length, one a seed: several noise draws of one model are no more seeds. */
export function averageDraws(values: readonly number[], seeds: number): readonly number[] {
  const draws = values.length / seeds;
  // The draws of a single seed are the only spread there is; the paper's own ± in Table 2 is of this kind.
  if (seeds < 2 || !Number.isInteger(draws)) return values;
  return Array.from({ length: seeds }, (_, seed) => meanOf(values.slice(seed * draws, (seed + 1) * draws)));
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean and variance (divisor n − 1; null for one value), in two passes. */
function moments(values: readonly number[]): { mean: number; variance: number | null; n: number } {
  const n = values.length;
  if (n === 0 || !values.every(Number.isFinite)) {
    throw new RangeError(`a comparison of [${values.join(', ')}]: at least one finite number is needed`);
  }
  const mean = meanOf(values);
  if (n === 1) return { mean, variance: null, n };
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1), n };
}
