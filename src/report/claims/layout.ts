import { cellsOf, type Verdict } from '../../evaluation/claims/judge.js';
import type { ReportedPaper } from '../paper.js';
import { decimal, oneLine, signed } from '../table/layout.js';
import type { PublishedEffect } from './check-claims.js';

/** What the formats for people say about the claims, in one wording. */

/** A tested claim as far as it is shown: computed just now, or read from `claims.json`. */
export interface ShownTest {
  readonly verdict: Verdict;
  readonly reason: string | null;
  readonly effect: { readonly difference: number; readonly standardError: number | null } | null;
  readonly published: PublishedEffect | null;
  /** What the tables lack for it. */
  readonly missing: readonly string[];
}

export interface ShownClaims {
  readonly corpora: readonly string[];
  readonly synthetic: boolean;
  readonly tables: readonly string[];
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly claims: readonly { readonly tests: readonly ShownTest[] }[];
}

const numberWords = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** `nine claims`. */
export function countedClaims({ claims: { length } }: ReportedPaper): string {
  return `${numberWords[length] ?? length} claim${length === 1 ? '' : 's'}`;
}

/** `The nine claims of Ngiam et al. (2011)`. */
export const claimsTitle = (paper: ReportedPaper): string => `The ${countedClaims(paper)} of ${paper.cited}`;

/** `+10.2` and ` ± 2.4`, apart, so that each can be aligned; nothing where there is no effect. */
export function effectParts({ effect }: ShownTest): readonly string[] {
  if (effect === null) return ['–'];
  const { difference, standardError } = effect;
  return [signed(difference), standardError === null ? '' : ` ± ${decimal(2 * standardError)}`];
}

export function publishedText({ published }: ShownTest): string {
  return published === null ? '' : signed(published.difference);
}

/** `✓ reproduced`, `✗ within the noise`, `– not testable`. */
export function outcomeText({ verdict, reason }: ShownTest): string {
  if (verdict === 'reproduced') return '✓ reproduced';
  return verdict === 'not testable' ? '– not testable' : `✗ ${reason ?? verdict}`;
}

/** What the tables lack for a claim, each thing once. */
export function missingOf({ tests }: ShownClaims['claims'][number]): readonly string[] {
  return [...new Set(tests.flatMap(({ missing }) => missing))].map(oneLine);
}

export function countsText({ counts, claims }: ShownClaims): string {
  const parts = Object.entries(counts).map(([verdict, count]) => `${count} ${verdict}`);
  return `${claims.length} claim${claims.length === 1 ? '' : 's'}: ${parts.join(', ')}`;
}

export function corporaText({ corpora, tables }: ShownClaims): string {
  const on = corpora.length === 0 ? 'no corpus' : corpora.map(oneLine).join(', ');
  return `on ${on} · ${tables.length === 0 ? 'no tables' : tables.join(', ')}`;
}

/** Corpora that the paper's effects are of. */
const corporaOf = ({ claims }: ReportedPaper): ReadonlySet<string> =>
  new Set(
    claims.flatMap(({ tests }) => tests.flatMap(cellsOf).flatMap(({ published }) => published?.corpus ?? [])),
  );

/** Recordings, and none of the paper's. */
const isOfOthers = ({ corpora, synthetic }: ShownClaims, ofPaper: ReadonlySet<string>): boolean =>
  !synthetic && corpora.length > 0 && !corpora.some((name) => ofPaper.has(name));

/** How to read the verdicts, and where the published numbers are from. */
export function claimsNotes(report: ShownClaims, paper: ReportedPaper): readonly string[] {
  const paperCorpora = corporaOf(paper);
  const sources = new Set(
    report.claims.flatMap(({ tests }) => tests.flatMap(({ published }) => published?.sources ?? [])),
  );
  return [
    ...(report.synthetic
      ? [
          'Synthetic corpus: generated, not recorded. A verdict says whether the claim holds on it; the effects in ' +
            'the paper are of other data and no yardstick for ours.',
        ]
      : []),
    ...(isOfOthers(report, paperCorpora)
      ? [
          `Other recordings than the paper's, which are ${[...paperCorpora].join(', ')}. A verdict says whether the claim ` +
            'holds on ours; the effects in the paper are no yardstick for them.',
        ]
      : []),
    'Effects are differences of means in percentage points, ± 2 standard errors over seeds: of the paired ' +
      "differences where both sides have the same seeds, else Welch's; noise draws are averaged within a seed, and " +
      'stand for seeds where there is one. They say nothing about another test set, and are coarse for few seeds.',
    ...(paper.abbreviations === undefined ? [] : [paper.abbreviations]),
    'An effect counts when it has the claimed sign and exceeds 2 standard errors, or 1 point where there is no ' +
      'spread; a claim of no effect holds when the effect does not. Up to half as much again as guessing counts as ' +
      'chance.',
    'A claim is reproduced when all of its tests are, and not testable when one cannot be tested and none failed.',
    ...(sources.size === 0
      ? []
      : [
          `Effects in the paper: differences of its own numbers (${[...sources].sort().join(', ')}; references in ` +
            'results/published/README.md).',
        ]),
  ];
}
