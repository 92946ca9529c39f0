import { join } from 'node:path';
import { loadTable } from '../config/index.js';
import { MmxError } from '../errors.js';
import { writeManifest } from '../pipeline/manifest.js';
import { prepareRun } from '../pipeline/prepare.js';
import { checkPublished, collectTable } from '../report/collect.js';
import { renderJson } from '../report/json.js';
import { renderTerminal, terminalOptions } from '../report/terminal.js';
import { writeTable } from '../report/write.js';
import { print, resultsDirectory, say } from './output.js';
import { computeStages, scoresOf, showPlan } from './run.js';
import { filesAndOverrides, type RunFlags, threadsOf } from './run-options.js';

export interface TableFlags extends RunFlags {
  readonly out?: string;
}

/** Computes, prints and writes a table: the work of `mmx table`. */
export async function runTable(config: string, words: readonly string[], flags: TableFlags): Promise<void> {
  const { files, overrides } = filesAndOverrides([config, ...words], flags);
  const [file, second] = files;
  if (file === undefined || second !== undefined) {
    throw new MmxError(
      'cli/usage',
      `one table at a time: '${second}' is neither an override (key=value) nor the table`,
      {
        exitCode: 2,
      },
    );
  }
  const table = loadTable(file, overrides);
  checkPublished(table);
  const prepared = await prepareRun(
    table.cells.map(({ experiment }) => experiment),
    flags.data,
    threadsOf(flags),
  );
  const targets = prepared.experiments.flatMap(({ runs }) => runs.map(({ stages }) => stages.score));
  if (flags.dryRun) {
    showPlan(prepared, targets, flags);
    return;
  }
  const finished = await computeStages(prepared, targets, flags, {
    name: table.value.table,
    config: table,
    overrides,
  });
  const [corpus] = prepared.experiments.map(({ resolved }) => resolved.corpus);
  if (!corpus) throw new Error('a table has at least one cell');
  const scores = scoresOf(prepared, finished);
  const cells = table.cells.map(({ row, column }, index) => ({
    row,
    column,
    values: (scores[index] ?? []).map(({ accuracy }) => accuracy),
  }));
  const result = collectTable(table, cells, corpus);
  const directory = flags.out ?? join(resultsDirectory, 'tables', table.value.table);
  const written = writeTable(result, directory);
  writeManifest(join(directory, 'manifest.json'), finished.manifest);
  if (flags.json) print(renderJson(result));
  else {
    print(renderTerminal(result, terminalOptions(process.stdout)));
    say(`written: ${written.join(', ')}`);
  }
}
