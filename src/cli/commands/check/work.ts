import { join } from 'node:path';
import { MmxError } from '../../../errors.js';
import { paperNamed } from '../../../papers/find.js';
import type { Paper } from '../../../papers/paper.js';
import { checkClaims } from '../../../report/claims/check-claims.js';
import { compareClaims, comparisonJson, comparisonText } from '../../../report/claims/compare.js';
import { readClaimTables, writeClaims } from '../../../report/claims/files.js';
import { renderClaimsJson } from '../../../report/claims/json.js';
import { readLeftOut } from '../../../report/claims/left-out-tables.js';
import { readClaims, type StoredClaims } from '../../../report/claims/read-claims.js';
import { renderClaimsTerminal } from '../../../report/claims/terminal.js';
import { terminalOptions } from '../../../report/table/terminal.js';
import { print, printPainted, printText, say } from '../../output.js';
import type { CheckFlags } from './command.js';

/** The work of `mmx check`. */
export function check(directory: string, flags: CheckFlags): void {
  const reference = flags.against === undefined ? null : readReference(flags.against);
  const paper = paperOf(directory, flags, reference);
  if (reference !== null) refuseOtherPaper(reference, paper, flags.against ?? '');
  const report = checkClaims(paper, readClaimTables(directory, paper), readLeftOut(directory));
  const comparison = reference === null ? null : compareClaims(report, reference);
  if (flags.json) {
    const against = comparison && { against: comparisonJson(comparison, flags.against ?? '') };
    printText(renderClaimsJson(report, against ?? {}));
  } else {
    printPainted(renderClaimsTerminal(report, terminalOptions(process.stdout)));
    if (comparison) print('', `against ${flags.against}:`, ...comparisonText(comparison));
  }
  if (flags.out !== undefined) for (const path of writeClaims(report, flags.out)) say(`written: ${path}`);
  const tested = report.claims.some(({ tests }) => tests.some(({ verdict }) => verdict !== 'not testable'));
  const complete = report.counts.reproduced === report.claims.length;
  const lost = comparison !== null && comparison.lost.length > 0;
  if (!tested || lost || (flags.strict === true && !complete)) process.exitCode = 1;
}

/** The paper that is asked for, or else that of the claims that are there already, or of the reference. */
function paperOf(directory: string, { paper, against }: CheckFlags, reference: StoredClaims | null): Paper {
  if (paper !== undefined) return paperNamed(paper, '--paper');
  const path = join(directory, 'claims.json');
  const own = readClaims(path);
  if (own === undefined && reference !== null) return paperNamed(reference.paper, against ?? '');
  return paperNamed(own?.paper, path);
}

/** @throws MmxError `claims/no-reference` when there is no such file, `claims/damaged` when it holds no claims */
function readReference(path: string): StoredClaims {
  const claims = readClaims(path);
  if (claims !== undefined) return claims;
  throw new MmxError('claims/no-reference', `The file of claims ${path}, to compare with, does not exist.`, {
    exitCode: 2,
    hint: 'mmx check DIR --out DIR writes such a file; commit it, and compare with it from then on.',
  });
}

/** Claims are compared by their numbers, which say nothing across papers. */
function refuseOtherPaper(reference: StoredClaims, paper: Paper, path: string): void {
  const other = paperNamed(reference.paper, path);
  if (other.name === paper.name) return;
  throw new MmxError(
    'claims/other-paper',
    `${path} has claims of ${other.cited}, but the tested claims are of ${paper.cited}.`,
    { exitCode: 2 },
  );
}
