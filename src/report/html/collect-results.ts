import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { MmxError } from '../../errors.js';
import { isRecord } from '../../json.js';
import { errorCodeOf, fileError } from '../../pipeline/files.js';
import { type RunManifest, readManifest } from '../../pipeline/manifest.js';
import { refuseMixed } from '../file-set.js';
import { readTable } from '../read-table.js';
import type { ResultTable } from '../table.js';
import { readClaims, type StoredClaims } from './stored-claims.js';

export interface ReportedTable {
  /** Of its folder. */
  readonly name: string;
  readonly table: ResultTable;
  /** Null where the folder has none. */
  readonly manifest: RunManifest | null;
}

/** Tables that belong together: a whole reproduction, one table, or several side by side. */
export interface ResultGroup {
  readonly name: string;
  /** First heading of its README.md, null where there is none. */
  readonly title: string | null;
  readonly tables: readonly ReportedTable[];
  readonly claims: StoredClaims | null;
  /** Bytes of `figure4.png`. */
  readonly figure4: Uint8Array | null;
}

/** Folders below the one that was named which are looked into: a folder of reproductions of tables. */
const depth = 2;

/**
 * Reads every result in a folder: its own `table.json`, those of the folders in it, and the same of reproductions in it.
 *
 * @returns at least one group, none without tables
 * @throws MmxError `report/no-results` when the folder is absent or has no table (exit code 2), `claims/damaged` or
 * `pipeline/manifest` when a file is not what it should be, `results/mixed` when files of two runs lie side by side, `store/*` when one cannot be read
 */
export function collectResults(directory: string): readonly ResultGroup[] {
  const hint = 'mmx table and mmx reproduce write such folders; mmx report results/tables takes all in one.';
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new MmxError('report/no-results', `There is no directory ${directory} to report on.`, {
      exitCode: 2,
      hint,
    });
  }
  const groups = groupsOf(directory, depth);
  if (groups.length === 0) {
    throw new MmxError('report/no-results', `There is no table.json in ${directory} or the folders in it.`, {
      exitCode: 2,
      hint,
    });
  }
  return groups;
}

function groupsOf(directory: string, below: number): readonly ResultGroup[] {
  const folders = foldersIn(directory);
  const own = tableIn(directory);
  const inside = folders.flatMap((name) => tableIn(join(directory, name)) ?? []);
  const deeper =
    below === 0
      ? []
      : folders
          .filter((name) => !inside.some((table) => table.name === name))
          .flatMap((name) => groupsOf(join(directory, name), below - 1));
  const tables = own === null ? inside : [own, ...inside];
  if (tables.length === 0) return deeper;
  refuseMixed(directory);
  const claimsPath = join(directory, 'claims.json');
  const claimsText = textIfThere(claimsPath);
  const claims = claimsText === null ? null : readClaims(claimsText, claimsPath);
  const readme = textIfThere(join(directory, 'README.md'));
  return [
    {
      name: nameOf(directory),
      title: (readme === null ? undefined : /^# +(.+)$/m.exec(readme)?.[1]?.trim()) ?? null,
      tables: inOrder(tables, claims?.tables ?? []),
      claims,
      figure4: bytesIfThere(join(directory, 'figure4.png')),
    },
    ...deeper,
  ];
}

/** As the paper counts them where claims name them, then by name. */
function inOrder(tables: readonly ReportedTable[], named: readonly string[]): readonly ReportedTable[] {
  const place = ({ name }: ReportedTable): number =>
    named.includes(name) ? named.indexOf(name) : named.length;
  return [...tables].sort((a, b) => place(a) - place(b) || (a.name < b.name ? -1 : 1));
}

function tableIn(directory: string): ReportedTable | null {
  // A leaderboard has everything that a table has.
  const paths = ['table.json', 'leaderboard.json'].map((name) => join(directory, name));
  const path = paths.find((one) => textIfThere(one) !== null);
  const text = path === undefined ? null : textIfThere(path);
  if (path === undefined || text === null) return null;
  refuseMixed(directory);
  const manifestPath = join(directory, 'manifest.json');
  return {
    name: nameOf(directory),
    table: readTable(text, path),
    manifest: textIfThere(manifestPath) === null ? null : wholeManifest(manifestPath),
  };
}

/** A manifest with the parts that a report is made of: `readManifest` looks at its stages alone. */
function wholeManifest(path: string): RunManifest {
  const manifest = readManifest(path);
  const { command, config, engine, seeds, started, stages }: Partial<RunManifest> = manifest;
  const whole =
    Array.isArray(command) &&
    Array.isArray(seeds) &&
    typeof started === 'string' &&
    isRecord(config) &&
    isRecord(config.origins) &&
    isRecord(config.files) &&
    Array.isArray(config.overrides) &&
    isRecord(engine) &&
    isRecord(engine.versions) &&
    Array.isArray(engine.declined) &&
    stages.every((stage: unknown) => isRecord(stage) && [stage.hash, stage.kind, stage.label].every(isText));
  if (whole) return manifest;
  throw new MmxError('pipeline/manifest', `${path} is not a whole run manifest: parts of it are missing.`, {
    hint: 'Compute the table again, or remove that file to report without it.',
  });
}

const isText = (value: unknown): boolean => typeof value === 'string';

function foldersIn(directory: string): readonly string[] {
  let entries: readonly Dirent[];
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    throw fileError(error, directory);
  }
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .map(({ name }) => name)
    .sort();
}

function bytesIfThere(path: string): Uint8Array | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errorCodeOf(error) ?? '')) return null;
    throw fileError(error, path);
  }
}

function textIfThere(path: string): string | null {
  const bytes = bytesIfThere(path);
  return bytes === null ? null : new TextDecoder().decode(bytes);
}

const nameOf = (directory: string): string => basename(resolve(directory));
