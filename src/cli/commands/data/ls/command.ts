import { Command } from 'commander';

export interface ListFlags {
  readonly json?: boolean;
}

/** `mmx data ls`. */
export function listCommand(): Command {
  return new Command('ls')
    .description('list the corpora')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  $ mmx data ls\n  $ mmx data ls --json')
    .action(async (flags: ListFlags) => {
      const { listCorpora } = await import('./work.js');
      listCorpora(flags);
    });
}
