import type { Verdict } from '../../evaluation/claims/judge.js';
import type { Json } from '../../json.js';
import { oneLine } from '../table/layout.js';
import type { ClaimsReport } from './check-claims.js';

/** Claims of another time, as far as they are compared; `html/stored-claims.ts` reads them. */
export interface ReferenceClaims {
  readonly paper?: string | undefined;
  readonly corpora: readonly string[];
  readonly claims: readonly {
    readonly number: number;
    readonly verdict: Verdict;
    readonly tests: readonly { readonly label: string; readonly verdict: Verdict }[];
  }[];
}

/** A claim whose verdict was another in the reference. */
export interface ChangedClaim {
  readonly number: number;
  readonly title: string;
  readonly before: Verdict;
  readonly now: Verdict;
  /** Labels of its tests that held in the reference and do not now, or are not made any more. */
  readonly tests: readonly string[];
}

export interface ClaimsComparison {
  /** Reproduced in the reference, and no more. */
  readonly lost: readonly ChangedClaim[];
  /** Reproduced now, and not in the reference. */
  readonly gained: readonly ChangedClaim[];
  /** Claims reproduced in the reference: those that could be lost. */
  readonly held: number;
  /** Corpora of the reference where they are others than now, else null: verdicts then are of different data. */
  readonly otherCorpora: readonly string[] | null;
}

/** What has become of the claims that a reference calls reproduced. A claim that it lacks can be gained, not lost. */
export function compareClaims(
  { claims, corpora }: ClaimsReport,
  reference: ReferenceClaims,
): ClaimsComparison {
  const before = new Map(reference.claims.map((claim) => [claim.number, claim]));
  const changed = claims.flatMap(({ claim: { number, title }, verdict, tests }): readonly ChangedClaim[] => {
    const old = before.get(number);
    if (old?.verdict === verdict) return [];
    const holds = new Set(tests.filter((one) => one.verdict === 'reproduced').map(({ test }) => test.label));
    const gone = (old?.tests ?? []).filter(
      ({ label, verdict: was }) => was === 'reproduced' && !holds.has(label),
    );
    const labels = gone.map(({ label }) => label);
    return [{ number, title, before: old?.verdict ?? 'not testable', now: verdict, tests: labels }];
  });
  const same = [...corpora].sort().join('\n') === [...reference.corpora].sort().join('\n');
  return {
    lost: changed.filter(({ before: was }) => was === 'reproduced'),
    gained: changed.filter(({ now }) => now === 'reproduced'),
    held: reference.claims.filter(({ verdict }) => verdict === 'reproduced').length,
    otherCorpora: same ? null : reference.corpora,
  };
}

/** A sentence each: what was lost, what was gained, and how much of what could be lost was kept. */
export function comparisonText({ lost, gained, held, otherCorpora }: ClaimsComparison): readonly string[] {
  return [
    ...(otherCorpora === null
      ? []
      : [`The reference is of other data: ${otherCorpora.map(oneLine).join(', ') || 'no corpus'}.`]),
    ...lost.map(
      ({ number, title, now, tests }) =>
        `lost: claim ${number}, ${oneLine(title)}: reproduced in the reference, now ${now}` +
        (tests.length === 0 ? '' : ` (${tests.map(oneLine).join('; ')})`),
    ),
    ...gained.map(
      ({ number, title, before }) =>
        `gained: claim ${number}, ${oneLine(title)}: ${before} in the reference, now reproduced`,
    ),
    `${held - lost.length} of the ${held} claims reproduced in the reference still ${held - lost.length === 1 ? 'is' : 'are'}`,
  ];
}

/** Under the key `against` of `mmx check --json`. */
export function comparisonJson({ lost, gained, held, otherCorpora }: ClaimsComparison, file: string): Json {
  const changed = (claims: readonly ChangedClaim[]): Json =>
    claims.map(({ number, title, before, now, tests }) => ({ number, title, before, now, tests }));
  return { file, held, other_corpora: otherCorpora, lost: changed(lost), gained: changed(gained) };
}
