import { Command, Option } from 'commander';
import type { PartsBy } from '../../../../corpora/annotations/speakers.js';

export interface InitFlags {
  readonly examples?: boolean;
  readonly from?: string;
  readonly recordings?: string;
  readonly tier?: readonly string[];
  readonly labels?: readonly string[];
  readonly pattern?: string;
  readonly splitBy?: PartsBy;
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
      'list a clip for each interval of .align (GRID), .TextGrid (Praat) or .eaf (ELAN), or, with --pattern, for each recording of a folder',
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
    .option(
      '--pattern <names>',
      "of --from, what the names of recordings say, e.g. '{label}_{speaker}_{repetition}' of 7_jackson_3.wav",
    )
    .addOption(
      new Option('--split-by <what>', 'of --from, test every third speaker, repetition or recording').choices(
        ['speaker', 'repetition', 'recording'],
      ),
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

With --pattern, no annotations are needed: each recording is one clip, and its name, without the ending, says the
{label}, the {speaker} and the {repetition}; {any} is anything else. A value ends where the text after it begins first;
the last one is the rest. A / stands for the folders above: '{speaker}/{label}_{repetition}'.

Examples:
  $ mmx data init mine
  $ mmx data prepare mine/experiment.yaml      where movies show whole faces
  $ mmx data check mine/experiment.yaml
  $ mmx table mine/experiment.yaml

  $ mmx data init grid --from grid/alignments --labels one,two,three
  $ mmx data init digits --from fsdd/recordings --pattern '{label}_{speaker}_{repetition}'

  $ mmx data init mine --examples
  $ mmx data check mine/experiment.yaml
  $ mmx table mine/experiment.yaml`,
    )
    .action(async (directory: string, flags: InitFlags) => {
      const { writeTemplates } = await import('./work.js');
      writeTemplates(directory, flags);
    });
}
