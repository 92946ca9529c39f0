import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MmxError } from '../../../errors.js';
import { replaceFile } from '../../store/files.js';
import { jobOf, type LaunchContext } from '../launch-context.js';
import type { RunProgress } from '../progress.js';
import { type ArrayPlan, planArrays } from './arrays.js';
import { cancelTasks, submitJob } from './commands.js';
import type { SbatchOptions } from './options.js';
import { type ArrayFile, type PlacedTask, taskOf } from './record.js';

/** Seconds before the end of its time that a task is told to take a checkpoint and ask for more. */
const timeLimitNotice = 60;

export interface SubmitOptions {
  readonly sbatch: SbatchOptions;
  /** Module that runs one task of an array. */
  readonly task: string | URL;
  /** Folder of the run. */
  readonly directory: string;
}

/** Hands stages of one run to `sbatch`, as often as needed. */
export class Submitter {
  readonly #progress: RunProgress;
  readonly #context: LaunchContext;
  readonly #options: SubmitOptions;
  #arrays = 0;

  constructor(progress: RunProgress, context: LaunchContext, options: SubmitOptions) {
    this.#progress = progress;
    this.#context = context;
    this.#options = options;
  }

  /** Job arrays submitted so far. */
  get arrays(): number {
    return this.#arrays;
  }

  /**
   * @param hashes stages to run; their other inputs are stored, or among `queued`
   * @param queued where stages are that wait or run already
   * @throws MmxError `slurm/refused`, `store/*`; nothing of this call stays in the queue then
   */
  async submit(
    hashes: readonly string[],
    queued: ReadonlyMap<string, PlacedTask>,
  ): Promise<readonly PlacedTask[]> {
    const plans = planArrays(this.#progress.graph, new Set(hashes), new Set(queued.keys()));
    const placed = new Map(queued);
    const jobs: string[] = [];
    const submitted: PlacedTask[] = [];
    try {
      for (const plan of plans) {
        const job = await this.#array(plan, jobs, placed);
        jobs.push(job);
        for (const [index, hash] of plan.tasks) {
          const task = { hash, job, index, directory: this.#options.directory };
          placed.set(hash, task);
          submitted.push(task);
        }
      }
    } catch (error) {
      await cancelTasks(submitted.map(taskOf)).catch((other: MmxError) => this.#progress.warn(other.message));
      throw error;
    }
    return submitted;
  }

  async #array(
    plan: ArrayPlan,
    jobs: readonly string[],
    placed: ReadonlyMap<string, PlacedTask>,
  ): Promise<string> {
    const { sbatch, task, directory } = this.#options;
    const { setup, worker } = this.#context;
    const file: ArrayFile = {
      setup,
      worker: pathOf(worker),
      jobs: Object.fromEntries(
        [...plan.tasks].map(([index, hash]) => [String(index), jobOf(this.#progress, hash, this.#context)]),
      ),
    };
    const path = join(directory, `array-${this.#arrays}.json`);
    this.#arrays += 1;
    replaceFile(path, [Buffer.from(JSON.stringify(file))]);
    const script = `#!/bin/sh\nexec ${[process.execPath, pathOf(task), path].map(shellQuoted).join(' ')}\n`;
    return submitJob(
      [
        `--job-name=mmx-${plan.kind}`,
        `--array=${ranges([...plan.tasks.keys()])}`,
        ...dependencyOf(plan, jobs, placed),
        `--chdir=${process.cwd()}`,
        `--output=${directory.replaceAll('%', '%%')}/%A_%a.log`,
        '--open-mode=append',
        '--requeue',
        '--ntasks=1',
        `--cpus-per-task=${setup.threads}`,
        `--signal=B:USR2@${timeLimitNotice}`,
        ...sbatch.all,
        ...(sbatch.byKind[plan.kind] ?? []),
      ],
      script,
    );
  }
}

function dependencyOf(
  { corresponding, after }: ArrayPlan,
  jobs: readonly string[],
  placed: ReadonlyMap<string, PlacedTask>,
): readonly string[] {
  const tasks = after.flatMap((hash) => {
    const place = placed.get(hash);
    return place === undefined ? [] : [taskOf(place)];
  });
  const conditions = [
    ...(corresponding.length === 0 ? [] : [['aftercorr', ...corresponding.map((at) => jobs[at])].join(':')]),
    ...(tasks.length === 0 ? [] : [['afterok', ...tasks].join(':')]),
  ];
  // What can never run leaves the queue, as the follower expects.
  return conditions.length === 0 ? [] : [`--dependency=${conditions.join(',')}`, '--kill-on-invalid-dep=yes'];
}

const pathOf = (module: string | URL): string => (module instanceof URL ? fileURLToPath(module) : module);

const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** `0-2,5`. */
export function ranges(indices: readonly number[]): string {
  const runs: { from: number; to: number }[] = [];
  for (const index of [...indices].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && last.to === index - 1) last.to = index;
    else runs.push({ from: index, to: index });
  }
  return runs.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}
