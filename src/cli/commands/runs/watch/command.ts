import { Command, InvalidArgumentError, Option } from 'commander';
import { storeOption } from '../../../options/store.js';

export interface WatchFlags {
  readonly json?: boolean;
  readonly web?: boolean;
  readonly port?: number;
}

/** `mmx runs watch`: how a run of another terminal, or in the queue of Slurm, gets on. */
export function watchCommand(): Command {
  return new Command('watch')
    .description('show the progress of a run, on this machine or in the queue of Slurm')
    .argument('[live-run]', 'id of a run, or the beginning of it (default: the newest)')
    .option('--web', 'serve a page for a browser on this machine, with curves that are updated')
    .option('--port <n>', 'port of the page at 127.0.0.1, with --web (default: a free port)', portNumber)
    .addOption(storeOption())
    .addOption(new Option('--json', 'print the current state as JSON and exit').conflicts('web'))
    .addHelpText(
      'after',
      `
Ctrl-C ends this command, not the run. The page of --web stays available after the run has ended, until Ctrl-C. Only this
machine can open it. To open it on another machine, add --port 8080 here and run ssh -L 8080:127.0.0.1:8080 HOST there.

Examples:
  $ mmx runs watch
  $ mmx runs watch --web
  $ mmx runs watch 20260102-0304 --json`,
    )
    .action(async (prefix: string | undefined, flags: WatchFlags) => {
      const { watch } = await import('./work.js');
      await watch(prefix, flags);
    });
}

function portNumber(text: string): number {
  const value = Number(text);
  if (!/^\d{1,5}$/.test(text) || value > 65535)
    throw new InvalidArgumentError('It must be a number, 0 to 65535.');
  return value;
}
