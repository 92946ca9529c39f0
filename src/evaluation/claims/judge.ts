import { accuracyMetric, answerMetrics, metricOfUnit } from '../answer-metrics.js';
import type { CellReference, ChanceTest, Claim, ClaimTest, ModalTest, Side } from './claim.js';
import { averageDraws, type Effect, effectOf, meanOf, type Sample } from './effect.js';

export type Verdict = 'reproduced' | 'not reproduced' | 'not testable';

/**
 * Why a test failed. `within the noise`: the effect is too small to tell from none. `opposite`: it has the other
 * sign. `below the margin`: the claimed sign, but smaller than claimed.
 */
export type Reason = 'within the noise' | 'opposite' | 'below the margin' | 'above chance' | 'at chance';

export interface TestResult {
  readonly test: ClaimTest;
  /** First side − second side of {@link sidesOf}; null when not testable. */
  readonly effect: Effect | null;
  /** The effect must exceed this many points (for claims of no effect: must not exceed it). */
  readonly threshold: number | null;
  readonly verdict: Verdict;
  readonly reason: Reason | null;
  /** Why it is not testable: what the tables lack. */
  readonly missing: readonly string[];
}

export interface ClaimResult {
  readonly claim: Claim;
  readonly verdict: Verdict;
  readonly tests: readonly TestResult[];
}

/** What a claim needs of a table; a `ResultTable` is one. */
export interface ClaimTable {
  readonly corpus: string;
  readonly synthetic: boolean;
  readonly rows: readonly {
    readonly id: string;
    readonly cells: Readonly<Record<string, { readonly values: readonly number[]; readonly unit: string }>>;
  }[];
}
export type ClaimTables = ReadonlyMap<string, ClaimTable>;
/** Why tables are absent on purpose, by the id of each: a sentence without a full stop. */
export type AbsentTables = ReadonlyMap<string, string>;

/** Standard errors that an effect must exceed. */
const standardErrors = 2;
/** Points that an effect must exceed where nothing says how far values spread. */
const pointsWithoutSpread = 1;
/** Below this a spread is rounding. */
const noSpread = 1e-9;

/**
 * Tests one claim on the tables there are, by the id of each. A claim is reproduced when all of its tests are, and not
 * testable when one cannot be tested and none failed.
 */
export function judgeClaim(claim: Claim, tables: ClaimTables, absent: AbsentTables = new Map()): ClaimResult {
  const tests = claim.tests.map((test) => judge(test, tables, absent));
  const has = (verdict: Verdict): boolean => tests.some((test) => test.verdict === verdict);
  const verdict = has('not reproduced')
    ? 'not reproduced'
    : has('not testable')
      ? 'not testable'
      : 'reproduced';
  return { claim, verdict, tests };
}

function judge(test: ClaimTest, tables: ClaimTables, absent: AbsentTables): TestResult {
  const lacking = cellsOf(test).flatMap((cell) => {
    const why = lacks(cell, tables, absent);
    return why === null ? [] : [why];
  });
  const missing = lacking.length > 0 ? lacking : incomparable(test, tables);
  if (missing.length > 0) {
    return {
      test,
      effect: null,
      threshold: null,
      verdict: 'not testable',
      reason: null,
      missing: [...new Set(missing)],
    };
  }
  const [first, second] = sidesOf(test, (cell) => meanOf(valuesOf(cell, tables)));
  const effect = effectOf(sample(first, tables), sample(second, tables));
  const noise = noiseOf(effect);
  const { threshold, reason } = decide(test, effect.difference, noise);
  const verdict = reason === null ? 'reproduced' : 'not reproduced';
  return { test, effect, threshold, verdict, reason, missing: [] };
}

function noiseOf({ standardError }: Effect): number {
  return standardError === null || standardError < noSpread
    ? pointsWithoutSpread
    : standardErrors * standardError;
}

function decide(
  test: ClaimTest,
  difference: number,
  noise: number,
): { readonly threshold: number; readonly reason: Reason | null } {
  switch (test.kind) {
    case 'above':
    case 'modal': {
      const margin = test.kind === 'above' ? (test.atLeast ?? 0) : 0;
      const threshold = Math.max(noise, margin);
      if (difference < -noise) return { threshold, reason: 'opposite' };
      if (difference <= noise) return { threshold, reason: 'within the noise' };
      return { threshold, reason: difference < margin ? 'below the margin' : null };
    }
    case 'not-above':
      return { threshold: noise, reason: difference > noise ? 'opposite' : null };
    case 'at-chance':
    case 'above-chance': {
      const threshold = Math.max(noise, chanceOf(test) / 2);
      const above = difference > threshold;
      if (test.kind === 'at-chance') return { threshold, reason: above ? 'above chance' : null };
      return { threshold, reason: above ? null : 'at chance' };
    }
  }
}

/**
 * Percent right by guessing. Up to half as much again counts as chance, whatever the seeds say: a test set of some
 * hundred clips and unequal guesses move the accuracy of a classifier that has learnt nothing by that order.
 */
export function chanceOf({ classes }: ChanceTest): number {
  return 100 / classes;
}

/**
 * The two sides whose difference a test is about: positive in the sense of the claim, but for claims of no effect. A
 * modal answer is compared with the most frequent other one.
 */
export function sidesOf(test: ClaimTest, meanOfCell: (cell: CellReference) => number): readonly [Side, Side] {
  switch (test.kind) {
    case 'above':
      return [test.above, test.below];
    case 'not-above':
      return [test.candidate, test.bound];
    case 'at-chance':
    case 'above-chance':
      return [test.cell, { constant: chanceOf(test) }];
    case 'modal': {
      const { answer, other } = modalSides(test, meanOfCell);
      return test.expected ? [answer, other] : [other, answer];
    }
  }
}

function modalSides(
  test: ModalTest,
  meanOfCell: (cell: CellReference) => number,
): { answer: CellReference; other: CellReference } {
  const answer = test.answers.find(({ column }) => column === test.answer);
  const [other] = test.answers
    .filter(({ column }) => column !== test.answer)
    .sort((a, b) => meanOfCell(b) - meanOfCell(a));
  if (answer === undefined || other === undefined) {
    throw new RangeError(`claim test "${test.label}": ${test.answer} and another answer are needed`);
  }
  return { answer, other };
}

/** Every cell that a test needs. */
export function cellsOf(test: ClaimTest): readonly CellReference[] {
  if (test.kind === 'modal') return test.answers;
  return sidesOf(test, () => 0).filter((side): side is CellReference => !('constant' in side));
}

/** What stands in the way of using a cell; null when nothing does. */
function lacks(
  { table, row, column }: CellReference,
  tables: ClaimTables,
  absent: AbsentTables,
): string | null {
  const found = tables.get(table);
  if (found === undefined) {
    const reason = absent.get(table);
    return reason === undefined ? `${table} is absent` : `${table} is left out: ${reason}`;
  }
  const cells = found.rows.find(({ id }) => id === row)?.cells;
  if (cells === undefined) return `${table} has no row ${row}`;
  const cell = cells[column];
  if (cell === undefined || cell.values.length === 0) return `${table} has no ${row} / ${column}`;
  if (cell.unit === 'percent' || metricOfUnit(cell.unit) !== undefined) return null;
  return `${table}, ${row} / ${column} is in ${cell.unit}, not in percent`;
}

/** Why the cells of a test, all of which are there, cannot be compared: with each other, or with guessing. */
function incomparable(test: ClaimTest, tables: ClaimTables): readonly string[] {
  const units = new Set(cellsOf(test).map((cell) => cellsIn(cell, tables)?.[cell.column]?.unit ?? ''));
  const [first = ''] = [...units].filter((unit) => unit !== 'percent' && unit !== accuracyMetric.unit);
  if (first === '') return [];
  if (units.size > 1) return [`${[...units].join(' and ')} cannot be compared`];
  const isChance = test.kind === 'at-chance' || test.kind === 'above-chance';
  return isChance && first !== answerMetrics['balanced-accuracy'].unit
    ? [`what guessing gives in ${first} is not known`]
    : [];
}

const cellsIn = ({ table, row }: CellReference, tables: ClaimTables) =>
  tables.get(table)?.rows.find(({ id }) => id === row)?.cells;

/** One value a seed; the cell must be there. */
function valuesOf(cell: CellReference, tables: ClaimTables): readonly number[] {
  const cells = cellsIn(cell, tables);
  const values = cells?.[cell.column]?.values ?? [];
  if (cell.seedsFrom === undefined) return values;
  return averageDraws(values, cells?.[cell.seedsFrom]?.values.length ?? 1);
}

function sample(side: Side, tables: ClaimTables): Sample {
  if ('constant' in side) return { values: [side.constant], deterministic: true };
  return { values: valuesOf(side, tables), deterministic: side.deterministic === true };
}
