import { Command } from 'commander';

/** `mmx runs cancel`: ends a run of another terminal, or in the queue of Slurm. */
export function cancelCommand(): Command {
  return new Command('cancel')
    .description('end a run in progress; stored results are kept, and the command of the run continues it')
    .argument('<live-run>', 'id of a run, or the beginning of it')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Stages that are being made take a checkpoint, if they can, before they end.

Examples:
  $ mmx runs cancel 20260102-0304
  $ mmx runs cancel 20260102-030405-small --json`,
    )
    .action(async (prefix: string, flags: { json?: boolean }) => {
      const { cancel } = await import('./work.js');
      await cancel(prefix, flags);
    });
}
