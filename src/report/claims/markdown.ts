import { syntheticMark } from '../table/layout.js';
import { escapeMarkdown } from '../table/markdown.js';
import type { ClaimsReport } from './check-claims.js';
import {
  claimsNotes,
  claimsTitle,
  corporaText,
  countsText,
  effectParts,
  missingOf,
  outcomeText,
  publishedText,
} from './layout.js';

/** The claims in GitHub's Markdown: an overview, then a table of tests for each claim. */
export function renderClaimsMarkdown(report: ClaimsReport): string {
  const overview = report.claims.map(({ claim, verdict }) => [
    String(claim.number),
    escapeMarkdown(claim.title),
    verdict === 'reproduced' ? `**${verdict}**` : verdict,
  ]);
  const sections = report.claims.flatMap((result) => {
    const { claim, verdict, tests } = result;
    const rows = tests.map((test) => [
      escapeMarkdown(test.test.label),
      effectParts(test).join(''),
      publishedText(test),
      outcomeText(test),
    ]);
    const missing = missingOf(result);
    return [
      '',
      `### ${claim.number}. ${escapeMarkdown(claim.title)}: ${verdict}`,
      '',
      `${escapeMarkdown(claim.statement)} (${escapeMarkdown(claim.source)})`,
      '',
      ...grid(['test', 'effect', 'paper', 'verdict'], [':--', '--:', '--:', ':--'], rows),
      ...(missing.length === 0 ? [] : ['', `Missing: ${missing.map(escapeMarkdown).join('; ')}.`]),
    ];
  });
  return [
    `**${claimsTitle(report.paper)}**${report.synthetic ? ` (${syntheticMark})` : ''}  `,
    escapeMarkdown(corporaText(report)),
    '',
    ...grid(['', 'claim', 'verdict'], ['--:', ':--', ':--'], overview),
    '',
    `${countsText(report)}.`,
    ...sections,
    '',
    ...claimsNotes(report, report.paper).map((note) => `- ${escapeMarkdown(note)}`),
    '',
  ].join('\n');
}

function grid(
  header: readonly string[],
  rule: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  return [header, rule, ...rows].map((fields) => `| ${fields.join(' | ')} |`);
}
