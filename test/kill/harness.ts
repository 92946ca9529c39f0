import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyDirectory } from '../support/mmx.js';
import { type Kill, linesOf, runCounted, runKilled } from './run.js';
import { checkpointsIn, tracesOf } from './traces.js';

/** What a series of kills showed. */
export interface KillReport {
  readonly seed: number;
  /** Kills by kind that hit a run before it was over. */
  readonly kills: Readonly<Record<Kill['kind'], number>>;
  /** Runs killed inside a stage: a checkpoint was on the disk. */
  readonly insideStages: number;
  /** Kills that left files of two runs in the table's folder. */
  readonly mixed: number;
  /** Times the killed table was run to its end and compared. */
  readonly compared: number;
  /** One line each. */
  readonly problems: readonly string[];
}

export interface KillOptions {
  readonly kills: number;
  readonly seed: number;
  /** Of the table. */
  readonly table: string;
  /** Whether readers refuse the folder of a table, by what they say. */
  readonly refusal: (folder: string) => string | undefined;
}

const folder = 'results/tables/small';
const command = ['table', 'small.yaml', '--jobs', '2'];

/**
 * Kills the process group of a table again and again, at random moments and within steps of writing, and after some kills
 * runs it to its end: then everything below `results` must be what an undisturbed run leaves, and nothing besides. The
 * folder of the table holds an older table of other numbers at first, so that what a kill mixes can be seen.
 */
export async function killAgainAndAgain(options: KillOptions): Promise<KillReport> {
  const random = randomNumbers(options.seed);
  const older = tableDirectory(options.table);
  const old = await runCounted(older, [...command, '--seeds', '7'], 'results');
  const whole = tableDirectory(options.table);
  const { steps: storeSteps, ...reference } = await runCounted(whole, command, 'store');
  if (old.status !== 0 || reference.status !== 0) throw new Error(`${old.stderr}\n${reference.stderr}`);
  const expected = tracesOf(whole);
  const lines = linesOf(reference.stderr);
  const line = reference.milliseconds / lines;
  const tables = { older: tableFiles(older), whole: tableFiles(whole) };

  // Those of the table, and its manifest twice.
  const renames = tables.whole.size + 2;
  const kills = { moment: 0, results: 0, renames: 0, store: 0 };
  let [insideStages, mixed, compared] = [0, 0, 0];
  const problems: string[] = [];
  const count = (): number => kills.moment + kills.results + kills.renames + kills.store;
  const draw = (done: number): Kill => {
    const kind = random();
    const left = Math.max(1, lines - done);
    const stepOf = (steps: number): number => 1 + Math.floor(random() * steps);
    // Many of those inside results come too late: half of all are tried, so that a third hit.
    if (kind < 1 / 4) return { kind: 'results', step: stepOf(old.steps) };
    if (kind < 2 / 4) return { kind: 'renames', step: stepOf(renames) };
    if (kind < 5 / 8) return { kind: 'store', step: stepOf((storeSteps * left) / lines) };
    return { kind: 'moment', lines: Math.floor(random() * left), milliseconds: random() * line };
  };

  /** As many as asked for, and more if none of them came inside a stage or inside a write of results. */
  const isEnough = (): boolean => {
    const shown = insideStages > 0 && kills.results + kills.renames > 0;
    return count() >= options.kills * (shown ? 1 : 3);
  };
  while (!isEnough()) {
    const directory = tableDirectory(options.table);
    cpSync(join(older, folder), join(directory, folder), { recursive: true });
    const story: string[] = [];
    let done = 0;
    for (let more = 1 + Math.floor(random() * 5); more > 0 && !isEnough(); more--) {
      const kill = draw(done);
      const end = await runKilled(directory, command, kill);
      story.push(`${JSON.stringify(kill)}${end.killed ? '' : ' came too late'}`);
      if (!end.killed) break;
      kills[kill.kind] += 1;
      done += 2 * (end.stderr.match(/^done /gm)?.length ?? 0);
      insideStages += checkpointsIn(directory).length > 0 ? 1 : 0;
      const found = tableFiles(directory);
      if (isMixed(found, tables.older, tables.whole)) {
        mixed += 1;
        if (options.refusal(join(directory, folder)) === undefined)
          problems.push(`seed ${options.seed}, ${story.join(', ')}: a mixed table is not told of`);
      }
    }
    const last = await runKilled(directory, command);
    compared += 1;
    const differences = [
      ...(last.status === 0 ? [] : [`exit code ${last.status}: ${last.stderr.slice(-500)}`]),
      ...differencesOf(tracesOf(directory), expected),
      ...checkpointsIn(directory).map((hash) => `the checkpoint ${hash} is left`),
    ];
    problems.push(...differences.map((one) => `seed ${options.seed}, ${story.join(', ')}: ${one}`));
    if (differences.length === 0) rmSync(directory, { recursive: true });
  }
  for (const one of [older, whole]) rmSync(one, { recursive: true });
  return { seed: options.seed, kills, insideStages, mixed, compared, problems };
}

function tableDirectory(table: string): string {
  const directory = emptyDirectory('killed');
  writeFileSync(join(directory, 'small.yaml'), table);
  return directory;
}

/** Content of a table's files, without its manifest, whose times tell nothing. */
function tableFiles(directory: string): ReadonlyMap<string, string> {
  const path = join(directory, folder);
  if (!existsSync(path)) return new Map();
  const names = readdirSync(path).filter((name) => name.startsWith('table.') && !name.endsWith('.tmp'));
  return new Map(names.map((name) => [name, readFileSync(join(path, name), 'latin1')]));
}

/** True when some files are of one table and some of the other. */
function isMixed(
  found: ReadonlyMap<string, string>,
  ...tables: readonly [ReadonlyMap<string, string>, ReadonlyMap<string, string>]
): boolean {
  return tables.every((table) => [...found].some(([name, content]) => table.get(name) !== content));
}

function differencesOf(
  found: Readonly<Record<string, string>>,
  expected: Readonly<Record<string, string>>,
): readonly string[] {
  return [...new Set([...Object.keys(found), ...Object.keys(expected)])].flatMap((name) => {
    if (expected[name] === undefined) return [`${name} is left over`];
    if (found[name] === undefined) return [`${name} is missing`];
    return found[name] === expected[name] ? [] : [`${name} differs`];
  });
}

/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
