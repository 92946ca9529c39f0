import { Command } from 'commander';
import { printText } from '../../../output.js';

/** `mmx config schema`. */
export function schemaCommand(): Command {
  return new Command('schema')
    .description('print the JSON Schema of configuration files')
    .option('--json', 'no effect: the schema is always JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ mmx config schema > mmx.schema.json
  $ mmx config schema --json`,
    )
    .action(async () => {
      const { schemaText } = await import('./work.js');
      printText(schemaText());
    });
}
