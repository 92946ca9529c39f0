import { Command } from 'commander';

export interface InitFlags {
  readonly json?: boolean;
}

/** `mmx data init`. */
export function initCommand(): Command {
  return new Command('init')
    .description('write a manifest to fill in with recordings of your own, and an experiment that runs on it')
    .argument('[dir]', 'a folder; made if need be', '.')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Nothing is overwritten.

Examples:
  $ mmx data init mine
  $ mmx data check manifest --data manifest=mine
  $ mmx evaluate mine/experiment.yaml --data manifest=mine`,
    )
    .action(async (directory: string, flags: InitFlags) => {
      const { writeTemplates } = await import('./work.js');
      writeTemplates(directory, flags);
    });
}
