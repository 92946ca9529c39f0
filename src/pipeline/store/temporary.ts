/** Names of unfinished writes, which say who writes, and the removal of what dead writers left. */
import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Unfinished writes whose writer cannot be asked (of another host, or nameless) are litter after a day. */
const staleMilliseconds = 24 * 3600 * 1000;

/**
 * Name for something unfinished: `<name>.<host>-<pid>-<start>-<random>.tmp`. The writer is in the name so that what a
 * dead one left behind can be told from what a living one is writing. `<start>` stands for the boot and the time at
 * which the process began: a process id is given to another process sooner or later. Where the system does not tell
 * it, the name goes without.
 */
export function temporaryName(name: string): string {
  ownStart ??= processStart(process.pid) ?? '';
  const start = ownStart === '' ? '' : `${ownStart}-`;
  return `${name}.${hostTag()}-${process.pid}-${start}${randomBytes(4).toString('hex')}.tmp`;
}

let ownStart: string | undefined;

const pattern = /\.([0-9a-f]{8})-(\d+)-(?:([0-9a-f]{12})-)?[0-9a-f]{8}\.tmp$/;

/** True of what `temporaryName` makes, whoever made it. */
export const isTemporaryName = (name: string): boolean => pattern.test(name);

function hostTag(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
}

/**
 * True when the writer of a temporary name is certainly gone. Writers on other hosts, and process ids that may have
 * been taken over by a stranger where the system does not tell when a process began, are left to the caller's age limit.
 */
export function writerIsDead(name: string): boolean {
  const match = pattern.exec(name);
  if (match === null || match[1] !== hostTag()) return false;
  const pid = Number(match[2]);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true;
  }
  const now = statusOfProcess(pid);
  // A killed process keeps its id until somebody asks for its exit code, which in many containers nobody does.
  if (now?.ended === true) return true;
  const started = match[3];
  return started !== undefined && now !== undefined && now.start !== started;
}

/**
 * Twelve hexadecimal digits that no other process of this host ever has together with the same id; undefined where
 * they cannot be told: on other systems than Linux, and of processes that are gone or hidden.
 */
export const processStart = (pid: number): string | undefined => statusOfProcess(pid)?.start;

function statusOfProcess(pid: number): { readonly start: string; readonly ended: boolean } | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses, and may hold blanks and parentheses itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state = '', ticks] = [fields[0], fields[19]];
    if (ticks === undefined || !/^\d+$/.test(ticks)) return undefined;
    const start = createHash('sha256').update(`${boot} ${ticks}`).digest('hex').slice(0, 12);
    return { start, ended: state === 'Z' || state === 'X' };
  } catch {
    return undefined;
  }
}

/** True when nobody will finish what has this name: its writer is dead, or cannot be asked and is a day old. */
export function isLitter(path: string, now: number = Date.now()): boolean {
  if (!path.endsWith('.tmp')) return false;
  if (writerIsDead(path)) return true;
  const age = now - (lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now);
  return age >= staleMilliseconds;
}

/**
 * Removes what is of no use, if it can be removed: an error on the way out must not hide the one that led there, and
 * litter on a read-only disk is no reason to stop. @returns whether it is gone
 */
export function removeLitter(path: string): boolean {
  try {
    rmSync(path, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

/**
 * Removes the unfinished writes of dead writers among the names of a folder. One that cannot be looked at is left alone.
 *
 * @param spare names that are of use though their writer is dead
 * @returns how many were removed
 */
export function sweepLitter(
  directory: string,
  names: readonly string[],
  spare: (name: string) => boolean = () => false,
): number {
  let swept = 0;
  for (const name of names) {
    const path = join(directory, name);
    try {
      if (spare(name) || !isLitter(path)) continue;
    } catch {
      continue;
    }
    if (removeLitter(path)) swept += 1;
  }
  return swept;
}
