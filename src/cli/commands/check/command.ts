import { join } from 'node:path';
import { Command, Option } from 'commander';
import { paperNames, unnamedPaper } from '../../../papers/find.js';
import { resultsDirectory, usualResults } from '../../project/places.js';

export interface CheckFlags {
  readonly json?: boolean;
  readonly out?: string;
  readonly paper?: string;
  readonly strict?: boolean;
  readonly against?: string;
}

/** Where `mmx reproduce` puts the results of a paper. */
const reproductionOf = (paper: string, results = resultsDirectory()): string =>
  join(results, 'reproduce', paper);

/** `mmx check`: a paper's claims, on the tables there are. */
export function checkCommand(): Command {
  return new Command('check')
    .description("test a paper's claims on the tables that were computed")
    .argument(
      '[dir]',
      'a folder with one subfolder per table, each with a table.json',
      reproductionOf(unnamedPaper().name, usualResults),
    )
    .option('--json', 'print JSON')
    .option('-o, --out <dir>', 'write claims.json and claims.md there too')
    .addOption(
      new Option(
        '--paper <name>',
        'paper of the claims (default: the one in claims.json of the folder)',
      ).choices(paperNames()),
    )
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
    .action(async (directory: string, flags: CheckFlags, { args }: Command) => {
      const { check } = await import('./work.js');
      check(args.length === 0 ? reproductionOf(flags.paper ?? unnamedPaper().name) : directory, flags);
    });
}
