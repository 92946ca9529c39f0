import { isAbsolute, relative, sep } from 'node:path';
import { liveRuns } from '../../../../pipeline/runs/marks.js';
import { formatBytes } from '../../../../pipeline/store/files.js';
import {
  type Garbage,
  garbageKinds,
  lookForGarbage,
  removeGarbage,
} from '../../../../pipeline/store/garbage.js';
import { print, printJson, say } from '../../../output.js';
import { places, runsDirectory, storeDirectory } from '../../../project/places.js';
import type { GcFlags } from './command.js';

/** The work of `mmx runs gc`. */
export function collect(flags: GcFlags): void {
  const { yes = false, keepDays, minAge, json = false, despiteDamaged = false } = flags;
  const directory = runsDirectory();
  const store = storeDirectory();
  const isShared =
    !liesWithin(store, directory) && !(places().file !== undefined && liesWithin(store, places().root));
  const options = {
    store,
    isShared,
    minimumAgeHours: minAge,
    despiteDamaged,
    ...(keepDays === undefined ? {} : { keepDays }),
  };
  const { garbage: found, unread } = lookForGarbage(directory, options);
  const freed = yes ? removeGarbage(directory, found, { store }) : [];
  const running = liveRuns(directory).length;
  if (json) {
    const damaged = unread.map(({ message }) => message);
    printJson({
      garbage: found,
      bytes: total(found),
      freed: yes,
      freedBytes: total(freed),
      running,
      isShared,
      damaged,
    });
    return;
  }
  for (const { message } of unread) say(`mmx: ${message}`);
  if (unread.length > 0 && !despiteDamaged) {
    say(
      '  → Nothing is freed that these runs may refer to. Restore or remove the files, or use --despite-damaged.',
    );
  }
  const shown = yes ? freed : found;
  for (const kind of garbageKinds) {
    const items = shown.filter((item) => item.kind === kind);
    if (items.length === 0) continue;
    print(
      `${named(kind, items.length).padEnd(18)} ${formatBytes(total(items)).padStart(11)}  ${reasons(items)}`,
    );
  }
  if (isShared)
    print(`artifacts of ${store} stay: it lies outside this project, and runs of others may use it`);
  if (running > 0) print(`${named('run', running)} in progress: what they need stays`);
  if (found.length === 0) print('nothing to free');
  else if (!yes) print(`${formatBytes(total(found))} can be freed: mmx runs gc --yes`);
  else {
    const left = found.length - freed.length;
    print(`freed ${formatBytes(total(freed))}${left === 0 ? '' : `; ${left} in use or not removable`}`);
  }
}

/** Whether a folder lies in another one, or is it. */
function liesWithin(folder: string, outer: string): boolean {
  const way = relative(outer, folder);
  return !isAbsolute(way) && way.split(sep)[0] !== '..';
}

const total = (items: readonly Garbage[]): number => items.reduce((sum, { bytes }) => sum + bytes, 0);

const named = (what: string, count: number): string =>
  `${count} ${what}${count === 1 || what === 'litter' ? '' : 's'}`;

function reasons(items: readonly Garbage[]): string {
  return [...new Set(items.map(({ reason }) => reason))].join('; ');
}
