import { Command } from 'commander';
import { cancelCommand } from './runs-cancel.js';
import { compareCommand } from './runs-compare.js';
import { gcCommand } from './runs-gc.js';
import { watchCommand } from './runs-watch.js';

/** `mmx runs ls|show|watch|cancel|compare|gc`. */
export function runsCommand(): Command {
  const command = new Command('runs').description('what has been run in this directory').addHelpText(
    'after',
    `
Examples:
  $ mmx runs ls                                              newest first
  $ mmx runs watch                                           how the one in progress gets on
  $ mmx runs compare 20260102-0304 20260102-0911             what differs, and by more than chance?
  $ mmx runs gc                                              what could be freed`,
  );
  command
    .command('ls')
    .description('list the runs, newest first')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  $ mmx runs ls\n  $ mmx runs ls --json')
    .action(async (flags: { json?: boolean }) => {
      const { listRuns } = await import('./run-list.js');
      listRuns(flags);
    });
  command
    .command('show')
    .description('print the manifest of a run')
    .argument('<run>', 'its id, or the beginning of it')
    .option('--json', 'as always: a manifest is JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ mmx runs show 20260102-0304\n  $ mmx runs show 20260102-0304 --json',
    )
    .action(async (prefix: string) => {
      const { showRun } = await import('./run-list.js');
      showRun(prefix);
    });
  command.addCommand(watchCommand());
  command.addCommand(cancelCommand());
  command.addCommand(compareCommand());
  command.addCommand(gcCommand());
  return command;
}
