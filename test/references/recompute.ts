import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../../src/json.js';
import { packageRoot } from '../../src/package-root.js';
import { configDifferences } from '../../src/pipeline/runs/config-difference.js';
import type { RunManifest } from '../../src/pipeline/runs/manifest.js';
import { readPlainFile, UnreadFile } from '../../src/read-file.js';
import { copiesOf } from './check.js';
import type { Reference } from './find.js';

/** Files that programs read, of a reference that was computed again. */
export interface Recomputed {
  readonly same: number;
  readonly differing: number;
  /** What differs, a sentence each. */
  readonly differences: readonly string[];
}

export interface RecomputeOptions {
  /** Directories of the user's copies, by corpus. */
  readonly copies: Readonly<Record<string, string>>;
  /** Where it runs: the store, and the results in a folder of the reference's name. */
  readonly directory: string;
  readonly jobs?: string | undefined;
}

/** Of the files of a reference this one alone is about the run: when, where and in how many seconds it was computed. */
const aboutTheRun = 'manifest.json';

/** Bytes that a file of results may have. */
const limit = 2 ** 26;

/**
 * Computes a reference anew by the command in its manifest, with the installed build, and compares every JSON file of it
 * byte for byte. Nothing in them is left out: only `manifest.json` says anything about the run.
 */
export function recompute(reference: Reference, options: RecomputeOptions): Recomputed {
  const [first] = reference.manifests;
  if (first === undefined) throw new Error(`${reference.name} has no manifest`);
  const out = join(options.directory, 'references', reference.name);
  const words = commandOf(first.manifest, out, options);
  const { status, stderr } = spawnSync(process.execPath, [join(packageRoot(), 'bin/mmx.js'), ...words], {
    cwd: options.directory,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status !== 0) {
    return {
      same: 0,
      differing: 1,
      differences: [`${reference.name} could not be computed: ${stderr.trim()}`],
    };
  }
  return compareFiles(reference, out);
}

/** Compares what lies in the folder of a reference with what was computed again. */
export function compareFiles({ name, folder }: Reference, out: string): Recomputed {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json') && !path.endsWith(aboutTheRun))
    .sort();
  const differences = files.flatMap((path) => {
    const [committed, fresh] = [folder, out].map((root) => bytesOf(join(root, path)));
    if (committed === undefined || fresh === undefined) return [`${name}/${path} was not written`];
    if (committed.equals(fresh)) return [];
    return [`${name}/${path} differs: ${firstDifference(committed, fresh)}; the other is ${join(out, path)}`];
  });
  return { same: files.length - differences.length, differing: differences.length, differences };
}

function commandOf(
  { command: [, command = '', named = '', ...rest], config, engine }: RunManifest,
  out: string,
  { copies, jobs }: RecomputeOptions,
): readonly string[] {
  const what = command === 'reproduce' ? named : join(packageRoot(), config.file);
  const hasEngine = config.overrides.some((override) => override.startsWith('engine='));
  return [
    command,
    what,
    ...config.overrides,
    ...(hasEngine ? [] : ['--engine', engine.name]),
    ...(rest.includes('--test') ? ['--test'] : []),
    ...Object.entries(copiesOf(rest, copies)).flatMap(([corpus, path]) => ['--data', `${corpus}=${path}`]),
    ...(jobs === undefined ? [] : ['--jobs', jobs]),
    '--out',
    out,
    '--quiet',
  ];
}

function bytesOf(path: string): Buffer | undefined {
  try {
    return readPlainFile(path, limit);
  } catch (error) {
    if (error instanceof UnreadFile) return undefined;
    throw error;
  }
}

function firstDifference(committed: Buffer, fresh: Buffer): string {
  const [before, now] = [committed, fresh].map((bytes): unknown => JSON.parse(bytes.toString()));
  const [first, ...others] =
    isRecord(before) && isRecord(now) ? configDifferences([[flat(before), flat(now)]]) : [];
  if (first === undefined) return 'in how it is written';
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return `${first.path} is ${JSON.stringify(first.b)} instead of ${JSON.stringify(first.a)}${more}`;
}

/** Lists as maps by index, so that places in them have a path. */
function flat(value: object): object {
  return Object.fromEntries(
    Object.entries(value).map(([key, member]: [string, unknown]) => [
      key,
      typeof member === 'object' && member !== null ? flat(member) : member,
    ]),
  );
}
