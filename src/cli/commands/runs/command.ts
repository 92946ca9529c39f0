import { Command } from 'commander';
import { cancelCommand } from './cancel/command.js';
import { compareCommand } from './compare/command.js';
import { exportRunCommand } from './export/command.js';
import { gcCommand } from './gc/command.js';
import { listCommand } from './ls/command.js';
import { showCommand } from './show/command.js';
import { watchCommand } from './watch/command.js';

/** `mmx runs ls|show|watch|cancel|compare|export|gc`. */
export function runsCommand(): Command {
  const command = new Command('runs')
    .description('list, show, watch and compare the runs of this folder')
    .addHelpText(
      'after',
      `
Examples:
  $ mmx runs ls                                              newest first
  $ mmx runs watch                                           progress of the current run
  $ mmx runs compare 20260102-0304 20260102-0911             differences with confidence intervals
  $ mmx runs gc                                              list files that can be removed`,
    );
  command.addCommand(listCommand());
  command.addCommand(showCommand());
  command.addCommand(watchCommand());
  command.addCommand(cancelCommand());
  command.addCommand(compareCommand());
  command.addCommand(exportRunCommand());
  command.addCommand(gcCommand());
  return command;
}
