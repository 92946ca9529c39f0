import { join } from 'node:path';
import { buildGraph, type StageGraph } from '../graph/graph.js';
import type { IdentityContext } from '../graph/identity.js';
import type { StageSpec } from '../graph/stage.js';
import { journalTo } from '../runs/journal.js';
import { markRunning, type RunIdentity, removeSuperseded } from '../runs/marks.js';
import { defaultCheckpointSeconds, sweepCheckpoints } from '../store/checkpoint.js';
import type { ArtifactStore } from '../store/store.js';
import type { RunObserver } from './events.js';
import { setAsideError } from './executor.js';
import type { LaunchContext } from './launch-context.js';
import { checkJobs, launchLocally } from './local/launch.js';
import { type LaunchEnd, RunProgress } from './progress.js';
import type { RunResult } from './result.js';
import { launchOnSlurm, type SlurmOptions } from './slurm/launch.js';
import type { InProcessRuntime } from './workers.js';

export type { RunResult, StageEnd, StageFailure, StageReport } from './result.js';

export interface RunOptions extends IdentityContext {
  readonly store: ArtifactStore;
  /** Worker processes; 0 runs the stages in this process, with `inProcess`. */
  readonly jobs: number;
  /** Hand the stages to Slurm instead; `jobs` then says nothing. */
  readonly slurm?: SlurmOptions;
  /** What `mmx runs watch` and the like call the run. */
  readonly run?: RunIdentity;
  /** Threads of each worker; 1 when absent: processes scale better than threads. */
  readonly threads?: number;
  /** Directories of the user's own corpora, by corpus name; no part of any identity. */
  readonly local?: Readonly<Record<string, string>>;
  /** Seconds between the checkpoints of a stage. */
  readonly checkpointSeconds?: number;
  /** Where checkpoints (`checkpoints/`) and logs (`logs/`) go; `results/runs` when absent. */
  readonly runsDirectory?: string;
  readonly observer?: RunObserver;
  /**
   * Records the run where others find it. Called with its result, but for a run that is left in a queue, while its mark is
   * still there: what it made is always held by one of the two. What it throws, `runStages` throws.
   */
  readonly record?: (result: RunResult) => void;
  /** Stages and engine for `jobs: 0`. */
  readonly inProcess?: InProcessRuntime;
  /** Module of the worker processes; ours when absent. */
  readonly worker?: string | URL;
}

const defaultRunsDirectory = join('results', 'runs');

/**
 * Computes what the targets need and the store lacks. A stage that fails takes only its dependents with it; a signal
 * stops the run, or the waiting for it. Neither makes this function throw: see `RunResult.error`.
 *
 * @throws what `record` throws; MmxError for a graph that cannot be (`pipeline/*`), a store that cannot be read (`store/*`), a Slurm that
 *   takes no jobs (`slurm/*`)
 */
export async function runStages(targets: readonly StageSpec[], options: RunOptions): Promise<RunResult> {
  checkJobs(options.jobs);
  const { store, slurm, run = { id: 'run', command: [] } } = options;
  const runsDirectory = options.runsDirectory ?? defaultRunsDirectory;
  const graph = buildGraph(targets, options);
  const findings: Finding[] = [];
  let tell = (finding: Finding): void => void findings.push(finding);
  const isStored = mendingCheck(store, graph, (finding) => tell(finding));
  const context: LaunchContext = {
    store,
    setup: {
      store: store.directory,
      checkpointDirectory: join(runsDirectory, 'checkpoints'),
      checkpointSeconds: options.checkpointSeconds ?? defaultCheckpointSeconds,
      logDirectory: join(runsDirectory, 'logs'),
      engine: options.engine,
      threads: options.threads ?? 1,
      local: options.local ?? {},
    },
    isStored,
    versions: options.versions,
    worker: options.worker ?? new URL('./worker.js', import.meta.url),
  };
  const launcher = slurm === undefined ? 'local' : 'waiting';
  const mark = markRunning(runsDirectory, run, [...graph.stages.keys()], launcher);
  const journal = slurm === undefined ? journalTo(mark.journal) : undefined;
  try {
    const progress = new RunProgress(graph, isStored, (event) => {
      options.observer?.(event);
      journal?.(event);
    });
    store.sweep();
    sweepCheckpoints(context.setup.checkpointDirectory, (hash) => store.has(hash));
    progress.start(slurm === undefined ? options.jobs : 1);
    tell = ({ message, hash }) => progress.warn(message, hash);
    findings.forEach(tell);
    let result: RunResult;
    try {
      result = progress.result(progress.open.length === 0 ? {} : await launch());
    } finally {
      progress.end();
    }
    if (options.record !== undefined && (result.queued === undefined || result.error !== undefined)) {
      options.record(result);
      removeSuperseded(runsDirectory, new Set(graph.stages.keys()));
    }
    return result;

    function launch(): Promise<LaunchEnd> {
      return slurm === undefined
        ? launchLocally(progress, context, options)
        : launchOnSlurm(progress, context, { ...slurm, run, runsDirectory });
    }
  } finally {
    mark.remove();
  }
}

interface Finding {
  readonly message: string;
  readonly hash: string;
}

/**
 * Whether an artifact can be used. A damaged one is set aside, so that it counts as missing. Targets are read whole,
 * because nobody else in the run does; inputs are when a stage loads them.
 */
function mendingCheck(
  store: ArtifactStore,
  { targets }: StageGraph,
  tell: (finding: Finding) => void,
): (hash: string) => boolean {
  const wanted = new Set(targets);
  return (hash) => {
    const damage = store.damageOf(hash, wanted.has(hash));
    if (damage === undefined) return store.has(hash);
    const aside = store.setAside(damage);
    if (aside === undefined) return store.isSound(hash);
    tell({ message: `${setAsideError(damage, aside).message} It is computed anew.`, hash });
    return false;
  };
}
