import { Command, InvalidArgumentError } from 'commander';
import { storeOption } from '../../../options/store.js';

export interface GcFlags {
  readonly yes?: boolean;
  readonly keepDays?: number;
  readonly minAge: number;
  readonly despiteDamaged?: boolean;
  readonly json?: boolean;
}

/** `mmx runs gc`: what could be freed, and with `--yes` frees it. */
export function gcCommand(): Command {
  return new Command('gc')
    .description('list files of results/runs that no run uses; remove them with --yes')
    .option('--yes', 'remove them')
    .option(
      '--keep-days <n>',
      'also remove files that are used only by runs older than n days, and older logs',
      number,
    )
    .option('--min-age <hours>', 'keep files that are newer than this', number, 24)
    .option('--despite-damaged', 'also remove files that only runs with damaged records may use')
    .addOption(storeOption())
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
It lists artifacts and checkpoints that no recorded run uses, damaged artifacts that a run has set aside, unfinished files
of processes that have ended, and logs older than 30 days. Records of runs stay, and so does everything that a run in
progress needs. What is removed can be computed again with the same command. If the record of a run is damaged, it is
named, and no artifact or checkpoint is removed, because that run may use any of them. --despite-damaged removes them.

Examples:
  $ mmx runs gc
  $ mmx runs gc --keep-days 30 --yes
  $ mmx runs gc --despite-damaged`,
    )
    .action(async (flags: GcFlags) => {
      const { collect } = await import('./work.js');
      collect(flags);
    });
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError('It must be a number, 0 or more.');
  }
  return value;
}
