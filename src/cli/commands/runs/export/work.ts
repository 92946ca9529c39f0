import { writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MmxError } from '../../../../errors.js';
import {
  type CellsOfStages,
  cellsOfStages,
  type MeasuredStage,
  measuredStage,
  stagesBehind,
} from '../../../../pipeline/evidence/measurements.js';
import { cellsOfRun, identityOf, type RunCell } from '../../../../pipeline/runs/cells.js';
import { type RunManifest, readManifest } from '../../../../pipeline/runs/manifest.js';
import { fileError, makeDirectory } from '../../../../pipeline/store/files.js';
import type { ArtifactStore } from '../../../../pipeline/store/store.js';
import { renderMeasurementsCsv } from '../../../../report/measurements/csv.js';
import { type MlflowRun, mlflowFiles } from '../../../../report/measurements/mlflow.js';
import { TensorboardEvents, timesOf } from '../../../../report/measurements/tensorboard.js';
import { print, printJson, say } from '../../../output.js';
import { copiesOfRun } from '../../../project/copies-of-run.js';
import { resultsDirectory } from '../../../project/places.js';
import { openStore } from '../../../project/store.js';
import { manifestPath } from '../../../run/records.js';
import { runNamed } from '../find.js';
import type { RunExportFlags } from './command.js';

const folders = { csv: 'measurements', tensorboard: 'tensorboard', mlflow: 'mlruns' } as const;

/** The work of `mmx runs export`. */
export function exportRun(prefix: string, flags: RunExportFlags): void {
  const id = runNamed(prefix);
  const file = manifestPath(id);
  const manifest = readManifest(file);
  const store = openStore();
  const root = flags.out ?? join(resultsDirectory(), folders[flags.format]);
  const cells = cellsIn(manifest, file, store, flags);
  const { stages, unread } = readStages(manifest, store, cells && cellsOfStages(cells, identityOf(manifest)));
  for (const sentence of unread) say(`mmx: ${sentence} It is left out.`);
  if (stages.length === 0) {
    throw new MmxError('runs/nothing', `the results of ${id} are no longer stored`, {
      hint: 'run its command again to compute them; mmx runs show prints the command',
    });
  }
  const lost = manifest.stages.filter(({ hash }) => !store.has(hash)).length;
  if (lost > 0) say(`mmx: ${lost} of ${manifest.stages.length} stages of ${id} are not stored.`);
  const files = filesOf(flags.format, id, manifest, stages, cells ?? [], root);
  for (const [path, content] of files) write(join(root, path), content);
  const written = flags.format === 'csv' ? [...files.keys()].map((path) => join(root, path)) : [root];
  if (flags.json) printJson({ id, format: flags.format, written, files: files.size });
  else print(...written.map((path) => `written: ${path}`));
}

/** Not forced to the disk, file by file: there are thousands of an MLflow store, and the same command writes them again. */
function write(path: string, content: Uint8Array): void {
  makeDirectory(dirname(path));
  try {
    writeFileSync(path, content);
  } catch (error) {
    throw fileError(error, path);
  }
}

function filesOf(
  format: RunExportFlags['format'],
  id: string,
  manifest: RunManifest,
  stages: readonly MeasuredStage[],
  cells: readonly RunCell[],
  root: string,
): ReadonlyMap<string, Uint8Array> {
  if (format === 'csv') return new Map([[`${id}.csv`, Buffer.from(renderMeasurementsCsv(id, stages))]]);
  if (format === 'tensorboard') {
    const files = new Map<string, Uint8Array>();
    const events = new TensorboardEvents(Date.parse(manifest.started) / 1000, (file, bytes) => {
      const path = join(id, file);
      files.set(path, Buffer.concat([files.get(path) ?? new Uint8Array(), bytes]));
    });
    for (const stage of stages) events.add(stage, stage.series, timesOf(stage));
    return files;
  }
  const name = basename(manifest.config.file).replace(/\.ya?ml$/, '') || id;
  const runs = mlflowRuns(manifest, stages, cells);
  const texts = mlflowFiles({ id, name, manifest }, runs, root);
  return new Map([...texts].map(([path, text]) => [path, Buffer.from(text)]));
}

function mlflowRuns(
  manifest: RunManifest,
  stages: readonly MeasuredStage[],
  cells: readonly RunCell[],
): readonly MlflowRun[] {
  const identity = identityOf(manifest);
  return cells.flatMap(({ name, unit, experiment, seeds, values, results }) =>
    results.map((result, index): MlflowRun => {
      const behind = stagesBehind([result], identity);
      return {
        cell: name,
        seed: seeds?.[index] ?? null,
        config: experiment,
        result: { metric: unit === 'accuracy_pct' ? 'accuracy' : unit, value: values[index] ?? Number.NaN },
        stages: stages.filter(({ hash }) => behind.has(hash)),
      };
    }),
  );
}

/** Undefined, and said why, where they cannot be found: a run of MLflow is a cell, the other formats name them beside. */
function cellsIn(
  manifest: RunManifest,
  file: string,
  store: ArtifactStore,
  { format, data }: RunExportFlags,
): readonly RunCell[] | undefined {
  try {
    return cellsOfRun(manifest, file, store, copiesOfRun(manifest, data));
  } catch (error) {
    if (!(error instanceof MmxError) || format === 'mlflow') throw error;
    say(`mmx: cells are not named: ${error.message}`);
    return undefined;
  }
}

function readStages(
  manifest: RunManifest,
  store: ArtifactStore,
  cells: CellsOfStages | undefined,
): { stages: readonly MeasuredStage[]; unread: readonly string[] } {
  const unread: string[] = [];
  const stages = manifest.stages.flatMap((stage) => {
    try {
      return measuredStage(store, stage, cells) ?? [];
    } catch (error) {
      if (!(error instanceof MmxError)) throw error;
      unread.push(error.message);
      return [];
    }
  });
  return { stages, unread };
}
