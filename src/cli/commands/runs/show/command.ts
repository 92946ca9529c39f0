import { Command } from 'commander';

/** `mmx runs show`. */
export function showCommand(): Command {
  return new Command('show')
    .description('print the manifest of a run')
    .argument('<run>', 'its id, or the beginning of it')
    .option('--json', 'as always: a manifest is JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ mmx runs show 20260102-0304\n  $ mmx runs show 20260102-0304 --json',
    )
    .action(async (prefix: string) => {
      const { showRun } = await import('./work.js');
      showRun(prefix);
    });
}
