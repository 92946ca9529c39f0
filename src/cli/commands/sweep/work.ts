import { join } from 'node:path';
import { loadSweep, type ResolvedSweep, type ResolvedTable, showConfig } from '../../../config/index.js';
import { uniform } from '../../../engine/noise.js';
import { MmxError } from '../../../errors.js';
import { evidenceOf } from '../../../pipeline/evidence/evidence.js';
import { type PreparedRun, prepareRun } from '../../../pipeline/plan/prepare.js';
import { failureBehind } from '../../../pipeline/run/failed-stages.js';
import { measuredValues } from '../../../pipeline/runs/results.js';
import { evidenceFiles } from '../../../report/files/evidence-files.js';
import { leaderboardContent } from '../../../report/leaderboard/json.js';
import {
  type CellFailure,
  collectLeaderboard,
  type Leaderboard,
} from '../../../report/leaderboard/leaderboard.js';
import { renderLeaderboardTerminal } from '../../../report/leaderboard/terminal.js';
import { writeLeaderboard } from '../../../report/leaderboard/write.js';
import type { CellScores } from '../../../report/table/collect.js';
import { renderJson } from '../../../report/table/json.js';
import { renderTerminal, terminalOptions } from '../../../report/table/terminal.js';
import { availability } from '../../options/corpora.js';
import { fileAndOverrides, type RunFlags, threadsOf } from '../../options/run.js';
import { printJson, printPainted, say } from '../../output.js';
import { resultsDirectory } from '../../project/places.js';
import { provenanceNotes } from '../../run/provenance.js';
import { computeStages, type FinishedRun, part, showPlan } from '../../run/stages.js';
import { computeTable, targetsOf } from '../../run/table.js';
import { sortOut } from '../../run/usable-cells.js';
import { sweepNotes, testTable } from './notes.js';

export interface SweepFlags extends RunFlags {
  readonly out?: string;
  readonly test?: boolean;
}

/** The work of `mmx sweep`. */
export async function runSweep(config: string, words: readonly string[], flags: SweepFlags): Promise<void> {
  const { file, overrides } = fileAndOverrides('sweep', [config, ...words], flags);
  const sweep = loadSweep(file, overrides, availability(flags.data), uniform);
  const isTested = flags.test === true || sweep.value.sweep.test;
  const { usable, refused } = sortOut(sweep);
  const cells = usable.flatMap((index) => sweep.cells[index] ?? []);
  const tests = isTested ? usable.flatMap((index) => sweep.tests[index] ?? []) : [];
  const whole = await prepareRun(
    [...cells, ...tests].map(({ experiment }) => experiment),
    flags.data ?? {},
    threadsOf(flags),
  );
  const prepared = part(whole, 0, cells.length);
  if (flags.dryRun) {
    showPlan(prepared, targetsOf(prepared), flags, pointsOf(sweep, refused));
    return;
  }
  const name = sweep.value.table;
  const directory = flags.out ?? join(resultsDirectory(), 'sweeps', name);
  const computed: ResolvedTable = { ...sweep, cells };
  const finished = await computeStages(prepared, targetsOf(prepared), flags, {
    name,
    config: computed,
    overrides,
    out: [directory, ...(isTested ? [join(directory, 'test')] : [])],
    mayFail: true,
  });
  const { scores, failures } = outcomesOf(cells, prepared, finished);
  const corpora = [...new Set(prepared.experiments.map(({ resolved }) => resolved.corpus))];
  const notes = [
    ...sweepNotes(sweep),
    ...provenanceNotes({ cells }, prepared.experiments),
    ...new Set(finished.notes.flat()),
  ];
  const board = collectLeaderboard(sweep, scores, [...refused, ...failures], corpora, notes);
  const evidence = evidenceOf([{ name, manifest: finished.manifest }], finished.store);
  const beside = [...chosenConfigs(sweep, board), ...evidenceFiles(evidence)];
  const written = writeLeaderboard(board, directory, { beside, manifest: finished.manifest });
  if (!flags.json) {
    printPainted(renderLeaderboardTerminal(board, terminalOptions(process.stdout)));
    say(`written: ${written.join(', ')}`);
  }
  refuseWithoutChoice(board, directory);
  const tested = isTested ? await computeTests() : null;
  if (flags.json) {
    printJson({ ...leaderboardContent(board), test: tested && JSON.parse(renderJson(tested.result)) });
  } else if (tested) {
    printPainted(renderTerminal(tested.result, terminalOptions(process.stdout)));
    say(`written: ${tested.written.join(', ')}`);
  }

  /** The chosen point of each column on the test part: the only stages of a sweep that read it. */
  async function computeTests() {
    const taken = sweep.value.columns.map(({ id }) =>
      tests.findIndex(({ row, column }) => column === id && row === board.chosen[id]),
    );
    const experiments = taken.flatMap((index) => whole.experiments[cells.length + index] ?? []);
    const table = testTable(
      sweep,
      board,
      taken.flatMap((index) => tests[index] ?? []),
    );
    return computeTable(table, { ...whole, experiments }, overrides, flags, join(directory, 'test'));
  }
}

/** What each cell measured, or why it did not. */
function outcomesOf(
  cells: ResolvedTable['cells'],
  { experiments, identity }: PreparedRun,
  { result, store }: FinishedRun,
): { readonly scores: readonly CellScores[]; readonly failures: readonly CellFailure[] } {
  const scores: CellScores[] = [];
  const failures: CellFailure[] = [];
  let next = 0;
  experiments.forEach(({ config, resolved, runs }, index) => {
    const { row = '', column = '' } = cells[index] ?? {};
    const hashes = runs.map(() => result.targets[next++] ?? '');
    const missing = runs.find((_, run) => !store.has(hashes[run] ?? ''));
    if (missing) {
      const failure = failureBehind(missing.stages.result, identity, result);
      failures.push({ row, column, reason: failure?.error.message ?? 'its result is not stored' });
      return;
    }
    const values = hashes.flatMap((hash) =>
      measuredValues(store, hash, config.value.measure, resolved.classes),
    );
    scores.push({ row, column, values });
  });
  return { scores, failures };
}

/** The points, for `--dry-run`. */
function pointsOf(
  { value, points, parameters }: ResolvedSweep,
  refused: readonly CellFailure[],
): { readonly json: object; readonly lines: readonly string[] } {
  const whyOf = (id: string): string[] => [
    ...new Set(refused.filter(({ row }) => row === id).map(({ reason }) => reason)),
  ];
  return {
    json: {
      points: points.map(({ id, values }) => ({
        id,
        values: Object.fromEntries(parameters.map(({ name }, index) => [name, values[index]])),
        refused: whyOf(id),
      })),
    },
    lines: value.rows.map(({ id, label }) => {
      const why = whyOf(id).map((reason) => `  (cannot be: ${reason})`);
      return `${id}  ${label}${why.join('')}`;
    }),
  };
}

/** The experiment of each column with the values that were chosen, ready for `mmx evaluate`. */
function chosenConfigs(
  { tests }: ResolvedSweep,
  { chosen }: Leaderboard,
): readonly { readonly name: string; readonly content: string }[] {
  return tests
    .filter(({ row, column }) => chosen[column] === row)
    .map(({ column, experiment }) => ({ name: `chosen-${column}.yaml`, content: showConfig(experiment) }));
}

/** @throws MmxError `sweep/no-choice` when every point of a column failed */
function refuseWithoutChoice({ table, points, chosen }: Leaderboard, directory: string): void {
  const without = table.columns.filter(({ id }) => chosen[id] === undefined);
  const [first] = without;
  if (!first) return;
  const [reason] = Object.values(points).flatMap(({ failures }) => failures[first.id] ?? []);
  const where = without.map(({ label }) => label).join(', ');
  throw new MmxError('sweep/no-choice', `every point of ${where} failed, the first because: ${reason}`, {
    hint: `${join(directory, 'leaderboard.md')} says why of each`,
  });
}
