import { Command } from 'commander';
import { checkCommand } from './check/command.js';
import { fetchCommand } from './fetch/command.js';
import { infoCommand } from './info/command.js';
import { initCommand } from './init/command.js';
import { listCommand } from './ls/command.js';
import { prepareCommand } from './prepare/command.js';

/** `mmx data ls|info|fetch|check|prepare|init`. */
export function dataCommand(): Command {
  const command = new Command('data').description('the corpora of mmx, and your copies of them').addHelpText(
    'after',
    `
Examples:
  $ mmx data ls                                              list all corpora
  $ mmx data info cuave                                      describe one corpus
  $ mmx data fetch fsdd                                      an open one, over the network
  $ mmx data check cuave --data cuave=~/corpora/cuave        whether your copy is whole
  $ mmx data prepare cuave --data cuave=~/corpora/cuave      find the mouths in its movies
  $ mmx data init mine                                       a folder for recordings of your own`,
  );
  for (const part of [
    listCommand(),
    infoCommand(),
    fetchCommand(),
    checkCommand(),
    prepareCommand(),
    initCommand(),
  ]) {
    command.addCommand(part);
  }
  return command;
}
