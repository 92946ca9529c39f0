import { loadExperiment } from '../../../../config/experiment.js';
import { kindOf } from '../../../../config/extends.js';
import type { ResolvedExperiment } from '../../../../config/layers.js';
import { filesOf, loadReproduction } from '../../../../config/reproduction.js';
import { showConfig } from '../../../../config/show.js';
import { loadSweep } from '../../../../config/sweep.js';
import { loadTable, type ResolvedTable } from '../../../../config/table.js';
import { nearest } from '../../../../edit-distance.js';
import { uniform } from '../../../../engine/noise.js';
import { MmxError } from '../../../../errors.js';
import { configFile } from '../../../options/configs.js';
import { availability } from '../../../options/corpora.js';
import { print, printJson, printText } from '../../../output.js';
import { placeText } from '../../../project/lines.js';
import { places } from '../../../project/places.js';
import type { ShowOptions } from './command.js';

/** The work of `mmx config show`. */
export function showConfiguration(word: string, overrides: readonly string[], options: ShowOptions): void {
  const path = configFile(word);
  const kind = kindOf(path);
  const load = kind === 'sweep' ? sweepTable : kind === 'table' ? loadTable : undefined;
  if (load) {
    showTable(load(path, overrides, availability(options.data)), options);
    return;
  }
  if (kind === 'reproduction') {
    const listed = filesOf(loadReproduction(path), path).join(', ');
    throw new MmxError('cli/usage', `${path} lists configurations: ${listed}`, {
      exitCode: 2,
      hint: 'show one of them',
    });
  }
  if (options.cell !== undefined) {
    throw new MmxError('cli/usage', `--cell is for tables and sweeps; ${path} is one experiment`, {
      exitCode: 2,
    });
  }
  const config = loadExperiment(path, overrides, availability(options.data));
  if (options.json) printJson(config);
  else printText(copyLines([config]) + showConfig(config));
}

/** A sweep, each of its points a row. */
const sweepTable: typeof loadTable = (path, overrides = [], options = {}) =>
  loadSweep(path, overrides, options, uniform);

function showTable(table: ResolvedTable, options: ShowOptions): void {
  const { value, origins, files } = table;
  const cells = options.cell === undefined ? table.cells : [cellNamed(table, options.cell)];
  if (options.json) {
    printJson({ value, origins, files, cells });
    return;
  }
  const copies = copyLines(cells.map(({ experiment }) => experiment));
  if (options.cell === undefined) printText(copies + showConfig(table));
  else if (copies !== '') printText(copies);
  for (const { row, column, experiment } of cells) {
    print(`--- # row ${row}, column ${column}`);
    printText(showConfig(experiment));
  }
}

/** Comments that say where the corpora are read from which `--data` or the project names. */
function copyLines(configs: readonly ResolvedExperiment[]): string {
  const { data } = places();
  const names = configs.flatMap(({ value }) => [value.corpus, ...value.unlabelled].map(({ name }) => name));
  return [...new Set(names)]
    .flatMap((name) =>
      data[name] === undefined ? [] : [`# your copy of ${name}: ${placeText(data[name])}\n`],
    )
    .join('');
}

function cellNamed(table: ResolvedTable, name: string): ResolvedTable['cells'][number] {
  const names = table.cells.map((cell) => `${cell.row}/${cell.column}`);
  const found = table.cells[names.indexOf(name)];
  if (found) return found;
  const near = nearest(name, names);
  throw new MmxError('cli/usage', `the table ${table.value.table} has no cell ${name}`, {
    exitCode: 2,
    hint: near ? `did you mean ${near}?` : `cells: ${names.join(', ')}`,
  });
}
