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
    .description("test a paper's claims on computed tables")
    .argument(
      '[dir]',
      'a folder with one subfolder per table, each with a table.json',
      reproductionOf(unnamedPaper().name, usualResults),
    )
    .option('--json', 'print JSON')
    .option('-o, --out <dir>', 'also write claims.json and claims.md to this folder')
    .addOption(
      new Option(
        '--paper <name>',
        'paper of the claims (default: the one in claims.json of the folder)',
      ).choices(paperNames()),
    )
    .option('--strict', 'exit with 1 unless every claim is reproduced')
    .option('--against <file>', 'exit with 1 if a claim that is reproduced in this claims.json no longer is')
    .addHelpText(
      'after',
      `
Each claim is a list of tests. A test shows our effect in percentage points ± 2 standard errors over
seeds, the effect in the paper, and a verdict: reproduced, not reproduced (and why), or not testable
(and what is missing). A claim is reproduced if all of its tests are.

Exit code: 0 if the tables can be read and at least one test can be made, with any verdict; 1 if no
test can be made or a table is damaged; 2 if there are no tables. With --strict, also 1 if a claim
is not reproduced or not testable. With --against, also 1 if a claim is no longer reproduced.
docs/ci has a workflow for GitHub Actions that runs this check.

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
