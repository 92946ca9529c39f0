import { loadTable, type ResolvedTable } from '../../config/index.js';
import type { Corpus } from '../../corpora/corpus.js';
import type { StageSpec } from '../../pipeline/graph/stage.js';
import type { PreparedExperiments, PreparedRun } from '../../pipeline/plan/prepare.js';
import { checkPublished, collectTable } from '../../report/table/collect.js';
import type { ResultTable } from '../../report/table/table.js';
import { availability } from '../options/corpora.js';
import type { RunFlags } from '../options/run.js';
import { provenanceNotes } from './provenance.js';
import { computeStages, valuesOf } from './stages.js';
import { writeResults } from './write-results.js';

/** @throws ConfigError; MmxError `published/*` for a wrong name of a published number, before anything is computed */
export function openTable(file: string, overrides: readonly string[], flags: RunFlags): ResolvedTable {
  const table = loadTable(file, overrides, availability(flags.data));
  checkPublished(table);
  return table;
}

export const targetsOf = ({ experiments }: PreparedExperiments): StageSpec[] =>
  experiments.flatMap(({ runs }) => runs.map(({ stages }) => stages.result));

/**
 * Computes what is missing of a table and writes it in every format, with its manifest.
 *
 * @param prepared the experiments of its cells, in their order
 * @param isPart whether it is part of a run that is recorded as a whole
 */
export async function computeTable(
  table: ResolvedTable,
  prepared: PreparedRun,
  overrides: readonly string[],
  flags: RunFlags,
  directory: string,
  { isPart = false }: { readonly isPart?: boolean } = {},
): Promise<{ readonly result: ResultTable; readonly written: readonly string[] }> {
  const finished = await computeStages(prepared, targetsOf(prepared), flags, {
    name: table.value.table,
    config: table,
    overrides,
    out: [directory],
    isPart,
  });
  const values = valuesOf(prepared, finished);
  const cells = table.cells.map(({ row, column }, index) => ({ row, column, values: values[index] ?? [] }));
  const used = [...new Set(prepared.experiments.map(({ resolved }): Corpus => resolved.corpus))];
  const result = collectTable(table, cells, used, [
    ...provenanceNotes(table, prepared.experiments),
    ...new Set(finished.notes.flat()),
  ]);
  const written = writeResults(result, directory, finished.manifest, finished.store);
  return { result, written };
}
