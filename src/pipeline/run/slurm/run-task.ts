import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MmxError } from '../../../errors.js';
import type { EpochMeans, StageProgress } from '../../graph/stage.js';
import { listCheckpoints } from '../../store/checkpoint.js';
import { namesIn } from '../../store/files.js';
import { ArtifactStore } from '../../store/store.js';
import { serialiseError } from '../errors.js';
import type { StageJob } from '../executor.js';
import { type JobEnd, ProcessWorker } from '../workers.js';
import { requeueTask, type TaskId } from './commands.js';
import { readArray, type TaskStatus, writeStatus } from './record.js';

/** Seconds between two words about progress: every one is a file on the shared file system. */
const progressSeconds = 1;

/** How long artifacts that another node has stored may stay unseen here. */
const inputSeconds = 90;

/** Slurm ends a task that it puts back into the queue; it need not be quick about it. */
const requeueSeconds = 300;

/** Exit code of a task that was asked to stop, as of a process that SIGTERM ends. */
const stoppedExitCode = 143;

/**
 * Runs the stage of one task of a job array, in a process of its own, and writes down how it gets on. SIGTERM (a
 * preemption, `scancel`) takes a checkpoint if one can be had and ends the task; so does SIGUSR2 (its time is nearly
 * over), which puts the task back into the queue as well. A stage whose process is killed is run once more.
 *
 * @param say lines for the log of the job
 * @returns exit code
 * @throws MmxError `slurm/array` when the file is no array of tasks, or has none of the index in the environment
 */
export async function runTask(
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
  say: (line: string) => void,
): Promise<number> {
  const { SLURM_ARRAY_JOB_ID: job, SLURM_ARRAY_TASK_ID: index } = environment;
  const { setup, worker, jobs } = readArray(path);
  const stage = index === undefined ? undefined : jobs[index];
  if (job === undefined || stage === undefined) {
    throw new MmxError(
      'slurm/array',
      `${path} has no task ${index ?? ''}: this runs as a task of a job array of Slurm`,
      { exitCode: 2 },
    );
  }
  const journal = new TaskJournal(dirname(path), stage, `${job}_${Number(index)}`, environment, say);
  let hired: ProcessWorker | undefined;
  let reason: 'SIGTERM' | 'SIGUSR2' | undefined;
  const stop = (signal: 'SIGTERM' | 'SIGUSR2') => {
    reason ??= signal;
    say(`${signal}: stopping at the next checkpoint`);
    hired?.stop();
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGUSR2', () => stop('SIGUSR2'));

  const store = new ArtifactStore(setup.store);
  if (listCheckpoints(setup.checkpointDirectory).some(({ hash }) => hash === stage.hash)) {
    say('going on from a checkpoint');
  }
  await inputsVisible(store, stage, () => reason !== undefined);
  let end: JobEnd = { type: 'interrupted' };
  for (let attempt = 1; attempt <= 2 && reason === undefined; attempt++) {
    hired = new ProcessWorker(worker, setup);
    end = await hired.run(stage, journal);
    if (end.type !== 'lost' || end.killed !== true || reason !== undefined || attempt === 2) break;
    // Short of memory, or a fault of a native library: both often pass.
    journal.warning(`${end.error.message} It is run once more, from its last checkpoint.`);
  }
  hired?.stop();
  if (end.type === 'lost' && reason !== undefined) end = { type: 'interrupted' };
  journal.ended(end);
  if (end.type === 'done') return 0;
  if (end.type !== 'interrupted') return 1;
  if (reason === 'SIGUSR2' && (await requeueTask(`${job}_${Number(index)}`))) {
    say('back in the queue: its time was nearly over');
    await sleep(requeueSeconds * 1000, undefined, { ref: true });
  }
  return stoppedExitCode;
}

/** Waits for a shared file system to show what other nodes have stored; what stays away is for the stage to report. */
async function inputsVisible(
  store: ArtifactStore,
  { inputs }: StageJob,
  stopped: () => boolean,
): Promise<void> {
  const until = performance.now() + inputSeconds * 1000;
  const missing = () => Object.values(inputs).filter((hash) => !store.has(hash));
  while (missing().length > 0 && performance.now() < until && !stopped()) {
    await sleep(1000);
    // Listing a folder makes NFS look again at what is in it.
    for (const hash of missing()) namesIn(dirname(store.pathOf(hash)));
  }
}

/** Keeps the status file of a task. */
class TaskJournal {
  readonly #directory: string;
  readonly #hash: string;
  readonly #label: string;
  readonly #say: (line: string) => void;
  #status: TaskStatus;
  #epochs: readonly EpochMeans[] = [];
  /** By a clock that nobody sets back, in milliseconds. */
  #written = 0;
  #unwritable = false;

  constructor(
    directory: string,
    { hash, label }: StageJob,
    task: TaskId,
    environment: Readonly<Record<string, string | undefined>>,
    say: (line: string) => void,
  ) {
    this.#directory = directory;
    this.#hash = hash;
    this.#label = label;
    this.#say = say;
    const now = Date.now() / 1000;
    this.#status = {
      task,
      node: environment.SLURMD_NODENAME ?? '',
      state: 'running',
      restarts: Number(environment.SLURM_RESTART_COUNT ?? 0),
      started: now,
      updated: now,
      warnings: [],
    };
    say(`stage "${label}" (${hash.slice(0, 12)}) on ${this.#status.node}, restart ${this.#status.restarts}`);
    this.#write({});
  }

  progress(progress: StageProgress): void {
    // Whoever looks reads the file as it is by then: all epochs are in it.
    this.#epochs = [...this.#epochs, ...(progress.epochs ?? [])];
    const whole = this.#epochs.length === 0 ? progress : { ...progress, epochs: this.#epochs };
    this.#status = { ...this.#status, progress: whole };
    if (performance.now() - this.#written < progressSeconds * 1000) return;
    this.#write({});
  }

  warning(message: string): void {
    this.#say(`warning: ${message}`);
    this.#write({ warnings: [...this.#status.warnings, message] });
  }

  ended(end: JobEnd): void {
    switch (end.type) {
      case 'done': {
        const { seconds, stored, peakRssBytes } = end;
        this.#say(`${stored} in ${seconds.toFixed(1)} s`);
        this.#write({ state: 'done', seconds, stored, peakRssBytes });
        return;
      }
      case 'interrupted':
        this.#say('stopped');
        this.#write({ state: 'interrupted' });
        return;
      default:
        this.#say(`"${this.#label}" failed: ${end.error.message}`);
        this.#write({ state: 'failed', error: serialiseError(end.error) });
    }
  }

  #write(change: Partial<TaskStatus>): void {
    this.#status = { ...this.#status, ...change, updated: Date.now() / 1000 };
    this.#written = performance.now();
    try {
      writeStatus(this.#directory, this.#hash, this.#status);
    } catch (error) {
      if (!this.#unwritable) {
        this.#say(
          `its state cannot be written down: ${error instanceof MmxError ? error.message : String(error)}`,
        );
      }
      this.#unwritable = true;
    }
  }
}
