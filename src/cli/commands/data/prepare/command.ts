import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import type { LocalCorpora } from '../../../../pipeline/plan/resolve.js';
import { dataOption } from '../../../options/corpora.js';
import { positiveInteger } from '../../../options/run.js';

export interface PrepareFlags {
  readonly data?: LocalCorpora;
  readonly out?: string;
  readonly limit?: number;
  readonly every: number;
  readonly jobs: number;
  readonly boxes?: string;
  readonly inPlace?: boolean;
  readonly crops?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `mmx data prepare`. */
export function prepareCommand(): Command {
  return new Command('prepare')
    .description('find the mouth in every frame of the movies of a corpus, and draw what was found')
    .argument('<corpus>', 'name of a corpus, or a config that names a corpus of movies')
    .addOption(dataOption('your copy'))
    .option('--out <dir>', 'folder for the results (default: results/prepared/<corpus>)')
    .option('--in-place', 'also write boxes.csv into your copy')
    .option('--limit <n>', 'process at most n movies; finished ones do not count', positiveInteger)
    .option(
      '--every <n>',
      'look at each n-th frame; boxes of the frames between are interpolated',
      positiveInteger,
      1,
    )
    .option('--boxes <file>', 'draw the boxes of this file and do not look for mouths')
    .option('--crops', 'also write the 60x80 mouth pictures of each movie as .npy')
    .option(
      '-j, --jobs <n>',
      'number of movies that are processed at the same time',
      positiveInteger,
      availableParallelism(),
    )
    .option('--json', 'print JSON and nothing else')
    .option('-q, --quiet', 'no progress')
    .addHelpText(
      'after',
      `
Writes boxes.csv, which every command finds there, and contact sheets (PNG) to judge it by. Movies that are done are
kept: an interrupted run continues where it stopped.

Examples:
  $ mmx data prepare grid-digits --data grid-digits=~/corpora/grid --limit 20
  $ mmx data prepare cuave --data cuave=~/corpora/cuave --in-place
  $ mmx data prepare manifest --data manifest=mine --boxes mine/boxes.csv      draws boxes made by hand`,
    )
    .action(async (corpus: string, flags: PrepareFlags) => {
      const { prepareCorpus } = await import('./work.js');
      await prepareCorpus(corpus, flags);
    });
}
