import { Command } from 'commander';

/** `mmx runs watch`: how a run of another terminal, or in the queue of Slurm, gets on. */
export function watchCommand(): Command {
  return new Command('watch')
    .description('show how a run in progress gets on, here or in the queue of Slurm')
    .argument('[live-run]', 'its id, or the beginning of it (default: the newest)')
    .option('--json', 'print where it stands now as JSON, and leave')
    .addHelpText(
      'after',
      `
Ctrl-C ends the watching, not the run.

Examples:
  $ mmx runs watch
  $ mmx runs watch 20260102-0304 --json`,
    )
    .action(async (prefix: string | undefined, flags: { json?: boolean }) => {
      const { watch } = await import('./work.js');
      await watch(prefix, flags);
    });
}
