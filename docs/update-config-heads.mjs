// Writes into the head of every row file of the paper's tables (configs/ngiam2011/table*/) which cells it computes, what
// the paper has there, and what we have:
//
//     node docs/update-config-heads.mjs          rewrites the heads
//     node docs/update-config-heads.mjs --check  exits 1 when one is out of date (a test runs this)
//
// A head is the comment before the first key. Its first two lines, the schema and the paper's own name of the row, are
// kept; the rest comes from the table that names the file, results/published and, where it is there,
// results/reference/ngiam2011.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse as parseCsv } from 'csv-parse/sync';
import { parse as parseYaml } from 'yaml';
import { durationOf } from './blocks.mjs';

const { check, root } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    /** Another copy of the project's configs and results; for tests. */
    root: { type: 'string', default: fileURLToPath(new URL('..', import.meta.url)) },
  },
}).values;
const configs = 'configs/ngiam2011';
const reference = 'results/reference/ngiam2011';
/** What a copy is given as, by the end of the base file's name. */
const copies = { avletters: 'avletters', cuave: 'cuave', mcgurk: 'manifest' };
const read = (path) => readFileSync(join(root, path), 'utf8');
const publishedNumbers = readdirSync(join(root, 'results/published'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => parseCsv(read(`results/published/${name}/published.csv`), { columns: true }));
let stale = false;

for (const table of tablesWithRowFiles()) {
  const config = parseYaml(read(`${configs}/${table}.yaml`), { merge: true });
  const results = resultsOf(table);
  for (const [path, rows] of rowsByFile(config)) {
    const file = join(root, configs, path);
    const current = readFileSync(file, 'utf8');
    const lines = current.split('\n');
    const [schema = '', title = ''] = lines;
    const number = table.slice('table'.length);
    if (!schema.startsWith('# yaml-language-server') || !new RegExp(`[Tt]able ${number}\\b`).test(title)) {
      throw new Error(`${configs}/${path} must begin with its schema and a line that names table ${number}`);
    }
    const head = [schema, title, ...cellLines(config, rows, results), ...commandLines(path, config, results)];
    const body = lines.slice(lines.findIndex((line) => !line.startsWith('#')));
    const updated = [...head, ...body].join('\n');
    if (updated === current) continue;
    stale = true;
    if (check) console.error(`${configs}/${path} is out of date: run node docs/update-config-heads.mjs`);
    else writeFileSync(file, updated);
  }
}
process.exitCode = check && stale ? 1 : 0;

/** Tables that lie beside a folder of the same name. */
function tablesWithRowFiles() {
  return readdirSync(join(root, configs), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, configs, `${entry.name}.yaml`)))
    .map(({ name }) => name)
    .sort();
}

/** The rows of a table by the file they extend. */
function rowsByFile({ rows }) {
  const files = new Map();
  for (const row of rows) {
    if (row.extends !== undefined) files.set(row.extends, [...(files.get(row.extends) ?? []), row]);
  }
  return files;
}

function resultsOf(table) {
  const folder = `${reference}/${table}`;
  if (!existsSync(join(root, folder))) return undefined;
  return {
    table: JSON.parse(read(`${folder}/table.json`)),
    manifest: JSON.parse(read(`${folder}/manifest.json`)),
  };
}

/** One line a cell. */
function cellLines(config, rows, results) {
  return rows.flatMap((row) => {
    const columns = config.columns.filter(({ id }) => row.columns?.includes(id) ?? true);
    // Rows of one file differ in what stands behind the comma.
    const which = rows.length > 1 ? `${row.label.slice(row.label.indexOf(', ') + 2)}, ` : '';
    return columns.map((column) => {
      const ours = results && oursOf(results.table, row.id, column.id);
      return `# ${which}${column.label}: ${[paperOf(row, column), ...(ours ? [ours] : [])].join('; ')}`;
    });
  });
}

/** As the table looks it up: what the cell says over what the column and the row say. */
function paperOf(row, column) {
  const key = { ...row.published, ...column.published, ...row.cells?.[column.id]?.published };
  if (!key.source || key.method === undefined) return 'the paper has no number';
  const fields = Object.entries(key);
  const found = publishedNumbers.filter((one) =>
    fields.every(([name, value]) => one[name] === String(value)),
  );
  const [number] = found;
  if (!number || found.length > 1) {
    throw new Error(
      `${found.length} published numbers are ${fields.map((pair) => pair.join('=')).join(', ')}`,
    );
  }
  const value = publishedDecimal(Number(number.value));
  return `paper ${value}${number.pm_2sd === '' ? '' : ` ± ${Number(number.pm_2sd).toFixed(1)}`}`;
}

/** With the digits it was printed with, one at least. */
function publishedDecimal(value) {
  return Number(value.toFixed(1)) === value ? value.toFixed(1) : value.toFixed(2);
}

function oursOf({ rows, corpus, synthetic }, row, column) {
  const cell = rows.find(({ id }) => id === row)?.cells[column];
  if (!cell) return undefined;
  const spread = cell.sd === null ? '' : ` ± ${(2 * cell.sd).toFixed(1)}`;
  const where = synthetic ? 'the embedded corpus (synthetic)' : corpus;
  return `ours on ${where} ${cell.mean.toFixed(1)}${spread}`;
}

function commandLines(path, config, results) {
  const base = String(parseYaml(read(`${configs}/${path}`)).extends);
  const corpus = Object.keys(copies).find((name) => base.endsWith(`-${name}.yaml`));
  if (!corpus) throw new Error(`${configs}/${path} extends ${base}, which names no corpus`);
  const command = `# mmx evaluate ${configs}/${path} [--data ${copies[corpus]}=DIR]`;
  if (!results) return [command];
  const { cores, cpu, engine } = results.manifest;
  return [
    `# Percent, ± 2 s.d.; all of ${config.table}: ${durationOf([results.manifest])} on ${cores} cores (${cpu}), engine ${engine.name}.`,
    command,
  ];
}
