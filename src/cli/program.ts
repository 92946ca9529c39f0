import { Command } from 'commander';
import { packageVersion } from '../pipeline/runs/environment.js';
import { visible } from '../visible.js';
import { checkCommand } from './commands/check/command.js';
import { completionCommand } from './commands/completion/command.js';
import { configCommand } from './commands/config/command.js';
import { dataCommand } from './commands/data/command.js';
import { demoCommand } from './commands/demo/command.js';
import { doctorCommand } from './commands/doctor/command.js';
import { evaluateCommand } from './commands/evaluate/command.js';
import { exportCommand } from './commands/export/command.js';
import { figureCommand } from './commands/figure/command.js';
import { initCommand } from './commands/init/command.js';
import { pretrainCommand } from './commands/pretrain/command.js';
import { reportCommand } from './commands/report/command.js';
import { reproduceCommand } from './commands/reproduce/command.js';
import { runsCommand } from './commands/runs/command.js';
import { sweepCommand } from './commands/sweep/command.js';
import { tableCommand } from './commands/table/command.js';
import { printText, sayText } from './output.js';
import { openProject } from './project/open.js';

/** The whole command line. */
export function program(): Command {
  const mmx = new Command('mmx')
    .description(
      'Reproducible multimodal feature learning: from one YAML file to the accuracy tables of\n' +
        'Ngiam et al., Multimodal Deep Learning (ICML 2011).',
    )
    .version(packageVersion(), '-V, --version')
    .showHelpAfterError('(mmx --help lists the commands)')
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      `
Examples:
  $ mmx demo                                            a small table in two minutes
  $ mmx table configs/mnist-halves/corrnet.yaml         a full table; the same command continues it
  $ mmx init my-project                                 a project of your own
  $ mmx reproduce ngiam2011                             the paper's tables, figure and claims
  $ mmx evaluate configs/mnist-halves/rbm-cca.yaml rbm.left.hidden=1000
  $ mmx doctor                                          the engines that work on this machine, and their speed`,
    );
  for (const command of [
    demoCommand(),
    initCommand(),
    reproduceCommand(),
    tableCommand(),
    sweepCommand(),
    evaluateCommand(),
    pretrainCommand(),
    checkCommand(),
    reportCommand(),
    figureCommand(),
    exportCommand(),
    dataCommand(),
    configCommand(),
    runsCommand(),
    doctorCommand(),
    completionCommand(),
  ]) {
    mmx.addCommand(command);
  }
  // Commander words its own errors and help; how to write them and what to exit with is decided in one place each.
  const strict = (command: Command): void => {
    command.exitOverride();
    if (command.parent !== null) {
      const shown = command.commands.length > 0 ? 'lists its commands' : 'shows its arguments and options';
      command.showHelpAfterError(`(${nameOf(command)} --help ${shown})`);
    }
    command.configureOutput({ writeOut: printText, writeErr: sayText, outputError: sayCommanderError });
    command.commands.forEach(strict);
  };
  strict(mmx);
  mmx.hook('preAction', (_, command) => openProject(command));
  return mmx;
}

/** `mmx runs show`. */
const nameOf = (command: Command): string =>
  command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;

/** Its messages quote words of the command line, and have lines of their own: the words must not add any. */
function sayCommanderError(text: string): void {
  const odd = process.argv
    .flatMap((word) => [word, ...word.split('=')])
    .filter((word) => visible(word) !== word);
  sayText(odd.reduce((safer, word) => safer.replaceAll(word, visible(word)), text));
}
