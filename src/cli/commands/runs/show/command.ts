import { Command } from 'commander';

/** `mmx runs show`. */
export function showCommand(): Command {
  return new Command('show')
    .description('show a run: its table, its stages, and where its files are')
    .argument('<run>', 'id of a run, or the beginning of it')
    .option('--json', 'print the manifest of the run')
    .addHelpText(
      'after',
      '\nExamples:\n  $ mmx runs show 20260102-0304\n  $ mmx runs show 20260102-0304 --json',
    )
    .action(async (prefix: string, flags: { json?: boolean }) => {
      const { showRun } = await import('./work.js');
      showRun(prefix, flags);
    });
}
