import type { Engine } from '../../engine/types.js';
import type { StageImplementation } from '../graph/stage.js';
import { StageInterrupted } from '../store/checkpoint.js';
import { ArtifactStore } from '../store/store.js';
import { serialiseError, toMmxError } from './errors.js';
import { executeStage, InputCache, type StageJob, type StageRuntime } from './executor.js';
import type { FromWorker, ToWorker, WorkerSetup } from './worker-messages.js';

/** Loads the engine a worker computes with; `useEngine` of the engine registry fits. */
export type EngineLoader = (name: string, options: { readonly threads: number }) => Promise<Engine>;

/**
 * Turns this process into a worker: runs the stages its parent sends, one at a time, until told to stop. The engine
 * and the inputs read stay loaded from stage to stage.
 *
 * A worker never outlives its parent, however that ended: a closed channel ends it at once, and a stage that keeps the
 * event loop busy is caught when it next reports progress or offers a checkpoint.
 */
export function serveStages(
  implementations: Readonly<Record<string, StageImplementation>>,
  loadEngine: EngineLoader,
): void {
  if (process.send === undefined) throw new Error('a worker must be forked by the process that schedules');
  const parent = process.ppid;
  let stopping = false;
  let busy = false;
  let runtime: Promise<StageRuntime> | undefined;
  let logDirectory = '';

  const send = (message: FromWorker, then?: () => void) => {
    if (process.connected) process.send?.(message, undefined, {}, () => then?.());
    else process.exit(1);
  };
  const leaveIfOrphaned = () => {
    if (process.ppid !== parent) process.exit(1);
  };
  const leave = () => process.exit(0);
  const stop = () => {
    stopping = true;
    if (!busy) leave();
  };

  const prepare = async (setup: WorkerSetup): Promise<StageRuntime> => {
    const store = new ArtifactStore(setup.store);
    return {
      implementations,
      engine: await loadEngine(setup.engine, { threads: setup.threads }),
      local: setup.local,
      store,
      cache: new InputCache(store),
      checkpointDirectory: setup.checkpointDirectory,
      checkpointSeconds: setup.checkpointSeconds,
      shouldStop: () => {
        leaveIfOrphaned();
        return stopping;
      },
    };
  };

  const run = async (job: StageJob) => {
    busy = true;
    const { hash } = job;
    let ready: StageRuntime;
    try {
      if (runtime === undefined) throw new Error('a job came before the setup');
      ready = await runtime;
    } catch (error) {
      const failure = toMmxError(error, 'Loading the engine in a worker process', logDirectory);
      send({ type: 'refused', error: serialiseError(failure) }, leave);
      return;
    }
    let answer: FromWorker;
    try {
      const outcome = await executeStage(job, ready, {
        progress: (progress) => {
          leaveIfOrphaned();
          send({ type: 'progress', hash, progress });
        },
        warning: (message) => send({ type: 'warning', hash, message }),
      });
      const peakRssBytes = process.resourceUsage().maxRSS * 1024;
      answer = { type: 'done', hash, peakRssBytes, ...outcome };
    } catch (error) {
      if (error instanceof StageInterrupted) answer = { type: 'interrupted', hash };
      else {
        const failure = toMmxError(error, `Stage "${job.label}"`, logDirectory);
        answer = { type: 'failed', hash, error: serialiseError(failure) };
      }
    }
    busy = false;
    send(answer, stopping ? leave : undefined);
  };

  process.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'setup':
        logDirectory = message.setup.logDirectory;
        runtime = prepare(message.setup);
        // Reported when the first job asks for it; until then nobody is there to handle it.
        runtime.catch(() => {});
        break;
      case 'run':
        void run(message.job);
        break;
      case 'stop':
        stop();
        break;
    }
  });
  process.on('disconnect', () => process.exit(1));
  // Ctrl-C reaches the whole process group: what happens then is the parent's decision.
  process.on('SIGINT', () => {});
  process.on('SIGHUP', () => {});
  process.on('SIGTERM', stop);
  send({ type: 'ready' });
}
