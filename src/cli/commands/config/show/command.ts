import { Command } from 'commander';
import { dataOption } from '../../../options/corpora.js';
import type { CheckOptions } from '../check/command.js';

export interface ShowOptions extends CheckOptions {
  readonly cell?: string;
}

/** `mmx config show`. */
export function showCommand(): Command {
  return new Command('show')
    .description('print the resolved values of a config, and where each value was set')
    .argument('<config>', 'config of an experiment, a table or a sweep')
    .argument('[overrides...]', 'key.path=value')
    .option('--cell <row/column>', 'print only this cell of a table or a sweep')
    .addOption(dataOption('your copy of a corpus, used instead of the embedded one (repeatable)'))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ mmx config show configs/mnist-halves/rbm-cca.yaml rbm.left.hidden=500
  $ mmx config show configs/mnist-halves/corrnet.yaml --cell cca/left-to-right --json`,
    )
    .action(async (path: string, overrides: readonly string[], options: ShowOptions) => {
      const { showConfiguration } = await import('./work.js');
      showConfiguration(path, overrides, options);
    });
}
