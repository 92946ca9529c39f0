import { Command } from 'commander';
import { checkCommand } from './check/command.js';
import { fetchCommand } from './fetch/command.js';
import { infoCommand } from './info/command.js';
import { initCommand } from './init/command.js';
import { listCommand } from './ls/command.js';
import { prepareCommand } from './prepare/command.js';

/** `mmx data ls|info|fetch|check|prepare|init`. */
export function dataCommand(): Command {
  const command = new Command('data').description('list, fetch, check and prepare corpora').addHelpText(
    'after',
    `
Examples:
  $ mmx data ls                                              list all corpora
  $ mmx data info cuave                                      describe one corpus
  $ mmx data fetch fsdd                                      download an open corpus
  $ mmx data check cuave --data cuave=~/corpora/cuave        look for missing files in your copy
  $ mmx data prepare cuave --data cuave=~/corpora/cuave      find the mouths in its movies
  $ mmx data init mine                                       start a corpus of your own recordings`,
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
