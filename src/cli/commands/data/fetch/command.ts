import { Command } from 'commander';
import { downloadNames } from '../../../../corpora/downloads/names.js';

export interface FetchFlags {
  readonly only?: string;
  readonly out?: string;
  readonly mirror?: string;
  readonly keepArchives?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `mmx data fetch`. What it does is loaded when it is asked for: nothing else in mmx opens a connection. */
export function fetchCommand(): Command {
  const command = new Command('fetch')
    .description('fetch an open corpus over the network, after showing its licence')
    .option('--only <parts>', 'download these parts only, as in s1,s2')
    .option('--out <dir>', 'folder for the corpus (default: data/<name>)')
    .option('--mirror <url>', 'download the files from below this address; they have the same names there')
    .option('--keep-archives', 'do not delete archives once they are unpacked')
    .option('--dry-run', 'show the list of files; fetch no file')
    .option('-y, --yes', 'agree to the licence, without a prompt')
    .option('--json', 'print JSON and nothing else')
    .option('-q, --quiet', 'no progress')
    .addHelpText(
      'after',
      `
The only command that uses the network. An interrupted one continues where it stopped; what is there is not fetched again.

Examples:
  $ mmx data fetch grid --dry-run               which files, how large, under which licence
  $ mmx data fetch grid --only s1,s2 --yes      two talkers, and the alignments
  $ mmx data fetch fsdd --out corpora/fsdd`,
    )
    .action(async (name: string, flags: FetchFlags) => {
      const { runDataFetch } = await import('./work.js');
      await runDataFetch(name, flags);
    });
  // Offered, not enforced: the name of a corpus that reads it does as well.
  const argument = command.createArgument('<name>', 'name of an open corpus');
  command.addArgument(argument.choices([...downloadNames()]).argParser((word: string) => word));
  return command;
}
