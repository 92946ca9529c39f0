import { loadExperiment } from '../config/experiment.js';
import { jsonSchema } from '../config/json-schema.js';
import type { LoadOptions, ResolvedExperiment } from '../config/layers.js';
import { ConfigError, type LocatedProblem } from '../config/problems.js';
import { filesOf, isReproduction, loadReproduction } from '../config/reproduction.js';
import { showConfig } from '../config/show.js';
import { nearest } from '../config/suggest.js';
import { isSweep, loadSweep } from '../config/sweep.js';
import { isTable, loadTable, type ResolvedTable } from '../config/table.js';
import { uniform } from '../engine/noise.js';
import { MmxError } from '../errors.js';
import type { LocalCorpora } from '../pipeline/resolve.js';
import type { CheckOptions, ShowOptions } from './config.js';
import { availability } from './corpus-options.js';
import { print, printJson, printText } from './output.js';

/** The content of `configs/schema.json`, laid out as this project's formatter would. */
export function schemaText(): string {
  const text = JSON.stringify(jsonSchema(), null, 2);
  const shortLists = /^(.*)\[\n([^[\]{}]*?)\n *\](,?)$/gm;
  const joined = text.replace(shortLists, (whole, head: string, items: string, comma: string) => {
    const line = `${head}[${items.trim().replace(/,\n */g, ', ')}]${comma}`;
    return line.length <= 110 ? line : whole;
  });
  return `${joined}\n`;
}

/** The work of `mmx config show`. */
export function showConfiguration(path: string, overrides: readonly string[], options: ShowOptions): void {
  const load = isSweep(path) ? sweepTable : isTable(path) ? loadTable : undefined;
  if (load) {
    showTable(load(path, overrides, availability(options.data)), options);
    return;
  }
  if (isReproduction(path)) {
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
  else printText(showConfig(config));
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
  if (options.cell === undefined) printText(showConfig(table));
  for (const { row, column, experiment } of cells) {
    print(`--- # row ${row}, column ${column}`);
    printText(showConfig(experiment));
  }
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

/** A corpus that takes the place of another, of which there is no copy. */
interface StandsIn {
  readonly corpus: string;
  readonly by: string;
}

interface Checked {
  readonly file: string;
  readonly ok: boolean;
  readonly standIns: readonly StandsIn[];
  readonly problems: readonly LocatedProblem[];
}

/** The work of `mmx config check`. */
export function checkConfigurations(paths: readonly string[], options: CheckOptions): void {
  const results: Checked[] = [];
  const messages: string[] = [];
  const files = [...paths];
  // What a reproduction lists is checked after it: the loop goes on over what is appended.
  for (const file of files) {
    try {
      if (isReproduction(file)) {
        files.push(...filesOf(loadReproduction(file), file).filter((listed) => !files.includes(listed)));
        results.push({ file, ok: true, standIns: [], problems: [] });
        if (!options.json) print(`ok  ${file}`);
        continue;
      }
      const standIns = standInsOf(file, options.data);
      results.push({ file, ok: true, standIns, problems: [] });
      const told = standIns.map(({ corpus, by }) => `${by} stands in for ${corpus}`).join(', ');
      if (!options.json) print(`ok  ${file}${told === '' ? '' : `  (${told})`}`);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      results.push({ file, ok: false, standIns: [], problems: error.problems });
      messages.push(...(messages.length === 0 ? [] : ['']), ...error.lines);
    }
  }
  if (options.json) printJson(results);
  if (messages.length === 0) return;
  if (options.json) process.exitCode = 2;
  else throw new MmxError('config/invalid', messages, { exitCode: 2 });
}

/** @throws ConfigError for what is wrong in the file as written, or with its stand-ins */
function standInsOf(file: string, data: LocalCorpora | undefined): readonly StandsIn[] {
  const loadCells = isSweep(file) ? sweepTable : isTable(file) ? loadTable : undefined;
  const load = (options: LoadOptions): readonly ResolvedExperiment[] =>
    loadCells
      ? loadCells(file, [], options).cells.map(({ experiment }) => experiment)
      : [loadExperiment(file, [], options)];
  // What a stand-in replaces must be right too: who has a copy of the corpus gets to use it.
  load({});
  const found = new Map<string, StandsIn>();
  for (const { value, standIn } of load(availability(data))) {
    const by = value.corpus.name;
    if (standIn) found.set(`${standIn.corpus} ${by}`, { corpus: standIn.corpus, by });
  }
  return [...found.values()];
}
