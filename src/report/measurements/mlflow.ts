import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isRecord } from '../../json.js';
import { withoutSeed } from '../../pipeline/evidence/curves.js';
import type { MeasuredStage } from '../../pipeline/evidence/measurements.js';
import type { RunManifest } from '../../pipeline/runs/manifest.js';
import { visible } from '../../visible.js';
import { timesOf } from './tensorboard.js';

/** One cell of a run with one of its seeds: a run of MLflow. */
export interface MlflowRun {
  /** `row/column`. */
  readonly cell: string;
  /** Null of a cell without randomness. */
  readonly seed: number | null;
  /** The resolved experiment. */
  readonly config: unknown;
  /** What the cell reports. */
  readonly result: { readonly metric: string; readonly value: number };
  /** All stages behind it. */
  readonly stages: readonly MeasuredStage[];
}

/**
 * Files of MLflow's file store, by path: `EXPERIMENT/meta.yaml` and, in a folder a run, `meta.yaml`, `params`, `metrics`, `tags`
 * and `artifacts` (the resolved experiment). Ids follow from the names alone, so that the same run written again takes the place of itself.
 *
 * @param id of the run of mmx
 * @param name of the experiment
 * @param root where the files will lie
 */
export function mlflowFiles(
  { id, name, manifest }: { readonly id: string; readonly name: string; readonly manifest: RunManifest },
  runs: readonly MlflowRun[],
  root: string,
): ReadonlyMap<string, string> {
  const experiment = numericId(name);
  const [started, ended] = [Date.parse(manifest.started), Date.parse(manifest.ended)];
  const files = new Map<string, string>();
  files.set(
    join(experiment, 'meta.yaml'),
    yaml({
      artifact_location: uri(root, experiment),
      creation_time: started,
      experiment_id: experiment,
      last_update_time: ended,
      lifecycle_stage: 'active',
      name,
    }),
  );
  for (const run of runs) {
    const runId = digest(JSON.stringify([id, run.cell, run.seed])).slice(0, 32);
    const folder = join(experiment, runId);
    const runName = `${id} ${run.cell}${run.seed === null ? '' : ` seed ${run.seed}`}`;
    files.set(
      join(folder, 'meta.yaml'),
      yaml({
        artifact_uri: uri(root, folder, 'artifacts'),
        end_time: ended,
        entry_point_name: '',
        experiment_id: experiment,
        lifecycle_stage: 'active',
        run_id: runId,
        run_name: runName,
        run_uuid: runId,
        source_name: '',
        source_type: 4,
        source_version: '',
        start_time: started,
        status: 3,
        tags: [],
        user_id: 'mmx',
      }),
    );
    const put = (kind: string, key: string, content: string) =>
      files.set(join(folder, kind, fileKey(key)), content);
    const parameters = run.seed === null ? run.config : { ...(run.config as object), seed: run.seed };
    files.set(join(folder, 'artifacts', 'experiment.json'), `${JSON.stringify(parameters, null, 2)}\n`);
    for (const [key, value] of flattened(parameters))
      put('params', key.replaceAll('/', '_'), visible(value).slice(0, 6000));
    for (const [key, value] of Object.entries(tagsOf(id, run, manifest, runName)))
      put('tags', key, visible(value));
    put(
      'metrics',
      run.result.metric,
      metricLines([{ step: 0, value: run.result.value }], () => ended / 1000),
    );
    for (const stage of run.stages) {
      for (const { metric, points } of stage.series) {
        const key = `${withoutSeed(stage.label)}/${metric}`;
        const isTaken = files.has(join(folder, 'metrics', fileKey(key)));
        const own = isTaken ? `${withoutSeed(stage.label)} ${stage.hash.slice(0, 8)}/${metric}` : key;
        put('metrics', own, metricLines(points, timesOf(stage)));
      }
    }
  }
  return files;
}

const tagsOf = (
  id: string,
  { cell, seed }: MlflowRun,
  manifest: RunManifest,
  runName: string,
): Readonly<Record<string, string>> => ({
  'mlflow.runName': runName,
  'mlflow.source.name': manifest.config.file,
  'mlflow.source.type': 'LOCAL',
  ...(manifest.commit === null ? {} : { 'mlflow.source.git.commit': manifest.commit }),
  'mmx.run': id,
  'mmx.cell': cell,
  ...(seed === null ? {} : { 'mmx.seed': String(seed) }),
  'mmx.version': manifest.mmx,
  'mmx.engine': manifest.engine.name,
  'mmx.command': manifest.command.join(' '),
});

/** A line a point: milliseconds since 1970, value, step. */
function metricLines(
  points: readonly { readonly step: number; readonly value: number }[],
  atOf: (step: number, last: number) => number,
): string {
  const last = points.at(-1)?.step ?? 0;
  return points
    .map(({ step, value }) => `${Math.round(1000 * atOf(step, last))} ${value} ${step}\n`)
    .join('');
}

/** Values by dotted path; lists as JSON. */
function flattened(value: unknown, path = ''): readonly (readonly [path: string, value: string])[] {
  if (!isRecord(value)) return [[path, typeof value === 'string' ? value : JSON.stringify(value ?? null)]];
  return Object.entries(value).flatMap(([key, member]) =>
    flattened(member, path === '' ? key : `${path}.${key}`),
  );
}

/** As MLflow allows keys: a slash makes a folder. None leads out of the folder of the run. */
function fileKey(key: string): string {
  const parts = key.replace(/[^A-Za-z0-9_\-. /]/g, '_').split('/');
  return parts.map((part) => (/^\.*$/.test(part) ? '_' : part.slice(0, 200))).join('/');
}

/** JSON is YAML. */
const yaml = (members: Readonly<Record<string, unknown>>): string =>
  Object.entries(members)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');

const uri = (...path: readonly [string, ...string[]]): string => pathToFileURL(join(...path)).href;

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** 18 digits, as MLflow's own ids of experiments. */
const numericId = (name: string): string =>
  String(10n ** 17n + (BigInt(`0x${digest(name).slice(0, 30)}`) % (9n * 10n ** 17n)));
