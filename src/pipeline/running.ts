import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory, namesIn, removeLitter, temporaryName, writerIsDead } from './files.js';

/** Marks of runs that died without a record still say what they were computing for so long. */
const deadMarkMilliseconds = 7 * 24 * 3600 * 1000;
/** A writer on another host cannot be asked whether it lives. */
const foreignMarkMilliseconds = 30 * 24 * 3600 * 1000;

const directoryOf = (runsDirectory: string): string => join(runsDirectory, 'running');

/**
 * Says which stages a run needs while it goes on: it has no manifest before its end. The mark carries host and process
 * in its name, as unfinished writes do. A run that cannot write it goes on without.
 *
 * @returns what takes the mark away again; a run that is killed leaves it
 */
export function markRunning(runsDirectory: string, hashes: readonly string[]): () => void {
  const path = join(directoryOf(runsDirectory), temporaryName('run'));
  try {
    makeDirectory(directoryOf(runsDirectory));
    writeFileSync(path, `${JSON.stringify({ hashes })}\n`, { flag: 'wx' });
  } catch {
    return () => undefined;
  }
  return () => {
    removeLitter(path);
  };
}

export interface RunMark {
  readonly path: string;
  /** False when its process is gone, or of another host and very old. */
  readonly alive: boolean;
  /** True while what it names must stay: it is alive, or died lately and may be continued. */
  readonly holds: boolean;
  readonly hashes: readonly string[];
  readonly bytes: number;
}

export function runMarks(runsDirectory: string, now: number = Date.now()): readonly RunMark[] {
  const directory = directoryOf(runsDirectory);
  return namesIn(directory).flatMap((name): RunMark[] => {
    const path = join(directory, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return [];
    const age = now - stat.mtimeMs;
    const alive = !writerIsDead(name) && age < foreignMarkMilliseconds;
    return [
      { path, alive, holds: alive || age < deadMarkMilliseconds, hashes: hashesIn(path), bytes: stat.size },
    ];
  });
}

/** None where the mark vanished or its process was killed while writing it. */
function hashesIn(path: string): readonly string[] {
  try {
    const { hashes } = JSON.parse(readFileSync(path, 'utf8')) as { hashes?: unknown };
    return Array.isArray(hashes) ? hashes.filter((hash) => typeof hash === 'string') : [];
  } catch {
    return [];
  }
}
