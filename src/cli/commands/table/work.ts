import { join } from 'node:path';
import { prepareRun } from '../../../pipeline/plan/prepare.js';
import { renderJson } from '../../../report/table/json.js';
import { renderTerminal, terminalOptions } from '../../../report/table/terminal.js';
import { fileAndOverrides, type RunFlags, threadsOf } from '../../options/run.js';
import { printPainted, printText, say } from '../../output.js';
import { resultsDirectory } from '../../project/places.js';
import { showPlan } from '../../run/stages.js';
import { computeTable, openTable, targetsOf } from '../../run/table.js';

export interface TableFlags extends RunFlags {
  readonly out?: string;
}

/** Computes, prints and writes a table: the work of `mmx table`. */
export async function runTable(config: string, words: readonly string[], flags: TableFlags): Promise<void> {
  const { file, overrides } = fileAndOverrides('table', [config, ...words], flags);
  const table = openTable(file, overrides, flags);
  const prepared = await prepareRun(
    table.cells.map(({ experiment }) => experiment),
    flags.data ?? {},
    threadsOf(flags),
  );
  if (flags.dryRun) {
    showPlan(prepared, targetsOf(prepared), flags);
    return;
  }
  const directory = flags.out ?? join(resultsDirectory(), 'tables', table.value.table);
  const { result, written } = await computeTable(table, prepared, overrides, flags, directory);
  if (flags.json) printText(renderJson(result));
  else {
    printPainted(renderTerminal(result, terminalOptions(process.stdout)));
    say(`written: ${written.join(', ')}`);
  }
}
