import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { mmxCommand, projectRoot } from '../support/mmx.js';
import { until } from '../support/until.js';

/** Writing that a kill can interrupt: in which files, and whether in any step of it or between two that are renamed. */
export const writing = {
  results: { MMX_KILL_FILES: 'results/(tables|runs/(manifests|running))/' },
  renames: { MMX_KILL_FILES: 'results/(tables|runs/manifests)/', MMX_KILL_STEPS: 'rename' },
  store: { MMX_KILL_FILES: 'results/runs/(store|checkpoints)/' },
} as const;

/** When the process group of a run is killed. */
export type Kill =
  /** So many lines of progress after its start, and so many milliseconds more. */
  | { readonly kind: 'moment'; readonly lines: number; readonly milliseconds: number }
  /** Within a step of writing, counted from 1 in each process: see at-write.mjs. */
  | { readonly kind: keyof typeof writing; readonly step: number };

export interface RunEnd {
  /** False when the run was over before its kill came. */
  readonly killed: boolean;
  readonly status: number | null;
  readonly stderr: string;
  readonly milliseconds: number;
}

const killer = pathToFileURL(join(projectRoot, 'test/kill/at-write.mjs')).href;

/** Runs mmx in a process group of its own, which is killed. */
export async function runKilled(cwd: string, args: readonly string[], kill?: Kill): Promise<RunEnd> {
  if (kill === undefined) return await ended(launch(cwd, args, {}));
  if (kill.kind !== 'moment') return await ended(launch(cwd, args, atStep(kill.kind, kill.step)));
  const run = launch(cwd, args, {});
  await until(`line ${kill.lines}`, () => run.over() || linesOf(run.stderr()) >= kill.lines);
  await sleep(kill.milliseconds);
  if (!run.over()) process.kill(-(run.child.pid ?? 0), 'SIGKILL');
  return await ended(run);
}

/** An undisturbed run. @returns also how many steps the process with the most of them took */
export async function runCounted(
  cwd: string,
  args: readonly string[],
  what: keyof typeof writing,
): Promise<RunEnd & { readonly steps: number }> {
  const counts = join(cwd, 'counts');
  const end = await ended(launch(cwd, args, { ...atStep(what), MMX_KILL_COUNTS: counts }));
  const steps = Math.max(...readFileSync(counts, 'utf8').split('\n').map(Number));
  rmSync(counts);
  return { ...end, steps };
}

/** Stages that began or ended, by the progress that a run wrote. */
export const linesOf = (stderr: string): number => stderr.match(/^(start|done) /gm)?.length ?? 0;

function atStep(what: keyof typeof writing, step?: number): Record<string, string> {
  return {
    NODE_OPTIONS: `--import ${killer}`,
    ...writing[what],
    ...(step === undefined ? {} : { MMX_KILL_AT: String(step) }),
  };
}

interface Launched {
  readonly child: ChildProcess;
  readonly started: number;
  readonly stderr: () => string;
  readonly over: () => boolean;
}

function launch(cwd: string, args: readonly string[], env: Record<string, string>): Launched {
  const [command = '', ...before] = mmxCommand;
  const child = spawn(command, [...before, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true, // a process group of its own
  });
  let stderr = '';
  let over = false;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.once('exit', () => {
    over = true;
  });
  return { child, started: performance.now(), stderr: () => stderr, over: () => over };
}

async function ended({ child, started, stderr }: Launched): Promise<RunEnd> {
  const [status, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve([child.exitCode, child.signalCode]);
    else child.once('close', (...how) => resolve(how));
  });
  return {
    killed: signal === 'SIGKILL',
    status,
    stderr: stderr(),
    milliseconds: performance.now() - started,
  };
}
