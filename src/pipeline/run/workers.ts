import { type ChildProcess, fork } from 'node:child_process';
import { MmxError } from '../../errors.js';
import type { StageImplementation, StageProgress } from '../graph/stage.js';
import { StageInterrupted } from '../store/checkpoint.js';
import { ArtifactStore } from '../store/store.js';
import { deserialiseError, keepLog, toMmxError } from './errors.js';
import { executeStage, InputCache, type StageJob, type StageOutcome, type StageRuntime } from './executor.js';
import type { EngineLoader } from './worker-loop.js';
import type { FromWorker, ToWorker, WorkerSetup } from './worker-messages.js';

/** How a job given to a worker ended. */
export type JobEnd =
  | ({ readonly type: 'done'; readonly peakRssBytes: number } & StageOutcome)
  | { readonly type: 'failed'; readonly error: MmxError }
  | { readonly type: 'interrupted' }
  /**
   * The worker is gone, and with it the job. `fatal`: no other worker would do better. `killed`: by a signal, of somebody or
   * of the system, which may not happen again.
   */
  | {
      readonly type: 'lost';
      readonly error: MmxError;
      readonly fatal: boolean;
      readonly killed?: boolean;
    };

export interface JobListener {
  progress(progress: StageProgress): void;
  warning(message: string): void;
}

/** Something that runs stages, one at a time. */
export interface StageWorker {
  /** False once it has left or died. */
  readonly alive: boolean;
  run(job: StageJob, listener: JobListener): Promise<JobEnd>;
  /** Asks it to leave: at once when idle, else at the stage's next checkpoint. */
  stop(): void;
  /** Ends it without asking. */
  kill(): void;
  /** Settles when it has left. */
  readonly closed: Promise<void>;
}

/** Enough of what a process wrote to explain its death. */
const keptOutput = 64 * 1024;

/** A worker in a process of its own. */
export class ProcessWorker implements StageWorker {
  readonly closed: Promise<void>;
  readonly #child: ChildProcess;
  readonly #logDirectory: string;
  #alive = true;
  #ready = false;
  #output = '';
  #current: { job: StageJob; listener: JobListener; end: (end: JobEnd) => void } | undefined;

  constructor(module: string | URL, setup: WorkerSetup) {
    this.#logDirectory = setup.logDirectory;
    // Flags of the parent such as --inspect must not reach the workers: they would fight over the port.
    this.#child = fork(module, [], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-keptOutput);
      });
    }
    this.#child.on('message', (message: FromWorker) => this.#receive(message));
    this.closed = new Promise((resolve) => {
      // `close` comes after the last output has arrived, `error` alone when the process could not be started.
      this.#child.on('close', (code, signal) => {
        this.#gone(code, signal);
        resolve();
      });
      this.#child.on('error', (error) => {
        if (this.#child.pid !== undefined) return;
        this.#alive = false;
        const failure = new MmxError(
          'pipeline/worker-start',
          `No worker process could be started: ${error.message}.`,
        );
        this.#end({ type: 'lost', error: failure, fatal: true });
        resolve();
      });
    });
    this.#post({ type: 'setup', setup });
  }

  get alive(): boolean {
    return this.#alive;
  }

  run(job: StageJob, listener: JobListener): Promise<JobEnd> {
    return new Promise((end) => {
      this.#current = { job, listener, end };
      if (this.#alive) this.#post({ type: 'run', job });
      else this.#gone(this.#child.exitCode, this.#child.signalCode);
    });
  }

  stop(): void {
    this.#post({ type: 'stop' });
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #post(message: ToWorker): void {
    // A channel that closes meanwhile is reported by `close`, with the reason.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #receive(message: FromWorker): void {
    if (message.type === 'ready') {
      this.#ready = true;
      return;
    }
    const current = this.#current;
    if (current === undefined) return;
    if (message.type === 'refused') {
      this.#alive = false;
      this.#end({ type: 'lost', error: deserialiseError(message.error), fatal: true });
      return;
    }
    if (message.hash !== current.job.hash) return;
    switch (message.type) {
      case 'progress':
        current.listener.progress(message.progress);
        break;
      case 'warning':
        current.listener.warning(message.message);
        break;
      case 'done': {
        const { seconds, stored, peakRssBytes } = message;
        this.#end({ type: 'done', seconds, stored, peakRssBytes });
        break;
      }
      case 'failed':
        this.#end({ type: 'failed', error: deserialiseError(message.error) });
        break;
      case 'interrupted':
        this.#end({ type: 'interrupted' });
        break;
    }
  }

  #end(end: JobEnd): void {
    const current = this.#current;
    this.#current = undefined;
    current?.end(end);
  }

  #gone(code: number | null, signal: NodeJS.Signals | null): void {
    this.#alive = false;
    const job = this.#current?.job;
    if (job === undefined) return;
    const manner = signal === null ? `ended with exit code ${code}` : `was killed by ${signal}`;
    const log =
      this.#output === '' ? undefined : keepLog(this.#logDirectory, `${job.label}\n${this.#output}`);
    const where = log === undefined ? '' : `; what it wrote last is in ${log}`;
    if (!this.#ready && signal === null) {
      const reason = /^\w*Error.*$/m.exec(this.#output)?.[0];
      const error = new MmxError(
        'pipeline/worker-start',
        `A worker process did not start: it ${manner}${reason === undefined ? '' : ` (${reason})`}${where}.`,
      );
      this.#end({ type: 'lost', error, fatal: true });
      return;
    }
    const error = new MmxError(
      'pipeline/worker-died',
      `The process that ran stage "${job.label}" ${manner}${where}.`,
      {
        hint: 'If memory ran out, use fewer --jobs; running the same command again continues from the last checkpoint.',
      },
    );
    this.#end({ type: 'lost', error, fatal: false, killed: signal !== null });
  }
}

/** What `LocalWorker` needs to run stages itself. */
export interface InProcessRuntime {
  readonly implementations: Readonly<Record<string, StageImplementation>>;
  readonly loadEngine: EngineLoader;
}

/** A worker in this very process, for debugging and tests. */
export class LocalWorker implements StageWorker {
  readonly closed = Promise.resolve();
  readonly alive = true;
  readonly #setup: WorkerSetup;
  readonly #stages: InProcessRuntime;
  #runtime: StageRuntime | undefined;
  #stopping = false;
  #abandon: () => void = () => {};

  constructor(stages: InProcessRuntime, setup: WorkerSetup) {
    this.#stages = stages;
    this.#setup = setup;
  }

  run(job: StageJob, listener: JobListener): Promise<JobEnd> {
    const abandoned = new Promise<JobEnd>((resolve) => {
      this.#abandon = () => resolve({ type: 'interrupted' });
    });
    return Promise.race([this.#execute(job, listener), abandoned]);
  }

  async #execute(job: StageJob, listener: JobListener): Promise<JobEnd> {
    const { logDirectory } = this.#setup;
    try {
      this.#runtime ??= await this.#prepare();
    } catch (error) {
      return { type: 'lost', error: toMmxError(error, 'Loading the engine', logDirectory), fatal: true };
    }
    try {
      const outcome = await executeStage(job, this.#runtime, listener);
      return { type: 'done', peakRssBytes: process.resourceUsage().maxRSS * 1024, ...outcome };
    } catch (error) {
      if (error instanceof StageInterrupted) return { type: 'interrupted' };
      return { type: 'failed', error: toMmxError(error, `Stage "${job.label}"`, logDirectory) };
    }
  }

  stop(): void {
    this.#stopping = true;
  }

  /** A stage cannot be ended from within its process, but it need not be waited for. */
  kill(): void {
    this.#stopping = true;
    this.#abandon();
  }

  async #prepare(): Promise<StageRuntime> {
    const { store: directory, engine, threads, local, checkpointDirectory, checkpointSeconds } = this.#setup;
    const store = new ArtifactStore(directory);
    return {
      implementations: this.#stages.implementations,
      engine: await this.#stages.loadEngine(engine, { threads }),
      store,
      local,
      cache: new InputCache(store),
      checkpointDirectory,
      checkpointSeconds,
      shouldStop: () => this.#stopping,
    };
  }
}
