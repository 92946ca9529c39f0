import { Command } from 'commander';

export interface InitFlags {
  readonly json?: boolean;
}

/** `mmx init`. */
export function initCommand(): Command {
  return new Command('init')
    .description(
      'write a project of your own: mmx.yaml, and an experiment, a table and a sweep to start from',
    )
    .argument('[dir]', 'a folder; created if it does not exist', '.')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
mmx.yaml names the folders of results, of stored artifacts and of your copies of corpora. Every command in its folder, or
in a folder below, uses them. The configs run at once, on handwritten digits that come with mmx. No file is overwritten.
docs/projects.md explains all of it.

Examples:
  $ mmx init
  $ mmx init my-project`,
    )
    .action(async (directory: string, flags: InitFlags) => {
      const { writeProject } = await import('./work.js');
      writeProject(directory, flags);
    });
}
