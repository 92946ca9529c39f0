import { dirname, join } from 'node:path';
import { MmxError } from '../../../../errors.js';
import type { LocalCorpora } from '../../../../pipeline/plan/resolve.js';
import {
  cellsOfRun,
  experimentsOf,
  isSeededRecord,
  meanOf,
  type RunCell,
} from '../../../../pipeline/runs/cells.js';
import { manifestIfThere, type RunManifest, readManifest } from '../../../../pipeline/runs/manifest.js';
import { statusOf } from '../../../../read-file.js';
import { refuseMixed } from '../../../../report/files/file-set.js';
import { readTable } from '../../../../report/table/read-table.js';
import type { ResultTable } from '../../../../report/table/table.js';
import { copiesOfRun } from '../../../project/copies-of-run.js';
import { openStore } from '../../../project/store.js';
import { manifestPath } from '../../../run/records.js';
import { runNamed } from '../find.js';

/** A run as the command line names it, with what it measured. */
export interface MeasuredRun {
  /** Its id, or its folder. */
  readonly name: string;
  readonly cells: readonly RunCell[];
  /** False where values are paired by their order, because nothing tells their seeds. */
  readonly knowsSeeds: boolean;
  /** What names the run: its id, or its folder. */
  readonly evidence: string;
  /** Absent where only a table tells of the run. */
  readonly manifest?: RunManifest;
}

/**
 * @param text an id or the beginning of one, or a folder with a `table.json`, or with a `manifest.json` alone
 * @param fromStore read stored results even where a table holds the values
 */
export function measuredRun(text: string, local: LocalCorpora | undefined, fromStore = false): MeasuredRun {
  const stored = (name: string, file: string, manifest: RunManifest): MeasuredRun => {
    const isScored = manifest.stages.some(({ kind }) => kind === 'score' || kind === 'units');
    const cells = isScored ? cellsOfRun(manifest, file, openStore(), copiesOfRun(manifest, local)) : [];
    return { name, evidence: name, cells, knowsSeeds: true, manifest };
  };
  if (statusOf(text)?.isDirectory() !== true) {
    const id = runNamed(text);
    return stored(id, manifestPath(id), readManifest(manifestPath(id)));
  }
  refuseMixed(text);
  const manifestFile = join(text, 'manifest.json');
  const manifest = manifestIfThere(manifestFile);
  const tableFile = join(text, 'table.json');
  const table =
    fromStore && manifest ? undefined : (readTable(tableFile) ?? readTable(join(text, 'leaderboard.json')));
  if (table) {
    const cells = cellsOfTable(table, tableFile, (manifest && experimentsOf(manifest)) ?? []);
    const knowsSeeds = cells.every(({ experiment }) => experiment !== null);
    return { name: text, evidence: text, cells, knowsSeeds, ...(manifest && { manifest }) };
  }
  if (manifest) return stored(text, manifestFile, manifest);
  throw new MmxError('runs/unknown', `the folder ${text} has neither a table.json nor a manifest.json`, {
    exitCode: 2,
    hint: 'mmx table writes both; mmx runs ls lists the runs of this directory',
  });
}

function cellsOfTable(
  { rows, columns }: ResultTable,
  file: string,
  experiments: ReturnType<typeof experimentsOf>,
): readonly RunCell[] {
  const written = rows.flatMap(({ id, cells }) =>
    columns.flatMap((column) => {
      const cell = cells[column.id];
      return cell ? [{ name: `${id}/${column.id}`, values: cell.values, unit: cell.unit }] : [];
    }),
  );
  return written.map((cell, index) => {
    const experiment = experiments.length === written.length ? (experiments[index] ?? null) : null;
    return { ...cell, experiment, results: [], ...seededValues(cell, experiment, file) };
  });
}

/** @throws MmxError `runs/table` when the values are not as many as the seeds, or as many for each of them */
function seededValues(
  { name, values }: Pick<RunCell, 'name' | 'values'>,
  experiment: RunCell['experiment'],
  file: string,
): Pick<RunCell, 'seeds' | 'values'> {
  if (experiment === null)
    return { seeds: values.length > 1 ? values.map((_, index) => index) : null, values };
  const seeds = isSeededRecord(experiment) ? experiment.seeds : null;
  const runs = seeds?.length ?? 1;
  const draws = values.length / runs;
  if (!Number.isInteger(draws)) {
    throw new MmxError(
      'runs/table',
      `${file} does not go with ${join(dirname(file), 'manifest.json')}: ${name} has ${values.length} values, and there are ${runs} seeds`,
      { exitCode: 2, hint: 'without that manifest, values are paired in their order' },
    );
  }
  const byRun = Array.from({ length: runs }, (_, run) => values.slice(run * draws, (run + 1) * draws));
  return { seeds, values: byRun.map(meanOf) };
}
