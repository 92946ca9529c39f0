import { Command } from 'commander';
import { withRunOptions } from '../../options/run.js';
import { resultsDirectory } from '../../output.js';
import { papers } from '../../papers.js';
import type { ReproduceFlags } from './work.js';

/** `mmx reproduce`: all of a paper's tables with one command. */
export function reproduceCommand(): Command {
  return withRunOptions(
    new Command('reproduce')
      .description("a paper's tables, controls, figure and claims, with one command")
      .argument('<paper>', `${papers().join(', ')}, or a YAML file that lists tables`)
      .argument('[overrides...]', 'key.path=value for all experiments'),
  )
    .option('--smoke', 'small enough for CI: everything runs, nothing is to be read from the numbers')
    .option('-o, --out <dir>', `where it goes (default: ${resultsDirectory}/reproduce/<paper>[-smoke])`)
    .addHelpText(
      'after',
      `
Without copies of the corpora the embedded, generated one stands in for each, at a scale that fits a laptop; for the open
recordings of ngiam2011-open it does with --smoke only. Mouths are looked for first in movies of whole faces.
Interrupt it at any time: the same command continues where it stopped, inside a stage too.

Examples:
  $ mmx reproduce ngiam2011 --smoke
  $ mmx reproduce ngiam2011
  $ mmx reproduce ngiam2011 --data avletters=~/corpora/avletters --data cuave=~/corpora/cuave
  $ mmx reproduce ngiam2011 scale=paper --dry-run
  $ mmx reproduce ngiam2011-open --data grid=data/grid                what mmx data fetch grid has fetched`,
    )
    .action(async (paper: string, overrides: readonly string[], flags: ReproduceFlags) => {
      const { runReproduce } = await import('./work.js');
      await runReproduce(paper, overrides, flags);
    });
}
