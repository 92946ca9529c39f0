import { Command } from 'commander';
import type { LocalCorpora } from '../pipeline/resolve.js';
import { dataOption } from './corpus-options.js';
import { printText } from './output.js';

export interface CheckOptions {
  readonly data?: LocalCorpora;
  readonly json?: boolean;
}

export interface ShowOptions extends CheckOptions {
  readonly cell?: string;
}

/** `mmx config show|check|schema`. */
export function configCommand(): Command {
  const command = new Command('config')
    .description('show, check and describe configuration files')
    .addHelpText(
      'after',
      `
Examples:
  $ mmx config show configs/mnist-halves/rbm-cca.yaml rbm.left.hidden=500
  $ mmx config check configs/mnist-halves/corrnet.yaml configs/ngiam2011/table2.yaml`,
    );
  command
    .command('show')
    .description('print the resolved values and where each came from')
    .argument('<config>', 'an experiment, a table or a sweep')
    .argument('[overrides...]', 'key.path=value')
    .option('--cell <row/column>', 'of a table or a sweep: this cell alone')
    .addOption(dataOption('your copy of a corpus, for which nothing stands in (repeatable)'))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ mmx config show configs/mnist-halves/rbm-cca.yaml rbm.left.hidden=500
  $ mmx config show configs/mnist-halves/corrnet.yaml --cell cca/left-to-right --json`,
    )
    .action(async (path: string, overrides: readonly string[], options: ShowOptions) => {
      const { showConfiguration } = await import('./run-config.js');
      showConfiguration(path, overrides, options);
    });
  command
    .command('check')
    .description('print ok for each file, or everything that is wrong')
    .argument('<configs...>', 'experiments, tables, sweeps, and lists of tables for mmx reproduce')
    .addOption(dataOption('your copy of a corpus, for which nothing stands in (repeatable)'))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ mmx config check configs/mnist-halves/corrnet.yaml configs/ngiam2011/table2.yaml
  $ mmx config check configs/ngiam2011/reproduce.yaml --json`,
    )
    .action(async (paths: readonly string[], options: CheckOptions) => {
      const { checkConfigurations } = await import('./check-config.js');
      checkConfigurations(paths, options);
    });
  command
    .command('schema')
    .description('print the JSON Schema of configuration files')
    .option('--json', 'as always: a schema is JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ mmx config schema > mmx.schema.json
  $ mmx config schema --json`,
    )
    .action(async () => {
      const { schemaText } = await import('./run-config.js');
      printText(schemaText());
    });
  return command;
}
