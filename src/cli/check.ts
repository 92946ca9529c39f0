import { join } from 'node:path';
import { Command } from 'commander';
import { MmxError } from '../errors.js';
import { print, printPainted, printText, resultsDirectory, say } from './output.js';

interface Flags {
  readonly json?: boolean;
  readonly out?: string;
  readonly strict?: boolean;
  readonly against?: string;
}

/** `mmx check`: the paper's claims, on the tables there are. */
export function checkCommand(): Command {
  return new Command('check')
    .description("test the paper's nine claims on the tables that were computed")
    .argument(
      '[dir]',
      'one folder a table, with a table.json each',
      join(resultsDirectory, 'reproduce', 'ngiam2011'),
    )
    .option('--json', 'print JSON')
    .option('-o, --out <dir>', 'write claims.json and claims.md there too')
    .option('--strict', 'exit with 1 unless every claim is reproduced')
    .option('--against <file>', 'exit with 1 when a claim is lost that this claims.json calls reproduced')
    .addHelpText(
      'after',
      `
Each claim is a list of tests: the effect in percentage points ± 2 standard errors over seeds, the
paper's own effect, and a verdict: reproduced, not reproduced (and why), or not testable (and what
is missing). A claim is reproduced when all of its tests are.

Exit code: 0 when the tables could be read and something could be tested, whatever the verdicts;
1 when no test could be made, or a table is damaged; 2 when there are no tables. With --strict
also 1 when a claim is not reproduced or not testable; with --against, when one is lost.
docs/ci has a workflow for GitHub Actions that does so.

Examples:
  $ mmx check
  $ mmx check results/reference/ngiam2011 --out results/reference/ngiam2011
  $ mmx check --strict --json > claims.json
  $ mmx check results/reproduce/ngiam2011-smoke --against results/reference/ngiam2011-smoke/claims.json`,
    )
    .action(check);
}

async function check(directory: string, flags: Flags): Promise<void> {
  const { checkClaims } = await import('../report/claims.js');
  const { readClaimTables, writeClaims } = await import('../report/claims-files.js');
  const { readLeftOut } = await import('../report/left-out-tables.js');
  const { compareClaims, comparisonJson, comparisonText } = await import('../report/claims-lost.js');
  const reference = flags.against === undefined ? null : await readReference(flags.against);
  const report = checkClaims(readClaimTables(directory), readLeftOut(directory));
  const comparison = reference === null ? null : compareClaims(report, reference);
  if (flags.json) {
    const { renderClaimsJson } = await import('../report/claims-json.js');
    const against = comparison && { against: comparisonJson(comparison, flags.against ?? '') };
    printText(renderClaimsJson(report, against ?? {}));
  } else {
    const { renderClaimsTerminal } = await import('../report/claims-terminal.js');
    const { terminalOptions } = await import('../report/terminal.js');
    printPainted(renderClaimsTerminal(report, terminalOptions(process.stdout)));
    if (comparison) print('', `against ${flags.against}:`, ...comparisonText(comparison));
  }
  if (flags.out !== undefined) for (const path of writeClaims(report, flags.out)) say(`written: ${path}`);
  const tested = report.claims.some(({ tests }) => tests.some(({ verdict }) => verdict !== 'not testable'));
  const complete = report.counts.reproduced === report.claims.length;
  const lost = comparison !== null && comparison.lost.length > 0;
  if (!tested || lost || (flags.strict === true && !complete)) process.exitCode = 1;
}

/** @throws MmxError `claims/no-reference` when there is no such file, `claims/damaged` when it holds no claims */
async function readReference(path: string) {
  const { readClaims } = await import('../report/html/stored-claims.js');
  const claims = readClaims(path);
  if (claims !== undefined) return claims;
  throw new MmxError('claims/no-reference', `There are no claims ${path} to compare with.`, {
    exitCode: 2,
    hint: 'mmx check DIR --out DIR writes such a file; commit it, and compare with it from then on.',
  });
}
