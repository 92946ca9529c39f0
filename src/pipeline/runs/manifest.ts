import { MmxError } from '../../errors.js';
import type { SettingLists } from '../../evaluation/settings.js';
import type { Json } from '../../json.js';
import { type StoredKind, storedIfThere } from '../../stored-json.js';
import type { RunResult, StageEnd } from '../run/result.js';
import { replaceFile } from '../store/files.js';
import type { ArtifactStore } from '../store/store.js';
import { describeEnvironment, type Environment } from './environment.js';
import { manifestSchema } from './manifest-schema.js';
import type { RunOutcome } from './outcome.js';

export interface ManifestEngine {
  readonly name: string;
  readonly description: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Engines tried before this one, with the reason why they were not taken. */
  readonly declined: readonly { readonly name: string; readonly reason: string }[];
}

/** An experiment as a manifest has it, of whichever version: the rest of it is shown and compared, not computed with. */
export interface RecordedExperiment {
  readonly [key: string]: unknown;
  readonly corpus: { readonly [key: string]: unknown; readonly name: string };
  readonly architecture: string;
  readonly setting: string | SettingLists;
  readonly seeds: readonly number[];
  readonly features?: { readonly [key: string]: unknown; readonly beside?: readonly string[] };
}

/** What a configuration resolves to. */
export interface RecordedConfig {
  readonly [key: string]: unknown;
  /** Of an experiment, its own keys; of a table or a sweep, its rows and columns. */
  readonly config?: {
    readonly [key: string]: unknown;
    readonly architecture?: string;
    readonly rows?: readonly { readonly [key: string]: unknown; readonly id: string }[];
    readonly columns?: readonly { readonly [key: string]: unknown; readonly id: string }[];
  };
  /** Of each experiment of a table, which cell it is. Fewer than there are experiments tell nothing. */
  readonly cells?: readonly { readonly row: string; readonly column: string }[];
  readonly experiments?: readonly RecordedExperiment[];
}

/** @typeParam Values `Json` while it is made; checked when it is read again */
export interface ManifestConfig<Values = RecordedConfig> {
  /** The file named on the command line. */
  readonly file: string;
  /** Everything it resolves to. */
  readonly values: Values;
  /** Where each value came from (`file:line`, `default`, `command line`), by its dotted path. */
  readonly origins: Readonly<Record<string, string>>;
  /** SHA-256 of the config file and of each file it extends, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** `key=value` arguments, as given. */
  readonly overrides: readonly string[];
}

export interface ManifestStage {
  readonly hash: string;
  readonly kind: string;
  readonly label: string;
  readonly end: StageEnd;
  /** Seconds the stage took when it was computed, in this run or an earlier one; null when it is not stored. */
  readonly seconds: number | null;
  /** When it was computed; null when it is not stored. */
  readonly created: string | null;
  /** Engine that computed it; null when it is not stored. */
  readonly engine: string | null;
  /** Labels of the cells of a table whose result it is; absent of other stages, and in the records of an older mmx. */
  readonly cells?: readonly string[];
}

/** All that is needed to say how numbers came about, and to get them again. */
export interface RunManifest<Values = RecordedConfig> extends Environment {
  readonly format: 1;
  /** As typed, from `mmx` on. */
  readonly command: readonly string[];
  readonly engine: ManifestEngine;
  /** What ran the stages; absent in the records of an older mmx, which were all `local`. */
  readonly launcher?: 'local' | 'slurm';
  /** Worker processes; says nothing of a run on Slurm. */
  readonly jobs: number;
  readonly threads: number;
  readonly config: ManifestConfig<Values>;
  readonly seeds: readonly number[];
  /** ISO 8601. */
  readonly started: string;
  readonly ended: string;
  readonly seconds: number;
  /** Largest resident set of any one process of the run. */
  readonly peakRssBytes: number;
  /** What a reader must know of the clips behind the results; absent where there is nothing. */
  readonly notes?: readonly string[];
  readonly stages: readonly ManifestStage[];
  /** SHA-256 of the files beside it, by name; in the folders of results alone, and not in those of an older mmx. */
  readonly files?: Readonly<Record<string, string>>;
  /** Folders that the results went to, as they were named; in the records of runs alone. */
  readonly out?: readonly string[];
  /** What the run came to; in the records of finished runs alone, and not in those of an older mmx. */
  readonly outcome?: RunOutcome;
  /** When the same was asked for last, and nothing was left to compute; in the records of runs alone. */
  readonly repeated?: string;
}

export interface ManifestInput
  extends Pick<
    RunManifest<Json>,
    'command' | 'engine' | 'launcher' | 'jobs' | 'threads' | 'config' | 'seeds' | 'notes'
  > {
  readonly started: Date;
  readonly ended: Date;
  readonly result: RunResult;
  /** Labels of cells, by the hash of their result. */
  readonly cells?: ReadonlyMap<string, readonly string[]>;
  /** Supplies time and engine of the stages computed by earlier runs. */
  readonly store: ArtifactStore;
}

/** A damaged artifact counts as not stored. @throws MmxError `store/*` when the store cannot be read */
export function buildManifest(input: ManifestInput): RunManifest<Json> {
  const {
    command,
    engine,
    launcher = 'local',
    jobs,
    threads,
    config,
    seeds,
    started,
    ended,
    result,
    notes = [],
    cells,
    store,
  } = input;
  const stages = result.stages.map(({ hash, kind, label, end }): ManifestStage => {
    const record = store.isSound(hash) ? store.record(hash) : undefined;
    const labels = cells?.get(hash);
    return {
      hash,
      kind,
      label,
      end,
      seconds: record?.seconds ?? null,
      created: record?.created ?? null,
      engine: record?.engine.name ?? null,
      ...(labels === undefined ? {} : { cells: labels }),
    };
  });
  return {
    format: 1,
    command,
    ...describeEnvironment(),
    engine,
    launcher,
    jobs,
    threads,
    config,
    seeds,
    started: started.toISOString(),
    ended: ended.toISOString(),
    seconds: (ended.getTime() - started.getTime()) / 1000,
    peakRssBytes: result.peakRssBytes,
    ...(notes.length > 0 ? { notes } : {}),
    stages,
  };
}

/** @throws MmxError `store/*` */
export function writeManifest(path: string, manifest: RunManifest<unknown>): void {
  replaceFile(path, [Buffer.from(manifestText(manifest))]);
}

/** What a manifest's file holds. */
export const manifestText = (manifest: object): string => `${JSON.stringify(manifest, null, 2)}\n`;

const kind: StoredKind = {
  what: 'a run manifest',
  code: 'pipeline/manifest',
  hint: 'Compute it again, or remove that file to continue without it.',
  // Those of the largest reproductions have 2 MB.
  limit: 2 ** 26,
};

/** @throws MmxError `pipeline/manifest` naming the file when it cannot be read or is not a manifest */
export function readManifest(path: string): RunManifest {
  const manifest = manifestIfThere(path);
  if (manifest !== undefined) return manifest;
  throw new MmxError('pipeline/manifest', `There is no run manifest ${path}.`);
}

/** As {@link readManifest}; undefined where there is none. */
export const manifestIfThere = (path: string): RunManifest | undefined =>
  storedIfThere(path, manifestSchema, kind);
