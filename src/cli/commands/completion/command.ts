import { Argument, Command } from 'commander';
import { corpusNames } from '../../../corpora/names.js';
import { shippedConfigs } from '../../options/configs.js';
import { printText } from '../../output.js';
import { completionScript, type Shell, shells } from './scripts.js';
import { commandWords } from './words.js';

/** `mmx completion`. */
export function completionCommand(): Command {
  const command = new Command('completion')
    .description('print a script that completes mmx in your shell')
    .addArgument(new Argument('<shell>').choices(shells))
    .addHelpText(
      'after',
      `
It completes commands, options and their values, configs (*.yaml files and those that come with mmx), corpora for --data,
and ids of runs.

Examples:
  $ source <(mmx completion bash)                                       in this shell
  $ mmx completion bash > ~/.local/share/bash-completion/completions/mmx
  $ mmx completion fish > ~/.config/fish/completions/mmx.fish`,
    );
  return command.action((shell: Shell) => {
    let root: Command = command;
    while (root.parent) root = root.parent;
    // Parts that configs extend compute nothing by themselves.
    const configs = shippedConfigs().filter((name) => !name.startsWith('base/'));
    printText(completionScript(shell, commandWords(root), { corpora: corpusNames, configs }));
  });
}
