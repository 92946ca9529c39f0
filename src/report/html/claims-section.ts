import type { Verdict } from '../../evaluation/claims/judge.js';
import {
  claimsNotes,
  claimsTitle,
  corporaText,
  countsText,
  effectParts,
  missingOf,
  outcomeText,
  publishedText,
} from '../claims/layout.js';
import type { StoredClaim, StoredClaims } from '../claims/read-claims.js';
import type { ReportedPaper } from '../paper.js';
import { grid, heading, list, type Markup, symbol, tag, text } from './markup.js';

const marks: Readonly<Record<Verdict, string>> = {
  reproduced: '✓',
  'not reproduced': '✗',
  'not testable': '–',
};

/** The claims with their verdicts: an overview, then what each test found. */
export function claimsOf(claims: StoredClaims, paper: ReportedPaper, level: number, id: string): Markup {
  const overview = grid(
    `${countsText(claims)}, ${corporaText(claims)}`,
    ['claim', 'verdict'],
    claims.claims.map(({ number, title, verdict }) => [`${number}. ${text(title)}`, verdictOf(verdict)]),
  );
  return [
    heading(level, text(claimsTitle(paper)), id),
    tag('div', { class: 'overview' }, overview),
    ...claims.claims.map((claim) => oneClaim(claim, level + 1)),
    tag('div', { class: 'notes' }, list(claimsNotes(claims, paper).map(text))),
  ].join('');
}

function oneClaim(claim: StoredClaim, level: number): Markup {
  const missing = missingOf(claim);
  return tag(
    'section',
    { class: 'claim' },
    heading(level, `${claim.number}. ${text(claim.title)} ${verdictOf(claim.verdict)}`),
    tag('p', {}, text(`${claim.statement} (${claim.source})`)),
    grid(
      `Tests of claim ${claim.number}`,
      ['test', 'effect, points', 'paper', 'verdict'],
      claim.tests.map((test) => [
        text(test.label),
        tag('span', { class: 'number' }, effectParts(test).join('')),
        tag('span', { class: 'number' }, publishedText(test)),
        tag('span', { class: `verdict ${classOf(test.verdict)}` }, text(outcomeText(test))),
      ]),
      'unseen',
    ),
    missing.length === 0 ? '' : tag('p', { class: 'missing' }, text(`Missing: ${missing.join('; ')}.`)),
  );
}

function verdictOf(verdict: Verdict): Markup {
  return tag('span', { class: `verdict ${classOf(verdict)}` }, symbol(marks[verdict]), ' ', verdict);
}

const classOf = (verdict: Verdict): string => verdict.replace(' ', '-');
