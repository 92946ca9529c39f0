import { Command, Option } from 'commander';
import { positiveInteger } from '../../../options/run.js';

export const sortings = ['when', 'accuracy', 'duration', 'config'] as const;

export interface ListFlags {
  readonly sort: (typeof sortings)[number];
  readonly filter?: string;
  readonly last?: number;
  readonly json?: boolean;
}

/** `mmx runs ls`. */
export function listCommand(): Command {
  return new Command('ls')
    .description('list the runs with their main result, newest first')
    .addOption(
      new Option('--sort <by>', 'newest, most accurate, longest first, or by configuration')
        .choices(sortings)
        .default('when'),
    )
    .option('--filter <text>', 'show only runs whose command or configuration contains this text')
    .option('--last <n>', 'show only the n newest runs', positiveInteger)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
The result is the best cell of a run, or the last epoch of the last model where nothing was classified. A run that finds
everything stored adds no line: the run that computed it shows when it was asked for last.

Examples:
  $ mmx runs ls
  $ mmx runs ls --sort accuracy --filter mnist-halves --last 20
  $ mmx runs ls --json`,
    )
    .action(async (flags: ListFlags) => {
      const { listRuns } = await import('./work.js');
      listRuns(flags);
    });
}
