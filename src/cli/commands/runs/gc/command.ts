import { Command, InvalidArgumentError } from 'commander';

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
    .description('show what results/runs holds that no run refers to; free it with --yes')
    .option('--yes', 'remove it')
    .option('--keep-days <n>', 'what only runs older than n days refer to goes too, and older logs', number)
    .option('--min-age <hours>', 'what was written more recently stays', number, 24)
    .option('--despite-damaged', 'what only runs refer to whose records are damaged goes too')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Artifacts and checkpoints that no recorded run refers to, damaged artifacts that a run has set aside, unfinished writes
of processes that are gone, logs of more than 30 days. What a run in progress needs stays, and so do the records of
runs. What is freed can be computed again with the same command. Where the record of a run is damaged, it is named, and
no artifact goes, nor a checkpoint of an unfinished stage, because it may refer to any of them: --despite-damaged frees
them all the same.

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
