import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MmxError } from '../errors.js';
import { type RunManifest, readManifest } from '../pipeline/manifest.js';
import type { LocalCorpora } from '../pipeline/resolve.js';
import { cellsOfRun, experimentsOf, isSeeded, meanOf, type RunCell } from '../pipeline/run-cells.js';
import { ArtifactStore } from '../pipeline/store.js';
import { refuseMixed } from '../report/file-set.js';
import { manifestPath, runNamed } from './runs-find.js';

/** A run as the command line names it, with what it measured. */
export interface MeasuredRun {
  /** Its id, or its folder. */
  readonly name: string;
  readonly cells: readonly RunCell[];
  /** False where values are paired by their order, because nothing tells their seeds. */
  readonly knowsSeeds: boolean;
  /** Absent where only a table tells of the run. */
  readonly manifest?: RunManifest;
}

/**
 * @param text an id or the beginning of one, or a folder with a `table.json`, or with a `manifest.json` alone
 * @param fromStore read stored results even where a table holds the values
 */
export function measuredRun(text: string, local: LocalCorpora | undefined, fromStore = false): MeasuredRun {
  const stored = (name: string, manifest: RunManifest): MeasuredRun => {
    const cells = cellsOfRun(manifest, new ArtifactStore(), local);
    return { name, cells, knowsSeeds: true, manifest };
  };
  if (!statSync(text, { throwIfNoEntry: false })?.isDirectory()) {
    const id = runNamed(text);
    return stored(id, readManifest(manifestPath(id)));
  }
  refuseMixed(text);
  const manifestFile = join(text, 'manifest.json');
  const manifest = existsSync(manifestFile) ? readManifest(manifestFile) : undefined;
  const tableFile = join(text, 'table.json');
  if (existsSync(tableFile) && !(fromStore && manifest)) {
    const cells = cellsOfTable(tableFile, (manifest && experimentsOf(manifest)) ?? []);
    return { name: text, cells, knowsSeeds: cells.every(({ experiment }) => experiment !== null) };
  }
  if (manifest) return stored(text, manifest);
  throw new MmxError('runs/unknown', `the folder ${text} has neither a table.json nor a manifest.json`, {
    exitCode: 2,
    hint: 'mmx table writes both; mmx runs ls lists the runs of this directory',
  });
}

interface WrittenTable {
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly id: string;
    readonly cells: Readonly<Record<string, { readonly values: readonly number[]; readonly unit: string }>>;
  }[];
}

/** @throws MmxError `runs/table` when the file is not one that mmx wrote */
function cellsOfTable(file: string, experiments: ReturnType<typeof experimentsOf>): readonly RunCell[] {
  const written = writtenCells(file);
  return written.map((cell, index) => {
    const experiment = experiments.length === written.length ? (experiments[index] ?? null) : null;
    return { ...cell, experiment, results: [], ...seededValues(cell.values, experiment) };
  });
}

function writtenCells(file: string): readonly Pick<RunCell, 'name' | 'values' | 'unit'>[] {
  try {
    const { rows, columns } = JSON.parse(readFileSync(file, 'utf8')) as WrittenTable;
    return rows.flatMap(({ id, cells }) =>
      columns.flatMap((column) => {
        const cell = cells[column];
        return cell ? [{ name: `${id}/${column}`, values: [...cell.values], unit: cell.unit }] : [];
      }),
    );
  } catch (cause) {
    throw new MmxError('runs/table', `${file} is not a table that mmx wrote`, { exitCode: 2, cause });
  }
}

function seededValues(
  values: readonly number[],
  experiment: RunCell['experiment'],
): Pick<RunCell, 'seeds' | 'values'> {
  if (experiment === null)
    return { seeds: values.length > 1 ? values.map((_, index) => index) : null, values };
  const seeds = isSeeded(experiment) ? experiment.seeds : null;
  const runs = seeds?.length ?? 1;
  const draws = values.length / runs;
  const byRun = Array.from({ length: runs }, (_, run) => values.slice(run * draws, (run + 1) * draws));
  return { seeds, values: byRun.map(meanOf) };
}
