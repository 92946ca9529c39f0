import { Command } from 'commander';
import type { LocalCorpora } from '../../../../pipeline/plan/resolve.js';
import { dataOption } from '../../../options/corpora.js';

export interface CheckOptions {
  readonly data?: LocalCorpora;
  readonly json?: boolean;
}

/** `mmx config check`. */
export function checkCommand(): Command {
  return new Command('check')
    .description('check configs: print ok for each file, or its errors')
    .argument('<configs...>', 'experiments, tables, sweeps, and lists of tables for mmx reproduce')
    .addOption(dataOption('your copy of a corpus, used instead of the embedded one (repeatable)'))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ mmx config check configs/mnist-halves/corrnet.yaml configs/ngiam2011/table2.yaml
  $ mmx config check configs/ngiam2011/reproduce.yaml --json`,
    )
    .action(async (paths: readonly string[], options: CheckOptions) => {
      const { checkConfigurations } = await import('./work.js');
      checkConfigurations(paths, options);
    });
}
