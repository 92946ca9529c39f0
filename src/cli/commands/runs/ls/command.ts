import { Command } from 'commander';

/** `mmx runs ls`. */
export function listCommand(): Command {
  return new Command('ls')
    .description('list the runs, newest first')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  $ mmx runs ls\n  $ mmx runs ls --json')
    .action(async (flags: { json?: boolean }) => {
      const { listRuns } = await import('./work.js');
      listRuns(flags);
    });
}
