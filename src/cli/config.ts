import { Command } from 'commander';
import { loadExperiment } from '../config/experiment.js';
import { jsonSchema } from '../config/json-schema.js';
import { ConfigError, type LocatedProblem } from '../config/problems.js';
import { showConfig } from '../config/show.js';
import { nearest } from '../config/suggest.js';
import { isTable, loadTable, type ResolvedTable } from '../config/table.js';
import { MmxError } from '../errors.js';

/** `mmx config show|check|schema`. */
export function configCommand(): Command {
  const command = new Command('config').description('show, check and describe configuration files');
  command
    .command('show')
    .description('print the resolved values and where each came from')
    .argument('<config>', 'an experiment or a table')
    .argument('[overrides...]', 'key.path=value')
    .option('--cell <row/column>', 'of a table: this cell alone')
    .option('--json', 'print JSON')
    .action(show);
  command
    .command('check')
    .description('print ok for each file, or everything that is wrong')
    .argument('<configs...>', 'experiments and tables')
    .option('--json', 'print JSON')
    .action(check);
  command
    .command('schema')
    .description('print the JSON Schema of configuration files')
    .action(() => print(schemaText()));
  return command;
}

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

interface ShowOptions {
  readonly cell?: string;
  readonly json?: boolean;
}

function show(path: string, overrides: readonly string[], options: ShowOptions): void {
  if (isTable(path)) {
    showTable(loadTable(path, overrides), options);
    return;
  }
  if (options.cell !== undefined) {
    throw new MmxError('cli/usage', `--cell is for tables; ${path} is one experiment`, { exitCode: 2 });
  }
  const config = loadExperiment(path, overrides);
  print(options.json ? json(config) : showConfig(config));
}

function showTable(table: ResolvedTable, options: ShowOptions): void {
  const { value, origins, files } = table;
  const cells = options.cell === undefined ? table.cells : [cellNamed(table, options.cell)];
  if (options.json) {
    print(json({ value, origins, files, cells }));
    return;
  }
  if (options.cell === undefined) print(showConfig(table));
  for (const { row, column, experiment } of cells) {
    print(`--- # row ${row}, column ${column}\n${showConfig(experiment)}`);
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

interface Checked {
  readonly file: string;
  readonly ok: boolean;
  readonly problems: readonly LocatedProblem[];
}

function check(paths: readonly string[], options: { readonly json?: boolean }): void {
  const results: Checked[] = [];
  const messages: string[] = [];
  for (const file of paths) {
    try {
      if (isTable(file)) loadTable(file);
      else loadExperiment(file);
      results.push({ file, ok: true, problems: [] });
      if (!options.json) print(`ok  ${file}\n`);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      results.push({ file, ok: false, problems: error.problems });
      messages.push(error.message);
    }
  }
  if (options.json) print(json(results));
  if (messages.length === 0) return;
  if (options.json) process.exitCode = 2;
  else throw new MmxError('config/invalid', messages.join('\n\n'), { exitCode: 2 });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function print(text: string): void {
  process.stdout.write(text);
}
