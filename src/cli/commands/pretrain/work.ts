import type { StageSpec } from '../../../pipeline/graph/stage.js';
import type { PreparedRun } from '../../../pipeline/plan/prepare.js';
import { tableContent } from '../../../report/table/json.js';
import { renderTerminal, terminalOptions } from '../../../report/table/terminal.js';
import { commandText } from '../../../report/text/shell.js';
import { printJson, printPainted, say } from '../../output.js';
import { type ExperimentFlags, runExperiments } from '../../run/experiments.js';
import { writeResults } from '../../run/write-results.js';
import { learntTable } from './table.js';

/** The work of `mmx pretrain`. */
export async function pretrain(words: readonly string[], flags: ExperimentFlags): Promise<void> {
  const targets = (prepared: PreparedRun): StageSpec[] =>
    prepared.experiments.flatMap(({ runs }) => runs.flatMap(({ stages }) => stages.pretraining));
  const done = await runExperiments('pretrain', words, flags, targets);
  if (!done) return;
  const { prepared, finished, directory } = done;
  const { result, record, store } = finished;
  const table = learntTable(prepared, store);
  if (table) writeResults(table, directory, record.manifest, store);
  if (flags.json) {
    printJson({ stages: result.stages, table: table ? tableContent(table) : null });
    return;
  }
  if (table) printPainted(renderTerminal(table, terminalOptions(process.stdout)));
  if (flags.quiet) return;
  const unreported = result.stages.filter(({ kind }) => kind === 'cca').length;
  if (unreported > 0) say(`${unreported} CCA learnt, which has no loss to report`);
  if (table) say(`written: ${directory}`);
  say(`next: ${nextCommand(words, flags)}`);
}

/** The evaluation of what was learnt, with the same words. */
function nextCommand(words: readonly string[], { seeds, engine, data = {} }: ExperimentFlags): string {
  const options = [
    ...(seeds === undefined ? [] : ['--seeds', seeds]),
    ...(engine === undefined ? [] : ['--engine', engine]),
    ...Object.entries(data).flatMap(([corpus, folder]) => ['--data', `${corpus}=${folder}`]),
  ];
  return commandText(['mmx', 'evaluate', ...words, ...options]);
}
