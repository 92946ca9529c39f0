import { MmxError } from '../errors.js';
import { fairBinomialBelow, studentQuantile, studentTwoSided } from './student.js';

/** One cell of one run: a value a seed, in percent. */
export interface SeededValues {
  /** Null where nothing is random: the one value then holds for every seed. */
  readonly seeds: readonly number[] | null;
  readonly values: readonly number[];
}

/** Mean difference over the seeds that both sides have, second − first, in percentage points. */
export interface PairedComparison {
  readonly difference: number;
  /** 95 % confidence interval by Student's t with n − 1 degrees of freedom; null with fewer than two pairs. */
  readonly interval: readonly [number, number] | null;
  /** Two-sided p value of "no difference" by the same t; null where there is no interval. */
  readonly p: number | null;
  /** Sample standard deviation of the differences; null with fewer than two pairs. */
  readonly sd: number | null;
  /** The seeds compared; null where neither side is random. */
  readonly seeds: readonly number[] | null;
  readonly first: number;
  readonly second: number;
}

const confidence = 0.95;

/**
 * Compares two cells pair by pair: the same seed draws the same minibatches and initial weights on both sides, so
 * what the seed does to both cancels. A side without randomness stands against every seed of the other.
 *
 * @returns undefined when they have no seed in common
 */
export function comparePaired(first: SeededValues, second: SeededValues): PairedComparison | undefined {
  const seeds = commonSeeds(first.seeds, second.seeds);
  const a = valuesAt(first, seeds);
  const b = valuesAt(second, seeds);
  if (a.length === 0) return undefined;
  const differences = b.map((value, i) => value - (a[i] as number));
  const n = differences.length;
  const difference = meanOf(differences);
  const means = { first: meanOf(a), second: meanOf(b) };
  if (n < 2) return { difference, interval: null, p: null, sd: null, seeds, ...means };
  const variance = differences.reduce((sum, value) => sum + (value - difference) ** 2, 0) / (n - 1);
  const sd = Math.sqrt(variance);
  const error = sd / Math.sqrt(n);
  const half = studentQuantile(confidence, n - 1) * error;
  const p = difference === 0 ? 1 : studentTwoSided(difference / error, n - 1);
  return { difference, interval: [difference - half, difference + half], p, sd, seeds, ...means };
}

/** Null where neither side is random: then there is one pair. */
export function commonSeeds(
  first: readonly number[] | null,
  second: readonly number[] | null,
): readonly number[] | null {
  if (first === null) return second;
  if (second === null) return first;
  return first.filter((seed) => second.includes(seed));
}

function valuesAt({ seeds: own, values }: SeededValues, seeds: readonly number[] | null): readonly number[] {
  if (seeds === null) return values.slice(0, 1);
  return seeds.map((seed) => values[own === null ? 0 : own.indexOf(seed)] as number);
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** McNemar's test of two classifiers on the same test examples. */
export interface McNemar {
  /** Examples that the first alone gets right. */
  readonly onlyFirst: number;
  /** Examples that the second alone gets right. */
  readonly onlySecond: number;
  /** Two-sided, exact: under "no difference" each disagreement is a throw of a fair coin. */
  readonly p: number;
}

/**
 * Exact McNemar test (McNemar 1947; Dietterich 1998, section 3.1) on the class indices of the same examples.
 *
 * @throws MmxError `compare/shape` when the three do not have one entry an example each
 */
export function mcNemar(truth: Int32Array, first: Int32Array, second: Int32Array): McNemar {
  if (first.length !== truth.length || second.length !== truth.length) {
    throw new MmxError(
      'compare/shape',
      `predictions of ${first.length} and of ${second.length} examples cannot be compared on ${truth.length} labels`,
    );
  }
  let onlyFirst = 0;
  let onlySecond = 0;
  truth.forEach((label, i) => {
    const right = [first[i] === label, second[i] === label];
    if (right[0] && !right[1]) onlyFirst += 1;
    if (right[1] && !right[0]) onlySecond += 1;
  });
  const disagreements = onlyFirst + onlySecond;
  const tail = fairBinomialBelow(Math.min(onlyFirst, onlySecond), disagreements);
  return { onlyFirst, onlySecond, p: Math.min(1, 2 * tail) };
}
