import { Command } from 'commander';
import { checkCommand } from './check/command.js';
import { schemaCommand } from './schema/command.js';
import { showCommand } from './show/command.js';

/** `mmx config show|check|schema`. */
export function configCommand(): Command {
  const command = new Command('config')
    .description('show and check configs (configuration files), and print their JSON Schema')
    .addHelpText(
      'after',
      `
Examples:
  $ mmx config show configs/mnist-halves/rbm-cca.yaml rbm.left.hidden=500
  $ mmx config check configs/mnist-halves/corrnet.yaml configs/ngiam2011/table2.yaml`,
    );
  command.addCommand(showCommand());
  command.addCommand(checkCommand());
  command.addCommand(schemaCommand());
  return command;
}
