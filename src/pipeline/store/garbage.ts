import { existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { MmxError } from '../../errors.js';
import { UnreadFile } from '../../read-file.js';
import { damaged, readStored, type StoredKind } from '../../stored-json.js';
import { hash } from '../graph/stored-values.js';
import { journalOf, lonelyJournals, type RunMark, runMarks } from '../runs/marks.js';
import { listCheckpoints } from './checkpoint.js';
import { namesIn } from './files.js';
import { quarantineOf } from './quarantine.js';
import { ArtifactStore } from './store.js';
import { isLitter, removeLitter } from './temporary.js';

export const garbageKinds = ['artifact', 'damaged artifact', 'checkpoint', 'litter', 'log'] as const;
export type GarbageKind = (typeof garbageKinds)[number];

/** Something that can be removed without losing what a recorded run refers to. */
export interface Garbage {
  readonly kind: GarbageKind;
  readonly path: string;
  /** What it takes on the disk, without what the file system adds. */
  readonly bytes: number;
  /** Why it is of no use, without a verb's subject: `no run refers to it`. */
  readonly reason: string;
  /** Of artifacts and checkpoints. */
  readonly hash?: string;
}

export interface GarbageOptions {
  /** Folder of the artifacts; `store` below the runs when absent. */
  readonly store?: string;
  /** Runs that are recorded elsewhere use the store too: its artifacts stay, whatever the runs here refer to. */
  readonly isShared?: boolean;
  /** What only runs older than this refer to goes too; no run is too old when absent. */
  readonly keepDays?: number;
  /** Whatever was written more recently stays: a run of an older mmx leaves no mark while it goes on. */
  readonly minimumAgeHours?: number;
  /** Manifests and marks that cannot be read hold nothing; otherwise all that they may refer to stays. */
  readonly despiteDamaged?: boolean;
  /** Milliseconds since 1970. */
  readonly now?: number;
}

const hour = 3600 * 1000;
const logDays = 30;
export const defaultMinimumAgeHours = 24;

/** What could be freed, and which records of runs could not be asked. */
export interface GarbageReport {
  readonly garbage: readonly Garbage[];
  /** What is wrong with each manifest and mark that cannot be read. */
  readonly unread: readonly MmxError[];
}

/**
 * What could be freed below `results/runs`: artifacts and checkpoints that no kept run and no run in progress refers
 * to, damaged artifacts that were set aside, unfinished writes of processes that are gone, old logs. Manifests
 * themselves always stay. Where a manifest cannot be read, or the mark of a run that may live, no artifact goes, and no
 * checkpoint of an unfinished stage: it might refer to any.
 *
 * @throws MmxError `store/*` when a folder cannot be looked into
 */
export function lookForGarbage(runsDirectory: string, options: GarbageOptions = {}): GarbageReport {
  const now = options.now ?? Date.now();
  const youngest = now - (options.minimumAgeHours ?? defaultMinimumAgeHours) * hour;
  const store = storeOf(runsDirectory, options);
  const marks = runMarks(runsDirectory, now);
  const manifests = manifestsIn(join(runsDirectory, 'manifests'));
  const isUncertain =
    options.despiteDamaged !== true &&
    (manifests.unread.length > 0 || marks.some(({ damage, holds }) => damage !== undefined && holds));
  const held = heldHashes(manifests.read, marks, store, options.keepDays, now);
  const isOld = (path: string): boolean => modified(path) < youngest;
  const reason =
    options.keepDays === undefined
      ? 'no run refers to it'
      : `no run of the last ${options.keepDays} days refers to it`;

  const artifacts = (isUncertain || options.isShared === true ? [] : store.list())
    .filter((hash) => !held.has(hash) && isOld(join(store.pathOf(hash), 'artifact.json')))
    .map((hash): Garbage => {
      const path = store.pathOf(hash);
      return { kind: 'artifact', path, bytes: bytesOf(path), reason, hash };
    });
  const checkpointDirectory = join(runsDirectory, 'checkpoints');
  const running = hashesOfLiving(marks);
  const checkpoints = listCheckpoints(checkpointDirectory).flatMap(({ hash, bytes }): Garbage[] => {
    const path = join(checkpointDirectory, hash);
    const stored = store.has(hash);
    const lastWrite = Math.max(modified(path), ...namesIn(path).map((name) => modified(join(path, name))));
    const isNeeded = !stored && (isUncertain || held.has(hash));
    if (running.has(hash) || isNeeded || lastWrite >= youngest) return [];
    return [{ kind: 'checkpoint', path, bytes, reason: stored ? 'its stage is finished' : reason, hash }];
  });
  const garbage = [
    ...artifacts,
    ...quarantined(store.directory),
    ...checkpoints,
    ...litterIn(runsDirectory, store.directory, marks, now),
    ...logsIn(runsDirectory, marks, options, now),
  ];
  return { garbage, unread: [...manifests.unread, ...marks.flatMap(({ damage }) => damage ?? [])] };
}

/**
 * Removes what `lookForGarbage` found, but for what a run that has begun meanwhile says it needs.
 *
 * @returns what is gone
 */
export function removeGarbage(
  runsDirectory: string,
  garbage: readonly Garbage[],
  options: Pick<GarbageOptions, 'store'> = {},
): readonly Garbage[] {
  const store = storeOf(runsDirectory, options);
  return garbage.filter((item) => {
    const { kind, hash, path } = item;
    if (hash !== undefined && hashesOfLiving(runMarks(runsDirectory)).has(hash)) return false;
    if (kind !== 'artifact' || hash === undefined) return removeLitter(path);
    store.remove(hash);
    return true;
  });
}

const storeOf = (runsDirectory: string, { store }: Pick<GarbageOptions, 'store'>): ArtifactStore =>
  new ArtifactStore(store ?? join(runsDirectory, 'store'));

const hashesOfLiving = (marks: readonly RunMark[]): ReadonlySet<string> =>
  new Set(marks.flatMap(({ alive, hashes }) => (alive ? hashes : [])));

/** What runs have set aside and computed anew: nothing refers to it, however young it is. */
function quarantined(storeDirectory: string): readonly Garbage[] {
  const directory = quarantineOf(storeDirectory);
  return namesIn(directory).map((name): Garbage => {
    const path = join(directory, name);
    return { kind: 'damaged artifact', path, bytes: bytesOf(path), reason: 'a run has set it aside' };
  });
}

/** What a manifest holds on to; the rest of it may be of any mmx. */
const holding = z.object({
  format: z.literal(1),
  ended: z.string(),
  stages: z.array(z.object({ hash })),
});
type Holding = z.infer<typeof holding>;

const manifestKind: StoredKind = { what: 'a run manifest', code: 'pipeline/manifest', limit: 2 ** 26 };

function manifestsIn(directory: string): { read: readonly Holding[]; unread: readonly MmxError[] } {
  const read: Holding[] = [];
  const unread: MmxError[] = [];
  for (const name of namesIn(directory).filter((name) => name.endsWith('.json'))) {
    const path = join(directory, name);
    try {
      read.push(readStored(path, holding, manifestKind));
    } catch (error) {
      if (error instanceof MmxError) unread.push(error);
      else if (!(error instanceof UnreadFile)) throw error;
      else if (error.reason !== 'missing') unread.push(damaged(path, manifestKind, error.message, error));
    }
  }
  return { read, unread };
}

/** Everything that kept manifests and marks name, and whatever that was made from. */
function heldHashes(
  manifests: readonly Holding[],
  marks: readonly RunMark[],
  store: ArtifactStore,
  keepDays: number | undefined,
  now: number,
): ReadonlySet<string> {
  const oldest = keepDays === undefined ? Number.NEGATIVE_INFINITY : now - keepDays * 24 * hour;
  const kept = manifests.filter(({ ended }) => !(Date.parse(ended) < oldest));
  const waiting = [
    ...kept.flatMap(({ stages }) => stages.map(({ hash }) => hash)),
    ...marks.flatMap(({ holds, hashes }) => (holds ? hashes : [])),
  ];
  const held = new Set<string>();
  for (let hash = waiting.pop(); hash !== undefined; hash = waiting.pop()) {
    if (held.has(hash)) continue;
    held.add(hash);
    if (store.has(hash)) waiting.push(...inputsOf(store, hash));
  }
  return held;
}

/** None of a damaged artifact: what it was made from is named by the manifest too. */
function inputsOf(store: ArtifactStore, hash: string): readonly string[] {
  try {
    return Object.values(store.record(hash).inputs);
  } catch {
    return [];
  }
}

/** Unfinished writes whose process is gone, or of other hosts after a day, and the marks of dead runs. */
function litterIn(
  runsDirectory: string,
  store: string,
  marks: readonly RunMark[],
  now: number,
): readonly Garbage[] {
  const checkpoints = join(runsDirectory, 'checkpoints');
  const directories = [
    join(store, 'tmp'),
    join(runsDirectory, 'manifests'),
    ...namesIn(checkpoints).map((hash) => join(checkpoints, hash)),
  ];
  const unfinished = directories.flatMap((directory) =>
    namesIn(directory).flatMap((name): Garbage[] => {
      const path = join(directory, name);
      if (!isLitter(path, now)) return [];
      return [{ kind: 'litter', path, bytes: bytesOf(path), reason: 'its process is gone' }];
    }),
  );
  const dead = marks
    .filter(({ holds }) => !holds)
    .flatMap(({ path, damage }): Garbage[] => {
      const reason = damage === undefined ? 'its run is gone' : 'it is damaged, and its run is gone';
      return [path, journalOf(path)]
        .filter((one) => existsSync(one))
        .map((one) => ({ kind: 'litter', path: one, bytes: bytesOf(one), reason }));
    });
  const journals = lonelyJournals(runsDirectory).map(
    (path): Garbage => ({ kind: 'litter', path, bytes: bytesOf(path), reason: 'its run is gone' }),
  );
  return [...unfinished, ...dead, ...journals];
}

function logsIn(
  runsDirectory: string,
  marks: readonly RunMark[],
  { keepDays }: GarbageOptions,
  now: number,
): readonly Garbage[] {
  const days = keepDays ?? logDays;
  const logs = namesIn(join(runsDirectory, 'logs'))
    .filter((name) => name.endsWith('.log'))
    .map((name) => join(runsDirectory, 'logs', name));
  // What the jobs of a run on Slurm wrote down; its folder changes until the last of them has ended.
  const inQueue = new Set(marks.flatMap(({ content }) => content?.id ?? []));
  const jobs = namesIn(join(runsDirectory, 'slurm'))
    .filter((id) => !inQueue.has(id))
    .map((id) => join(runsDirectory, 'slurm', id));
  return [...logs, ...jobs]
    .filter((path) => now - modified(path) > days * 24 * hour)
    .map((path): Garbage => ({ kind: 'log', path, bytes: bytesOf(path), reason: `older than ${days} days` }));
}

/** Milliseconds since 1970; what is gone by now is as young as can be. */
const modified = (path: string): number =>
  lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;

function bytesOf(path: string): number {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.size;
  return namesIn(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}
