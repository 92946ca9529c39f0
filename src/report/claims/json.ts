import type { Side } from '../../evaluation/claims/claim.js';
import { cellsOf, chanceOf } from '../../evaluation/claims/judge.js';
import type { Json } from '../../json.js';
import { visibleJson } from '../../visible.js';
import { round } from '../text/round.js';
import type { ClaimsReport, ReportedTest } from './check-claims.js';

/**
 * `claims.json`: `{paper, corpora, synthetic, tables, counts, claims: [{number, title, statement, source, verdict, tests:
 * [{label, kind, cells, verdict, reason, effect, standard_error, sd, method, n, threshold, published, missing}]}]}`.
 * It has no `paper` where that is the one of results which name none. Keys, their order and the digits are fixed: equal reports give equal bytes. Effects are in percentage points.
 *
 * @param more keys that follow these
 */
export function renderClaimsJson(report: ClaimsReport, more: { readonly [key: string]: Json } = {}): string {
  const { paper, corpora, synthetic, tables, counts, claims } = report;
  const content: Json = {
    ...(paper.unnamed ? {} : { paper: paper.name }),
    corpora,
    synthetic,
    tables,
    counts: {
      reproduced: counts.reproduced,
      not_reproduced: counts['not reproduced'],
      not_testable: counts['not testable'],
    },
    claims: claims.map(({ claim, verdict, tests }) => ({
      number: claim.number,
      title: claim.title,
      statement: claim.statement,
      source: claim.source,
      verdict,
      tests: tests.map(testContent),
    })),
    ...more,
  };
  return `${visibleJson(JSON.stringify(content, null, 2))}\n`;
}

function testContent({ test, effect, threshold, verdict, reason, missing, published }: ReportedTest): Json {
  return {
    label: test.label,
    kind: test.kind,
    ...operands(test),
    verdict,
    reason,
    effect: effect === null ? null : round(effect.difference),
    standard_error: effect === null ? null : orNull(effect.standardError),
    sd: effect === null ? null : orNull(effect.sd),
    method: effect?.method ?? null,
    n: effect?.counts ?? null,
    threshold: orNull(threshold),
    published:
      published === null ? null : { effect: round(published.difference), sources: published.sources },
    missing,
  };
}

/** What the test is about: cells as `table/row/column`. */
function operands(test: ReportedTest['test']): { readonly [key: string]: Json } {
  switch (test.kind) {
    case 'above':
      return { above: name(test.above), below: name(test.below), at_least: test.atLeast ?? null };
    case 'not-above':
      return { candidate: name(test.candidate), bound: name(test.bound) };
    case 'modal':
      return { answers: cellsOf(test).map(name), answer: test.answer, expected: test.expected };
    case 'at-chance':
    case 'above-chance':
      return { cell: name(test.cell), chance: round(chanceOf(test)) };
  }
}

function name(side: Side): Json {
  return 'constant' in side ? side.constant : `${side.table}/${side.row}/${side.column}`;
}

function orNull(value: number | null): number | null {
  return value === null ? null : round(value);
}
