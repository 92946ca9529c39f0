import { Command, InvalidArgumentError } from 'commander';
import { formatBytes } from '../pipeline/files.js';
import {
  defaultMinimumAgeHours,
  findGarbage,
  type Garbage,
  garbageKinds,
  removeGarbage,
} from '../pipeline/garbage.js';
import { liveRuns } from '../pipeline/running.js';
import { print, printJson, runsDirectory } from './output.js';

interface Flags {
  readonly yes?: boolean;
  readonly keepDays?: number;
  readonly minAge: number;
  readonly json?: boolean;
}

/** `mmx runs gc`: what could be freed, and with `--yes` frees it. */
export function gcCommand(): Command {
  return new Command('gc')
    .description('show what results/runs holds that no run refers to; free it with --yes')
    .option('--yes', 'remove it')
    .option('--keep-days <n>', 'what only runs older than n days refer to goes too, and older logs', number)
    .option('--min-age <hours>', 'what was written more recently stays', number, defaultMinimumAgeHours)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Artifacts and checkpoints that no recorded run refers to, unfinished writes of processes that are gone, logs of
more than 30 days. What a run in progress needs stays, and so do the records of runs. What is freed can be
computed again with the same command.

Examples:
  $ mmx runs gc
  $ mmx runs gc --keep-days 30 --yes`,
    )
    .action(collect);
}

function collect({ yes = false, keepDays, minAge, json = false }: Flags): void {
  const directory = runsDirectory();
  const options = { minimumAgeHours: minAge, ...(keepDays === undefined ? {} : { keepDays }) };
  const found = findGarbage(directory, options);
  const freed = yes ? removeGarbage(directory, found) : [];
  const running = liveRuns(directory).length;
  if (json) {
    printJson({ garbage: found, bytes: total(found), freed: yes, freedBytes: total(freed), running });
    return;
  }
  const shown = yes ? freed : found;
  for (const kind of garbageKinds) {
    const items = shown.filter((item) => item.kind === kind);
    if (items.length === 0) continue;
    print(
      `${named(kind, items.length).padEnd(18)} ${formatBytes(total(items)).padStart(11)}  ${reasons(items)}`,
    );
  }
  if (running > 0) print(`${named('run', running)} in progress: what they need stays`);
  if (found.length === 0) print('nothing to free');
  else if (!yes) print(`${formatBytes(total(found))} can be freed: mmx runs gc --yes`);
  else {
    const left = found.length - freed.length;
    print(`freed ${formatBytes(total(freed))}${left === 0 ? '' : `; ${left} in use or not removable`}`);
  }
}

const total = (items: readonly Garbage[]): number => items.reduce((sum, { bytes }) => sum + bytes, 0);

const named = (what: string, count: number): string =>
  `${count} ${what}${count === 1 || what === 'litter' ? '' : 's'}`;

function reasons(items: readonly Garbage[]): string {
  return [...new Set(items.map(({ reason }) => reason))].join('; ');
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError('It must be a number, 0 or more.');
  }
  return value;
}
