import { accuracyMetric } from '../../evaluation/answer-metrics.js';
import type { PublishedKey, Side } from '../../evaluation/claims/claim.js';
import {
  type AbsentTables,
  type ClaimResult,
  type ClaimTables,
  judgeClaim,
  sidesOf,
  type TestResult,
  type Verdict,
} from '../../evaluation/claims/judge.js';
import type { ReportedPaper } from '../paper.js';
import { findPublished, loadPublished, type PublishedNumber, publishedFile } from '../table/published.js';

/** The effect that a publication reports where a test looks for one of ours. */
export interface PublishedEffect {
  /** In percentage points, with the sign of ours. */
  readonly difference: number;
  /** Keys of the publications; see the README.md beside the paper's published numbers. */
  readonly sources: readonly string[];
}

export interface ReportedTest extends TestResult {
  /** Null where a side of the comparison was not published. */
  readonly published: PublishedEffect | null;
}

export interface ReportedClaim extends ClaimResult {
  readonly tests: readonly ReportedTest[];
}

/** The stable content of `claims.json`; nothing in it depends on when it was computed. */
export interface ClaimsReport {
  readonly paper: ReportedPaper;
  /** Names of the corpora of the tables that were tested. */
  readonly corpora: readonly string[];
  /** True when any of them is generated, not recorded. */
  readonly synthetic: boolean;
  /** Tables that were there. */
  readonly tables: readonly string[];
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly claims: readonly ReportedClaim[];
}

/**
 * Tests the claims of a paper.
 *
 * @param tables by the names of {@link ReportedPaper.tables}, a `ResultTable` each; absent ones leave claims untestable
 * @param absent why tables are absent on purpose
 * @throws MmxError `published/*` when the published numbers cannot be read
 */
export function checkClaims(
  paper: ReportedPaper,
  tables: ClaimTables,
  absent: AbsentTables = new Map(),
): ClaimsReport {
  const numbers = loadPublished(publishedFile(paper.published));
  const claims = paper.claims.map((claim): ReportedClaim => {
    const result = judgeClaim(claim, tables, absent);
    return {
      ...result,
      tests: result.tests.map((test) => ({ ...test, published: publishedEffect(test, numbers) })),
    };
  });
  const used = paper.tables.flatMap((name) => {
    const table = tables.get(name);
    return table === undefined ? [] : [{ name, table }];
  });
  const count = (verdict: Verdict): number => claims.filter((claim) => claim.verdict === verdict).length;
  return {
    paper,
    corpora: [...new Set(used.map(({ table }) => table.corpus))],
    synthetic: used.some(({ table }) => table.synthetic),
    tables: used.map(({ name }) => name),
    counts: {
      reproduced: count('reproduced'),
      'not reproduced': count('not reproduced'),
      'not testable': count('not testable'),
    },
    claims,
  };
}

function publishedEffect({ test }: TestResult, numbers: readonly PublishedNumber[]): PublishedEffect | null {
  if (test.kind === 'modal' && test.answers.some(({ published }) => published === null)) return null;
  // A modal answer is compared with the answer that came second in the publication.
  const sides = sidesOf(test, ({ published }) =>
    published === null ? 0 : findPublished(published, numbers).value,
  );
  const keys = sides.flatMap((side) =>
    'constant' in side || side.published === null ? [] : [side.published],
  );
  if (keys.length < sides.filter((side) => !('constant' in side)).length) return null;
  const [first, second] = sides.map((side) => quantity(side, numbers));
  if (first === undefined || second === undefined) return null;
  return {
    difference: subtract(first, second, test.label),
    sources: [...new Set(keys.map((key: PublishedKey) => key.source))].sort(),
  };
}

type Quantity = Pick<PublishedNumber, 'value' | 'unit' | 'method'>;

function quantity(side: Side, numbers: readonly PublishedNumber[]): Quantity | undefined {
  if ('constant' in side) return { value: side.constant, unit: 'percent', method: '' };
  return side.published === null ? undefined : findPublished(side.published, numbers);
}

/** Some numbers are published only as points against a method, `points_vs_<method>`. */
function subtract(first: Quantity, second: Quantity, label: string): number {
  const [baseA, baseB] = [baseOf(first), baseOf(second)];
  if (baseA === baseB && isSameMetric(first, second)) return first.value - second.value;
  if (baseA === null && baseB === first.method) return -second.value;
  if (baseB === null && baseA === second.method) return first.value;
  throw new RangeError(
    `claim test "${label}": ${first.unit} and ${second.unit} of the publication cannot be compared`,
  );
}

/** Percent of anything and accuracies are compared; other metrics with themselves alone. */
function isSameMetric(first: Quantity, second: Quantity): boolean {
  const [a, b] = [first, second].map(({ unit }) => (unit === accuracyMetric.unit ? 'percent' : unit));
  return a === b;
}

function baseOf({ unit }: Quantity): string | null {
  return unit.startsWith('points_vs_') ? unit.slice('points_vs_'.length) : null;
}
