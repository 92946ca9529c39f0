import { Command } from 'commander';

export interface InitFlags {
  readonly examples?: boolean;
  readonly json?: boolean;
}

/** `mmx data init`. */
export function initCommand(): Command {
  return new Command('init')
    .description(
      'write a list to fill in with recordings or examples of your own, and an experiment that runs on it',
    )
    .argument('[dir]', 'a folder; made if need be', '.')
    .option('--examples', 'texts, pictures, sound, movies and arrays, in place of a manifest of recordings')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
A manifest (manifest.csv) lists recordings and movies of speech, which the paper's front end turns into windows over
time. A list of examples (examples.csv) has a column for each of any number of modalities, read as they are.
Nothing is overwritten.

Examples:
  $ mmx data init mine
  $ mmx data check manifest --data manifest=mine
  $ mmx evaluate mine/experiment.yaml --data manifest=mine

  $ mmx data init mine --examples
  $ mmx data check mine/experiment.yaml
  $ mmx table mine/experiment.yaml`,
    )
    .action(async (directory: string, flags: InitFlags) => {
      const { writeTemplates } = await import('./work.js');
      writeTemplates(directory, flags);
    });
}
