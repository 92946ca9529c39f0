import { lstatSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodeOf, makeDirectory, namesIn } from '../../pipeline/store/files.js';
import { runsDirectory } from '../project/places.js';

/** Characters of `20260102-030405-`, which the name of a run follows. */
const stampLength = 16;

/** Runs that ask for one second in this time find each other's folders; later ones ask for another second. */
const keptMilliseconds = 60_000;

/** Runs of one name in one second: more are started by nobody. */
const mostOfASecond = 1000;

/**
 * An id that no other run has: `20260102-030405-name`, which sorts by time and can be typed. Of runs of one name that begin in
 * the same second, the second is `20260102-030405-name-2`. Whoever makes the folder of an id below `ids` has it.
 *
 * Where the folder of runs cannot be written, nothing is reserved: whoever computes checks that next, and says so.
 *
 * @param isTaken whether there is a record of a run of this id
 */
export function reserveRunId(started: Date, name: string, isTaken: (id: string) => boolean): string {
  const stamp = started
    .toISOString()
    .replace(/[-:]/g, '')
    .replace('T', '-')
    .slice(0, stampLength - 1);
  const folder = join(runsDirectory(), 'ids');
  try {
    makeDirectory(folder);
    removeOld(folder, started.getTime());
  } catch {
    return `${stamp}-${name}`;
  }
  for (let attempt = 1; attempt < mostOfASecond; attempt++) {
    const id = attempt === 1 ? `${stamp}-${name}` : `${stamp}-${name}-${attempt}`;
    if (isMade(join(folder, id)) && !isTaken(id)) return id;
  }
  throw new Error(`there are ${mostOfASecond} runs ${stamp}-${name}`);
}

/** Whether two ids are of runs of one name. */
export function haveOneName(id: string, other: string): boolean {
  const [a, b] = [id, other].map((one) => one.slice(stampLength));
  return withoutNumber(a) === withoutNumber(b);
}

const withoutNumber = (name: string | undefined): string | undefined => name?.replace(/-[1-9]\d*$/, '');

/** False where another run has it; a folder that cannot be made at all is nobody's. */
function isMade(directory: string): boolean {
  try {
    mkdirSync(directory);
    return true;
  } catch (error) {
    return errorCodeOf(error) !== 'EEXIST';
  }
}

function removeOld(folder: string, now: number): void {
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    const made = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now;
    if (now - made < keptMilliseconds) continue;
    try {
      rmdirSync(path);
    } catch {
      // Another run has removed it, or somebody keeps files there.
    }
  }
}
