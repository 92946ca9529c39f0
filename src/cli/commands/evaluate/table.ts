import { basename } from 'node:path';
import type { ResolvedTable } from '../../../config/index.js';
import type { Corpus } from '../../../corpora/corpus.js';
import type { PreparedExperiment, PreparedRun } from '../../../pipeline/plan/prepare.js';
import type { Score, Units } from '../../../pipeline/stages/parameters.js';
import { collectTable } from '../../../report/table/collect.js';
import type { ResultTable } from '../../../report/table/table.js';
import { provenanceNotes } from '../../run/provenance.js';
import { type FinishedRun, resultsOf, valuesOf } from '../../run/stages.js';

/** Evaluated experiments as a table: a row a configuration, a column a learning setting. */
export function evaluationTable(prepared: PreparedRun, finished: FinishedRun): ResultTable {
  const { experiments } = prepared;
  const values = valuesOf(prepared, finished);
  const stored = resultsOf(prepared, finished);
  const rows = experiments.map((one, index) => ({ id: rowId(experiments, index), label: labelOf(one) }));
  const cells = experiments.map(({ config, resolved }, index) => ({
    row: rows[index]?.id ?? '',
    column: resolved.setting.name,
    experiment: config,
    published: null,
  }));
  const settings = [...new Set(cells.map(({ column }) => column))];
  const table: ResolvedTable = {
    value: {
      table: 'evaluate',
      title: `Evaluation of ${[...new Set(experiments.map(nameOf))].join(', ')}`,
      notes: [],
      // Headings break at spaces.
      columns: settings.map((id) => ({ id, label: id.replaceAll('-', ' ') })),
      rows,
      references: [],
    },
    origins: {},
    files: [],
    cells,
  };
  const scores = cells.map(({ row, column }, index) => ({ row, column, values: values[index] ?? [] }));
  const corpora = [...new Set(experiments.map(({ resolved }): Corpus => resolved.corpus))];
  return collectTable(table, scores, corpora, [
    ...seedNotes(experiments),
    ...experiments.map(
      (one, index) =>
        `${rows[index]?.label}, ${one.resolved.setting.name}: ${readoutOf(stored[index]?.[0])}.`,
    ),
    ...provenanceNotes(table, experiments),
    ...new Set(finished.notes.flat()),
  ]);
}

/** Name of its file without the ending. */
export const nameOf = ({ config }: PreparedExperiment): string =>
  basename(config.files[0] ?? '').replace(/\.ya?ml$/, '');

/** Which seeds the values are of. */
export function seedNotes(experiments: readonly PreparedExperiment[]): readonly string[] {
  const seeds = new Set(experiments.flatMap(({ runs }) => runs.map(({ seed }) => seed)));
  const sorted = [...seeds].sort((a, b) => a - b);
  return [`${sorted.length === 1 ? 'Seed' : 'Seeds'}: ${sorted.join(', ')}.`];
}

/** The architecture with what is put beside its features, and the file where that is not called as the architecture. */
function labelOf(one: PreparedExperiment): string {
  const { resolved, config } = one;
  const beside = config.value.features.beside.map((modality) => `${modality} rbm`);
  const architecture = [resolved.architecture.name, ...beside].join(' + ');
  const name = nameOf(one);
  return name === architecture ? name : `${name} (${architecture})`;
}

/** The name of the configuration; with a number where several cells would be one. */
function rowId(experiments: readonly PreparedExperiment[], index: number): string {
  const one = experiments[index];
  if (!one) return '';
  const before = experiments.slice(0, index).filter((other) => nameOf(other) === nameOf(one)).length;
  return before === 0 ? nameOf(one) : `${nameOf(one)}-${before + 1}`;
}

/** What the classifier read, or what was counted. */
function readoutOf(result: unknown): string {
  const { dimensions, c, tested, hidden } = (result ?? {}) as Partial<Score & Units>;
  if (hidden !== undefined) return `${hidden} hidden units counted`;
  const readout =
    c !== undefined && c.length > 0
      ? `${dimensions} features, C = ${[...new Set(c)].join(', ')}`
      : "answers of the network's head";
  return `${readout}, ${tested} test examples`;
}
