import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { MmxError } from '../../../errors.js';
import { damaged, type StoredKind, storedIfThere } from '../../../stored-json.js';
import { costOf, type StageGraph } from '../../graph/graph.js';
import type { StageProgress } from '../../graph/stage.js';
import { markDirectory, type RunMarkContent } from '../../runs/marks.js';
import {
  errorCodeOf,
  fileError,
  makeDirectory,
  namesIn,
  removeLitter,
  replaceFile,
  temporaryName,
} from '../../store/files.js';
import type { SerialisedError } from '../errors.js';
import type { StageJob } from '../executor.js';
import type { WorkerSetup } from '../worker-messages.js';
import type { TaskId } from './commands.js';
import { arraySchema, recordSchema, statusSchema } from './record-schema.js';

/** Where a stage is being made: a task of Slurm, and the folder in which it says how it gets on. */
export interface PlacedTask {
  readonly hash: string;
  readonly job: string;
  readonly index: number;
  /** Of the run that submitted it, relative to the working directory. */
  readonly directory: string;
}

/** A run on Slurm while it is in the queue: its mark, for everyone who looks on, goes on with it or cancels it. */
export interface SlurmRecord extends RunMarkContent {
  readonly launcher: 'slurm';
  readonly targets: readonly string[];
  readonly stages: readonly RecordedStage[];
  readonly tasks: readonly PlacedTask[];
}

export interface RecordedStage {
  readonly hash: string;
  readonly kind: string;
  readonly label: string;
  readonly cost: number;
  readonly inputs: Readonly<Record<string, string>>;
}

/** What the tasks of one array are given; a file in the run's folder. */
export interface ArrayFile {
  readonly setup: WorkerSetup;
  readonly worker: string;
  readonly jobs: Readonly<Record<string, StageJob>>;
}

/** What a task says of itself; a file in the run's folder, replaced as it gets on. */
export interface TaskStatus {
  readonly task: TaskId;
  readonly node: string;
  readonly state: 'running' | 'done' | 'failed' | 'interrupted';
  /** How often Slurm put it back into the queue. */
  readonly restarts: number;
  /** Seconds since 1970, of this start. */
  readonly started: number;
  readonly updated: number;
  readonly progress?: StageProgress;
  readonly warnings: readonly string[];
  readonly seconds?: number;
  readonly peakRssBytes?: number;
  readonly stored?: 'stored' | 'reused';
  readonly error?: SerialisedError;
}

export const taskOf = ({ job, index }: Pick<PlacedTask, 'job' | 'index'>): TaskId => `${job}_${index}`;

export const logOf = ({ directory, job, index }: PlacedTask): string =>
  join(directory, `${job}_${index}.log`);

export const recordPath = (runsDirectory: string, id: string): string =>
  join(markDirectory(runsDirectory), `${id}.slurm.json`);

/** Where runs have their folders. */
const runFolders = (runsDirectory: string): string => join(runsDirectory, 'slurm');

/** Makes the folder of a new run, under a name of its own where two begin in the same second. @throws MmxError `store/*` */
export function makeRunFolder(runsDirectory: string, id: string): { id: string; directory: string } {
  const parent = runFolders(runsDirectory);
  for (let attempt = 1; ; attempt++) {
    const own = attempt === 1 ? id : `${id}-${attempt}`;
    const directory = join(parent, own);
    try {
      makeDirectory(parent);
      mkdirSync(directory);
      return { id: own, directory };
    } catch (error) {
      if (errorCodeOf(error) !== 'EEXIST') throw fileError(error, directory);
    }
  }
}

/** @throws MmxError `store/*` */
export function writeRecord(runsDirectory: string, record: SlurmRecord): void {
  replaceFile(recordPath(runsDirectory, record.id), [Buffer.from(`${JSON.stringify(record)}\n`)]);
}

export function removeRecord(runsDirectory: string, id: string): void {
  removeLitter(recordPath(runsDirectory, id));
}

const kind: StoredKind = {
  what: 'the record of a run on Slurm',
  code: 'slurm/record',
  hint: 'squeue --me shows its jobs, scancel ends them; without that file, mmx cannot find the run.',
  limit: 2 ** 26,
};

/**
 * Undefined when the run has ended, or there never was one.
 *
 * @throws MmxError `slurm/record` when it is not what mmx wrote
 */
export function readRecord(runsDirectory: string, id: string): SlurmRecord | undefined {
  const path = recordPath(runsDirectory, id);
  const record = storedIfThere(path, recordSchema, kind);
  if (record === undefined) return undefined;
  if (record.id !== id) throw damaged(path, kind, `id: is not ${id}`);
  // What tasks say of themselves is read there.
  const within = resolve(runFolders(runsDirectory));
  const outside = record.tasks.findIndex(({ directory }) => dirname(resolve(directory)) !== within);
  if (outside >= 0)
    throw damaged(path, kind, `tasks[${outside}].directory: lies outside ${runFolders(runsDirectory)}`);
  return record;
}

/** @throws as {@link readRecord} */
export function slurmRecords(runsDirectory: string): readonly SlurmRecord[] {
  const ending = '.slurm.json';
  return namesIn(markDirectory(runsDirectory))
    .filter((name) => name.endsWith(ending))
    .flatMap((name) => readRecord(runsDirectory, name.slice(0, -ending.length)) ?? []);
}

export function recordedStages(graph: StageGraph): RecordedStage[] {
  return [...graph.stages.values()].map(({ hash, spec, inputs }) => {
    const { kind, label } = spec;
    return { hash, kind, label, cost: costOf(spec), inputs };
  });
}

/** The graph of a run as far as it matters to those who look on: no parameters. */
export function graphOf({ stages, targets }: SlurmRecord): StageGraph {
  const dependents = new Map<string, string[]>(stages.map(({ hash }) => [hash, []]));
  for (const { hash, inputs } of stages) {
    for (const input of new Set(Object.values(inputs))) dependents.get(input)?.push(hash);
  }
  return {
    targets,
    stages: new Map(
      stages.map(({ hash, kind, label, cost, inputs }) => {
        const spec = { kind, label, cost, parameters: null, inputs: {} };
        return [hash, { hash, spec, inputs, dependents: dependents.get(hash) ?? [] }];
      }),
    ),
  };
}

const statusPath = (directory: string, hash: string): string => join(directory, `${hash}.json`);

/** Not synced: it tells of what goes on, and is of no use after a power cut. */
export function writeStatus(directory: string, hash: string, status: TaskStatus): void {
  const path = statusPath(directory, hash);
  const temporary = join(directory, temporaryName(hash.slice(0, 16)));
  writeFileSync(temporary, JSON.stringify(status));
  renameSync(temporary, path);
}

/** Undefined where the task has not begun, and where what it wrote cannot be understood: the queue tells of it then. */
export function readStatus({ directory, hash, job, index }: PlacedTask): TaskStatus | undefined {
  try {
    const status = storedIfThere(statusPath(directory, hash), statusSchema, statusKind);
    return status?.task === taskOf({ job, index }) ? status : undefined;
  } catch (error) {
    if (error instanceof MmxError) return undefined;
    throw error;
  }
}

const statusKind: StoredKind = { what: 'the state of a task', code: 'slurm/status', limit: 2 ** 24 };

const arrayKind: StoredKind = {
  what: 'the file of a job array',
  code: 'slurm/array',
  limit: 2 ** 28,
};

/** @throws MmxError `slurm/array` when there is no such file, or it is not what mmx wrote */
export function readArray(path: string): ArrayFile {
  const file = storedIfThere(path, arraySchema, arrayKind);
  if (file !== undefined) return file;
  throw damaged(path, arrayKind, 'it does not exist');
}
