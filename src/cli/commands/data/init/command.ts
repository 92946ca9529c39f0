import { Command } from 'commander';

export interface InitFlags {
  readonly examples?: boolean;
  readonly from?: string;
  readonly recordings?: string;
  readonly tier?: readonly string[];
  readonly labels?: readonly string[];
  readonly json?: boolean;
}

const collected = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** `mmx data init`. */
export function initCommand(): Command {
  return new Command('init')
    .description(
      'write a list to fill in with recordings or examples of your own, and an experiment that runs on it',
    )
    .argument('[dir]', 'a folder; created if it does not exist', '.')
    .option('--examples', 'texts, pictures, sound, movies and arrays, in place of a manifest of recordings')
    .option(
      '--from <annotations>',
      'list a clip for each interval of .align (GRID), .TextGrid (Praat) or .eaf (ELAN)',
    )
    .option(
      '--recordings <dir>',
      'where the recordings of --from lie, beside the annotations and in dir unless given',
    )
    .option('--tier <name>', 'of --from, the tier to cut by; may be given several times', collected)
    .option(
      '--labels <list>',
      'of --from, the labels wanted, separated by commas; all but silence unless given',
      (list) => list.split(',').map((label) => label.trim()),
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
A manifest (manifest.csv) lists recordings and movies of speech, which the paper's front end turns into windows over
time. A list of examples (examples.csv) has a column for each of any number of modalities, read as they are.
Nothing is overwritten.

With --from, recordings are found by the names of their annotations. Speakers are those the annotations name, else the
folders, else the names up to the first _ or -; every third speaker is tested. Correct both in the manifest.

Examples:
  $ mmx data init mine
  $ mmx data prepare mine/experiment.yaml      where movies show whole faces
  $ mmx data check mine/experiment.yaml
  $ mmx table mine/experiment.yaml

  $ mmx data init grid --from grid/alignments --labels one,two,three

  $ mmx data init mine --examples
  $ mmx data check mine/experiment.yaml
  $ mmx table mine/experiment.yaml`,
    )
    .action(async (directory: string, flags: InitFlags) => {
      const { writeTemplates } = await import('./work.js');
      writeTemplates(directory, flags);
    });
}
