import { execFile } from 'node:child_process';
import { MmxError } from '../../../errors.js';
import { findProgram } from '../../../programs.js';

/** A task of a job array, as `12_0`. */
export type TaskId = `${string}_${number}`;

/** What Slurm says of a task: `PENDING`, `RUNNING`, `COMPLETED` … and why. */
export interface QueueEntry {
  readonly state: string;
  readonly reason: string;
  readonly node: string;
}

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly failed: boolean;
}

/** @throws MmxError `slurm/missing` when there is no such program here */
async function slurm(name: string, args: readonly string[], stdin?: string): Promise<Outcome> {
  const program = findProgram(name);
  if (program === undefined) {
    throw new MmxError('slurm/missing', `${name} was not found: there is no Slurm on this machine.`, {
      exitCode: 2,
      hint: "Run the command where jobs are submitted (a cluster's login node), or without --launcher slurm.",
    });
  }
  return new Promise((resolve) => {
    const child = execFile(program, [...args], { maxBuffer: 256 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ stdout, stderr, failed: error !== null });
    });
    child.stdin?.on('error', () => {}); // a program that ends without reading says why itself
    child.stdin?.end(stdin ?? '');
  });
}

/** Slurm's own words, without the names of its programs in front of every line. */
const complaintOf = (stderr: string): string =>
  [...new Set(stderr.split('\n').map((line) => line.replace(/^\w+: (error: |fatal: )?/, '').trim()))]
    .filter(Boolean)
    .join('; ')
    .replace(/[.;]*$/, '');

/**
 * Submits a script. @returns the number of the job
 *
 * @throws MmxError `slurm/missing`, `slurm/refused` with what Slurm says
 */
export async function submitJob(args: readonly string[], script: string): Promise<string> {
  const { stdout, stderr, failed } = await slurm('sbatch', ['--parsable', ...args], script);
  const job = /^(\d+)/m.exec(stdout)?.[1];
  if (!failed && job !== undefined) return job;
  throw new MmxError(
    'slurm/refused',
    `Slurm did not take the jobs: ${complaintOf(stderr) || stdout.trim()}.`,
    {
      hint: 'Their options come from --slurm and from SBATCH_* variables; sinfo lists partitions, squeue --me lists waiting jobs.',
    },
  );
}

/**
 * States of tasks, of those that Slurm still remembers (some minutes beyond their end).
 *
 * @throws MmxError `slurm/missing`, `slurm/unreachable`
 */
export async function queueOf(jobs: readonly string[]): Promise<ReadonlyMap<TaskId, QueueEntry>> {
  const entries = new Map<TaskId, QueueEntry>();
  if (jobs.length === 0) return entries;
  const format = '%F|%K|%T|%N|%r';
  const { stdout, stderr, failed } = await slurm('squeue', [
    '--noheader',
    '--array',
    '--states=all',
    `--jobs=${jobs.join(',')}`,
    `--format=${format}`,
  ]);
  // What it says when it has forgotten the only job that it is asked for.
  if (failed && !/invalid job id/i.test(stderr)) {
    throw new MmxError('slurm/unreachable', `Slurm does not answer: ${complaintOf(stderr)}.`, {
      hint: 'Try again when sinfo works; queued jobs and stored results are kept.',
    });
  }
  for (const line of stdout.split('\n')) {
    const [job, index, state, node = '', ...reason] = line.split('|');
    if (job === undefined || index === undefined || state === undefined || !/^\d+$/.test(index)) continue;
    entries.set(`${job}_${Number(index)}`, { state, node, reason: reason.join('|') });
  }
  return entries;
}

/** Tasks a call, so that a command line is never too long. */
const cancelledAtOnce = 500;

/** Cancels tasks; of those that have ended nothing is said. @throws MmxError `slurm/missing`, `slurm/refused` */
export async function cancelTasks(tasks: readonly TaskId[]): Promise<void> {
  for (let from = 0; from < tasks.length; from += cancelledAtOnce) {
    const { stderr, failed } = await slurm('scancel', tasks.slice(from, from + cancelledAtOnce));
    if (!failed || /invalid job id|already completed/i.test(stderr)) continue;
    throw new MmxError('slurm/refused', `Slurm did not cancel the jobs: ${complaintOf(stderr)}.`);
  }
}

/** Puts a running task back into the queue; it is ended by that. @returns whether Slurm takes it */
export async function requeueTask(task: TaskId): Promise<boolean> {
  try {
    return !(await slurm('scontrol', ['requeue', task])).failed;
  } catch {
    return false;
  }
}

/** Tasks that have not ended, and need no telling of how they will. */
const live: ReadonlySet<string> = new Set([
  'PENDING',
  'RUNNING',
  'CONFIGURING',
  'COMPLETING',
  'SUSPENDED',
  'STOPPED',
  'SIGNALING',
  'STAGE_OUT',
  'RESIZING',
  'REQUEUED',
  'REQUEUE_FED',
  'REQUEUE_HOLD',
  'RESV_DEL_HOLD',
  'SPECIAL_EXIT',
  'PREEMPTED',
]);

/** A task whose input was not made waits for ever where Slurm is set up not to cancel it. */
export const isLive = ({ state, reason }: QueueEntry): boolean => live.has(state) && !isOrphaned({ reason });

/** Its input was not made, so that it can never run. */
export const isOrphaned = ({ reason }: Pick<QueueEntry, 'reason'>): boolean =>
  reason.startsWith('DependencyNeverSatisfied');
