import { type RunManifest, readManifest } from '../../../../pipeline/runs/manifest.js';
import { isComplete } from '../../../../pipeline/runs/same-work.js';
import { formatDuration } from '../../../../report/progress/meter.js';
import { renderTerminal, terminalOptions } from '../../../../report/table/terminal.js';
import { outcomeText } from '../../../../report/text/outcome.js';
import { commandText } from '../../../../report/text/shell.js';
import { print, printJson, printPainted } from '../../../output.js';
import { resultsOfRecord, tablesIn } from '../../../run/recorded-results.js';
import { manifestPath } from '../../../run/records.js';
import { runNamed } from '../find.js';

/** The work of `mmx runs show`. */
export function showRun(prefix: string, { json = false }: { readonly json?: boolean }): void {
  const id = runNamed(prefix);
  const record = readManifest(manifestPath(id));
  if (json) {
    printJson(record);
    return;
  }
  print(...factsOf(id, record), '');
  const { folders = [], absent } = resultsOfRecord(record);
  for (const table of tablesIn(folders)) {
    printPainted(renderTerminal(table, terminalOptions(process.stdout)));
    print('');
  }
  print(`${record.stages.length} stages:`, ...record.stages.map(stageLine), '');
  print(
    ...(absent === undefined
      ? folders.map((folder) => `results   ${folder}`)
      : [`results   none: ${absent}; the command writes them again`]),
    `manifest  ${manifestPath(id)}`,
  );
}

function factsOf(id: string, record: RunManifest): readonly string[] {
  const { command, config, started, repeated, seconds, engine, outcome, seeds } = record;
  const unfinished = record.stages.filter(({ end }) => !['ran', 'reused', 'unneeded'].includes(end)).length;
  return [
    `run       ${id}`,
    `command   ${commandText(command)}`,
    `config    ${config.file}`,
    `seeds     ${seeds.join(', ')}`,
    `state     ${isComplete(record) ? 'complete' : `unfinished: ${unfinished} of ${record.stages.length} stages lack`}`,
    ...(outcome === undefined ? [] : [`result    ${outcomeText(outcome)}`]),
    `when      ${minute(started)}, ${formatDuration(seconds)}${repeated === undefined ? '' : `; asked for again ${minute(repeated)}`}`,
    `engine    ${engine.name}`,
  ];
}

const minute = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`;

const stageLine = ({ end, label, seconds, hash }: RunManifest['stages'][number]): string =>
  `  ${end.padEnd(11)}  ${hash.slice(0, 12)}  ${label}${seconds === null ? '' : `  ${formatDuration(seconds)}`}`;
