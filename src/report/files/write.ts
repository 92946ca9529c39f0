import { join } from 'node:path';
import type { RunManifest } from '../../pipeline/runs/manifest.js';
import { replaceFiles } from '../../pipeline/store/files.js';
import { tableFile, tableFormats } from '../table/formats.js';
import type { ResultTable } from '../table/table.js';
import { manifestAfter, manifestName, manifestOfSet, type NamedContent } from './file-set.js';

/**
 * Writes a table in every format, and what goes beside it, into a directory, as `writeTogether` does, and returns the paths.
 *
 * @throws MmxError `store/*`, saying which path and why
 * @throws RangeError when the table contradicts itself: a mistake of the program, not of its user
 */
export function writeTable(
  table: ResultTable,
  directory: string,
  {
    beside = [],
    manifest,
  }: { readonly beside?: readonly NamedContent[]; readonly manifest?: RunManifest<unknown> } = {},
): readonly string[] {
  assertConsistent(table);
  const rendered = tableFormats.map((format) => ({
    name: tableFile(format),
    content: format.render(table),
  }));
  return writeTogether(directory, [...rendered, ...beside], manifest);
}

/**
 * Writes files into one directory, which is made if need be, and returns their paths. All are on the disk before the
 * first takes its name: where writing fails (a full disk), the files of an earlier run are untouched. A run that is killed
 * while they take their names leaves a mixed set, which `refuseMixed` finds by the checksums in the manifest.
 *
 * @param manifest of the run; it goes there too, with the checksums of the others
 * @throws MmxError `store/*`, saying which path and why
 */
export function writeTogether(
  directory: string,
  contents: readonly NamedContent[],
  manifest?: RunManifest<unknown>,
): readonly string[] {
  const record =
    manifest === undefined ? manifestAfter(directory, contents) : manifestOfSet(manifest, contents);
  const files = [...contents, ...(record === undefined ? [] : [record])]
    .map(({ name, content }) => ({
      name,
      chunks: [typeof content === 'string' ? new TextEncoder().encode(content) : content],
    }))
    .sort((a, b) => turnOf(a.name) - turnOf(b.name));
  replaceFiles(directory, files);
  return contents.map(({ name }) => join(directory, name));
}

/** What programs read first, the record last. */
const turnOf = (name: string): number => (name === manifestName ? 2 : name.endsWith('.json') ? 0 : 1);

/**
 * @throws RangeError when ids repeat, a row has a column the table lacks, `n` is not the number of values, a
 * number is not finite, or a spread is missing or negative
 */
export function assertConsistent(table: ResultTable): void {
  const columns = unique('column', table.columns);
  unique('row', table.rows);
  for (const row of table.rows) {
    for (const [column, cell] of Object.entries(row.cells)) {
      const place = `table ${table.table}, row ${row.id}, column ${column}`;
      if (!columns.has(column)) throw new RangeError(`${place}: no such column`);
      if (cell.n !== cell.values.length)
        throw new RangeError(`${place}: n is ${cell.n}, values ${cell.values.length}`);
      if (![cell.mean, ...cell.values].every(Number.isFinite)) throw new RangeError(`${place}: not finite`);
      const spread = cell.sd === null ? cell.n === 1 : cell.n > 1 && Number.isFinite(cell.sd) && cell.sd >= 0;
      if (!spread) throw new RangeError(`${place}: s.d. ${cell.sd} of ${cell.n} values`);
    }
  }
  for (const row of table.references) {
    for (const [column, number] of Object.entries(row.values)) {
      const place = `table ${table.table}, reference ${row.label}, column ${column}`;
      if (!columns.has(column)) throw new RangeError(`${place}: no such column`);
      if (!Number.isFinite(number.value)) throw new RangeError(`${place}: not finite`);
    }
  }
}

function unique(what: string, items: readonly { readonly id: string }[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { id } of items) {
    if (ids.has(id)) throw new RangeError(`two ${what}s are called ${id}`);
    ids.add(id);
  }
  return ids;
}
