import type { Verdict } from '../../evaluation/claims/judge.js';
import { syntheticMark } from '../table/layout.js';
import type { TerminalOptions } from '../table/terminal.js';
import { type Paint, painter, type Style } from '../text/colour.js';
import { alignNumbers, displayWidth, padEnd, padStart, wrap } from '../text/columns.js';
import type { ClaimsReport, ReportedClaim } from './check-claims.js';
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

const styles: Readonly<Record<Verdict, Style>> = {
  reproduced: 'green',
  'not reproduced': 'red',
  'not testable': 'yellow',
};

const gap = '  ';
const indent = '    ';

/**
 * The claims for a terminal: each with its verdict and one line a test, with the effect, the paper's own and the
 * verdict. Ends in a newline; prints nothing itself.
 */
export function renderClaimsTerminal(report: ClaimsReport, options: TerminalOptions): string {
  const paint = painter(options.colour);
  const tests = report.claims.flatMap((claim) => claim.tests);
  const effects = alignNumbers([['effect'], ...tests.map(effectParts)]);
  const papers = alignNumbers([['paper'], ...tests.map((test) => [publishedText(test)])]);
  const fixed = [effects, papers, tests.map(outcomeText)].map((texts) =>
    Math.max(0, ...texts.map(displayWidth)),
  );
  const room = options.width - indent.length - fixed.reduce((sum, width) => sum + gap.length + width, 0);
  const longest = Math.max(0, ...tests.map(({ test }) => displayWidth(test.label)));
  const labelWidth = Math.max(10, Math.min(longest, room));
  const columns = (label: string, effect: string, paper: string): string =>
    [
      indent + padEnd(label, labelWidth),
      padStart(effect, fixed[0] ?? 0),
      padStart(paper, fixed[1] ?? 0),
      '',
    ].join(gap);

  const mark = report.synthetic ? `  ${paint(`[${syntheticMark}]`, 'yellow')}` : '';
  const lines = [
    paint(claimsTitle(report.paper), 'bold') + mark,
    ...wrap(corporaText(report), options.width).map((line) => paint(line, 'dim')),
    '',
    paint(columns('', 'effect', 'paper').trimEnd(), 'dim'),
  ];
  let at = 1;
  for (const claim of report.claims) {
    lines.push(...heading(claim, options.width, paint));
    for (const test of claim.tests) {
      const [first = '', ...rest] = wrap(test.test.label, labelWidth);
      const outcome = paint(outcomeText(test), styles[test.verdict]);
      lines.push(columns(first, effects[at] ?? '', papers[at] ?? '') + outcome);
      lines.push(...rest.map((line) => indent + line));
      at += 1;
    }
    const missing = missingOf(claim);
    if (missing.length > 0) {
      const text = wrap(`missing: ${missing.join('; ')}`, options.width - indent.length);
      lines.push(...text.map((line) => indent + paint(line, 'dim')));
    }
  }
  lines.push('', paint(countsText(report), 'bold'));
  const notes = claimsNotes(report, report.paper).flatMap((note) =>
    wrap(note, options.width - 2).map((line, index) => (index === 0 ? '• ' : '  ') + line),
  );
  lines.push(...notes.map((line) => paint(line, 'dim')));
  return `${lines.join('\n')}\n`;
}

/** Number, title and verdict on one line where they fit, then what the paper says. */
function heading({ claim, verdict }: ReportedClaim, width: number, paint: Paint): readonly string[] {
  const place = padStart(String(claim.number), 2) + gap;
  const titles = wrap(claim.title, width - indent.length - displayWidth(verdict) - gap.length);
  const last = titles.length - 1;
  return [
    ...titles.map((line, index) => {
      const painted = (index === 0 ? place : indent) + paint(line, 'bold');
      return index === last ? painted + gap + paint(verdict, 'bold', styles[verdict]) : painted;
    }),
    ...wrap(`${claim.statement} (${claim.source})`, width - indent.length).map(
      (line) => indent + paint(line, 'dim'),
    ),
  ];
}
