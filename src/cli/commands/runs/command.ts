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
  const command = new Command('runs').description('the runs of this folder').addHelpText(
    'after',
    `
Examples:
  $ mmx runs ls                                              newest first
  $ mmx runs watch                                           progress of the current run
  $ mmx runs compare 20260102-0304 20260102-0911             what differs, and by more than chance?
  $ mmx runs gc                                              what could be freed`,
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
