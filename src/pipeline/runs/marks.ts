import { existsSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { MmxError } from '../../errors.js';
import { statusOf } from '../../read-file.js';
import { makeDirectory, namesIn } from '../store/files.js';
import { removeLitter, temporaryName, writerIsDead } from '../store/temporary.js';
import { markIn } from './mark-schema.js';

/** Marks of runs that died without a record still say what they were computing for so long. */
const deadMarkMilliseconds = 7 * 24 * 3600 * 1000;
/** A writer on another host cannot be asked whether it lives. */
const foreignMarkMilliseconds = 30 * 24 * 3600 * 1000;

export const markDirectory = (runsDirectory: string): string => join(runsDirectory, 'running');

/** How a run is called, and what was typed to start it. */
export interface RunIdentity {
  readonly id: string;
  readonly command: readonly string[];
}

/** What a mark says of its run. Jobs of Slurm add theirs: `run/slurm/record.ts`. */
export interface RunMarkContent extends RunIdentity {
  /** `waiting`: the process that waits for the jobs of a run on Slurm, which has a mark of its own. */
  readonly launcher: 'local' | 'slurm' | 'waiting';
  readonly host: string;
  readonly pid: number;
  /** ISO 8601. */
  readonly started: string;
  /** Every stage the run needs. */
  readonly hashes: readonly string[];
}

export interface OwnMark {
  /** Beside the mark; where the events of the run may be written down. */
  readonly journal: string;
  remove(): void;
}

/**
 * Says which stages a run needs while it goes on: it has no manifest before its end. The mark carries host and process
 * in its name, as unfinished writes do. A run that cannot write it goes on without; one that is killed leaves it.
 */
export function markRunning(
  runsDirectory: string,
  { id, command }: RunIdentity,
  hashes: readonly string[],
  launcher: 'local' | 'waiting' = 'local',
): OwnMark {
  const directory = markDirectory(runsDirectory);
  const path = join(directory, temporaryName(id));
  const journal = journalOf(path);
  const content: RunMarkContent = {
    id,
    command,
    launcher,
    host: hostname(),
    pid: process.pid,
    started: new Date().toISOString(),
    hashes,
  };
  try {
    makeDirectory(directory);
    writeFileSync(path, `${JSON.stringify(content)}\n`, { flag: 'wx' });
  } catch {
    return { journal, remove: () => removeLitter(journal) };
  }
  return {
    journal,
    remove() {
      removeLitter(journal);
      removeLitter(path);
    },
  };
}

/** Where the events of a marked run are. */
export const journalOf = (mark: string): string => mark.replace(/\.tmp$/, '.events');

const markOf = (journal: string): string => journal.replace(/\.events$/, '.tmp');

export interface RunMark {
  readonly path: string;
  /** False when its process is gone, or of another host and very old. */
  readonly alive: boolean;
  /** True while what it names must stay: it is alive, or died lately and may be continued. */
  readonly holds: boolean;
  /** None where it is damaged. */
  readonly hashes: readonly string[];
  /** Absent where it is damaged. */
  readonly content: RunMarkContent | undefined;
  /** What is wrong with it: its process was killed while writing it, or somebody has changed it. */
  readonly damage: MmxError | undefined;
}

/** Marks of this directory. Those of jobs in Slurm's queue have no process of their own and count as alive. */
export function runMarks(runsDirectory: string, now: number = Date.now()): readonly RunMark[] {
  const directory = markDirectory(runsDirectory);
  return namesIn(directory)
    .filter((name) => !name.endsWith('.events'))
    .flatMap((name): RunMark[] => {
      const path = join(directory, name);
      const stat = statusOf(path);
      const content = markIn(path);
      if (!stat || content === undefined) return [];
      const age = now - stat.mtimeMs;
      const alive = !writerIsDead(name) && age < foreignMarkMilliseconds;
      if (content instanceof MmxError) {
        return [{ path, alive, holds: alive, hashes: [], content: undefined, damage: content }];
      }
      const holds = alive || age < deadMarkMilliseconds;
      return [{ path, alive, holds, hashes: content.hashes, content, damage: undefined }];
    });
}

/**
 * Removes the marks and journals of dead runs all of whose stages are in the record of a later one, which holds them from
 * now on, and those that were never written to their end.
 */
export function removeSuperseded(runsDirectory: string, recorded: ReadonlySet<string>): void {
  for (const { path, alive, hashes } of runMarks(runsDirectory)) {
    if (alive || !hashes.every((hash) => recorded.has(hash))) continue;
    removeLitter(journalOf(path));
    removeLitter(path);
  }
  for (const path of lonelyJournals(runsDirectory)) removeLitter(path);
}

/** Journals of dead runs that have no mark: it could not be written, or went first. */
export function lonelyJournals(runsDirectory: string): readonly string[] {
  const directory = markDirectory(runsDirectory);
  return namesIn(directory)
    .filter((name) => name.endsWith('.events') && writerIsDead(markOf(name)))
    .map((name) => join(directory, name))
    .filter((path) => !existsSync(markOf(path)));
}

/** A run that goes on, newest first. */
export interface LiveRun extends RunMarkContent {
  /** Where its events are written down; nowhere for a run on Slurm. */
  readonly journal: string;
}

export function liveRuns(runsDirectory: string): readonly LiveRun[] {
  return runMarks(runsDirectory)
    .flatMap(({ alive, content, path }): LiveRun[] =>
      !alive || content === undefined || content.launcher === 'waiting'
        ? []
        : [{ ...content, journal: journalOf(path) }],
    )
    .sort((a, b) => (a.id < b.id ? 1 : -1));
}
