import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Resolved } from '../../config/index.js';
import type { Json } from '../../json.js';
import type { StageSpec } from '../../pipeline/graph/stage.js';
import { planRun, renderPlan } from '../../pipeline/plan/dry-run.js';
import type { PreparedRun } from '../../pipeline/plan/prepare.js';
import { clipNotes, refuseUnscorable } from '../../pipeline/plan/scored-clips.js';
import { ranThrough } from '../../pipeline/run/failed-stages.js';
import { type RunResult, runStages } from '../../pipeline/run/scheduler.js';
import { buildManifest, type RunManifest } from '../../pipeline/runs/manifest.js';
import { outcomeOf } from '../../pipeline/runs/outcome.js';
import { measuredValues } from '../../pipeline/runs/results.js';
import { checkFolder } from '../../pipeline/store/check-folder.js';
import { listCheckpoints } from '../../pipeline/store/checkpoint.js';
import type { ArtifactStore } from '../../pipeline/store/store.js';
import { createProgress, progressMode } from '../../report/progress/progress.js';
import { missingLines, refuseMissingMouths } from '../mouths/missing.js';
import { jobsOf, type RunFlags, threadsOf } from '../options/run.js';
import { print, printJson, say } from '../output.js';
import { resultsDirectory, runsDirectory } from '../project/places.js';
import { openStore } from '../project/store.js';
import { cellLabels } from './cell-labels.js';
import { LeftInQueue } from './left-in-queue.js';
import { checkOutFolders } from './out-folders.js';
import { manifestConfig } from './recorded-config.js';
import { type KeptRecord, keepRecord, manifestDirectory, manifestPath } from './records.js';
import { reserveRunId } from './run-id.js';
import { slurmOptionsOf } from './slurm.js';
import { tensorboardLog } from './tensorboard-log.js';

/** What a command that computes was asked, for the manifest. */
export interface Request {
  /** Name of the run's record: the table's, or the config file's. */
  readonly name: string;
  readonly config: Resolved<unknown>;
  readonly overrides: readonly string[];
  /** Folders that the results go to; of results that lie by the id of their run, a function of that. */
  readonly out?: readonly string[] | ((id: string) => readonly string[]);
  /** True of a part of a run that is recorded as a whole: it has no record of its own. */
  readonly isPart?: boolean;
  /** Some targets may fail, as long as the run goes through: whoever asks looks which are stored. */
  readonly mayFail?: boolean;
}

export interface FinishedRun {
  readonly result: RunResult;
  readonly store: ArtifactStore;
  readonly manifest: RunManifest<Json>;
  /** Its record, or that of the earlier run which has computed all of it. */
  readonly record: KeptRecord;
  /** What a reader must know of the clips behind each experiment's result. */
  readonly notes: readonly (readonly string[])[];
}

/**
 * Shows the stage graph and what of it is stored (`--dry-run`).
 *
 * @param beside what else the plan should say: members of the JSON, and lines above the stages
 */
export function showPlan(
  prepared: PreparedRun,
  targets: readonly StageSpec[],
  flags: RunFlags,
  beside: { readonly json: object; readonly lines: readonly string[] } = { json: {}, lines: [] },
): void {
  const checkpoints = listCheckpoints(join(runsDirectory(), 'checkpoints')).map(({ hash }) => hash);
  refuseUnscorable(prepared.experiments, targets);
  const plan = planRun(targets, prepared.identity, openStore(), new Set(checkpoints));
  if (flags.json) printJson({ ...beside.json, ...plan });
  else print(engineLine(prepared), ...missingLines(prepared), ...beside.lines, ...renderPlan(plan));
}

/**
 * Computes what is missing and records the run, once it is sure that both can be written down.
 *
 * @throws MmxError when a target could not be computed; what was computed stays stored
 */
export async function computeStages(
  prepared: PreparedRun,
  targets: readonly StageSpec[],
  flags: RunFlags,
  request: Request,
): Promise<FinishedRun> {
  refuseUnscorable(prepared.experiments, targets);
  refuseMissingMouths(prepared);
  const slurm = slurmOptionsOf(flags);
  const store = openStore();
  const logs = flags.log && (flags.log.directory ?? join(resultsDirectory(), 'tensorboard'));
  const started = new Date();
  const id = reserveRunId(started, request.name, (one) => existsSync(manifestPath(one)));
  const { out = [] } = request;
  const outOf = typeof out === 'function' ? out : () => out;
  checkOutFolders([...outOf(id), ...(logs === undefined ? [] : [logs])]);
  checkFolder(manifestDirectory());
  store.checkWritable();
  const clock = performance.now();
  const mode = progressMode(flags);
  if (mode !== 'silent') say(engineLine(prepared));
  const threads = threadsOf(flags);
  const jobs = jobsOf(flags, prepared.engine.name);
  const command = ['mmx', ...process.argv.slice(2)];
  const seeds = [...new Set(prepared.experiments.flatMap(({ runs }) => runs.map(({ seed }) => seed)))];
  const run = { id, command };
  let manifest: RunManifest<Json> | undefined;
  let kept: KeptRecord | undefined;
  // Manifests are passed on: they name versions, not places on this machine.
  const { loadedFrom: _, ...engine } = prepared.engine;
  const isFinished = (result: RunResult): boolean =>
    result.error === undefined || (request.mayFail === true && ranThrough(result));
  let notes: readonly (readonly string[])[] = [];
  const record = (result: RunResult): void => {
    notes = isFinished(result) ? clipNotesOf(prepared, targets, store) : [];
    const made = buildManifest({
      command,
      launcher: flags.launcher,
      engine: { ...engine, declined: prepared.declined },
      jobs,
      threads,
      config: manifestConfig(
        request,
        prepared.experiments.map(({ config }) => config),
      ),
      seeds: seeds.sort((a, b) => a - b),
      started,
      // By a clock that nobody sets: a wall clock set back gave runs of negative length.
      ended: new Date(started.getTime() + performance.now() - clock),
      result,
      notes: [...new Set(notes.flat())],
      cells: cellLabels(request.config, prepared, targets, result.targets),
      store,
    });
    manifest = made;
    const outcome = isFinished(result) ? outcomeOf(prepared, targets, result, store) : undefined;
    try {
      kept = keepRecord(run.id, made, { out: outOf, outcome, isPart: request.isPart === true });
    } catch (error) {
      throw result.error ?? error; // on a full disk the stage that failed is what the user must hear of
    }
  };
  const show = createProgress({ mode });
  const log =
    logs === undefined
      ? undefined
      : tensorboardLog(prepared, targets, request.config, {
          directory: join(logs, run.id),
          started,
          store,
          warn: (sentence) => say(`mmx: ${sentence}`),
        });
  const result = await runStages(targets, {
    ...prepared.identity,
    store,
    local: prepared.local,
    jobs,
    run,
    ...(slurm === undefined ? {} : { slurm }),
    threads,
    checkpointSeconds: Math.min(...prepared.experiments.map(({ config }) => config.value.checkpoint_seconds)),
    runsDirectory: runsDirectory(),
    observer: (event) => {
      show(event);
      log?.(event);
    },
    record,
  });
  if (logs !== undefined && mode !== 'silent') say(`logged: tensorboard --logdir ${logs}`);
  if (manifest === undefined || kept === undefined) throw new LeftInQueue(result.queued ?? run.id, result);
  if (result.error && !isFinished(result)) throw result.error;
  return { result, store, manifest, record: kept, notes };
}

function clipNotesOf(
  { experiments, identity }: PreparedRun,
  targets: readonly StageSpec[],
  store: ArtifactStore,
): readonly (readonly string[])[] {
  const wanted = new Set(targets);
  return experiments.map((one) =>
    one.runs.some(({ stages }) => wanted.has(stages.result)) ? clipNotes(one, identity, store) : [],
  );
}

/** The experiments `from` (inclusive) to `to` (exclusive) of a run. */
export function part(prepared: PreparedRun, from: number, to: number): PreparedRun {
  return { ...prepared, experiments: prepared.experiments.slice(from, to) };
}

/** Hashes of the results of each experiment, seed by seed; the targets of the run were these stages, in that order. */
function hashesOf({ experiments }: PreparedRun, { result }: FinishedRun): string[][] {
  let next = 0;
  return experiments.map(({ runs }) => runs.map(() => result.targets[next++] ?? ''));
}

/** Stored results of each experiment, seed by seed. */
export const resultsOf = (prepared: PreparedRun, finished: FinishedRun): Json[][] =>
  hashesOf(prepared, finished).map((hashes) => hashes.map((hash) => finished.store.loadResult(hash)));

/** What each experiment reports: a value a run, or a run and draw of the noise. */
export function valuesOf(prepared: PreparedRun, finished: FinishedRun): number[][] {
  const hashes = hashesOf(prepared, finished);
  return prepared.experiments.map(({ config, resolved }, index) =>
    (hashes[index] ?? []).flatMap((hash) =>
      measuredValues(finished.store, hash, config.value.measure, resolved.classes),
    ),
  );
}

function engineLine({ engine, declined }: PreparedRun): string {
  // Packages that nobody asked for are no news; `mmx doctor` tells of them.
  const passed = declined.filter(({ reason }) => !reason.endsWith('is not installed'));
  const why = passed.map(({ name, reason }) => `${name}: ${reason.replace(`engine ${name}: `, '')}`);
  const because = why.length === 0 ? '' : ` (not ${why.join('; ')})`;
  return `engine ${engine.name}: ${engine.description}${because}`;
}
