import { Command } from 'commander';
import type { LocalCorpora } from '../../../../pipeline/plan/resolve.js';
import { dataOption } from '../../../options/corpora.js';

export interface CheckFlags {
  readonly json?: boolean;
  readonly data?: LocalCorpora;
}

/** `mmx data check`. */
export function checkCommand(): Command {
  return new Command('check')
    .description(
      'count the files and clips of your copy, and say what is missing or odd and whether it matters',
    )
    .argument('<corpus>', 'name of a corpus, or a config, whose corpus is read as the config says')
    .addOption(dataOption('your copy'))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Exit code: 0 when it can be used, with warnings or without; 1 when it cannot.

Of your own examples (examples.csv) only a config knows which columns are pictures, sound or text. Without one, lines,
parts, labels and groups are looked at; with one, every file is read.

Examples:
  $ mmx data check avletters --data avletters=~/corpora/avletters
  $ mmx data check manifest --data manifest=mine --json
  $ mmx data check mine/experiment.yaml --data examples=mine`,
    )
    .action(async (corpus: string, flags: CheckFlags) => {
      const { checkCopy } = await import('./work.js');
      checkCopy(corpus, flags);
    });
}
