import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileError, syncDirectory, temporaryName, writeSynced } from '../pipeline/files.js';
import { tableFormats } from './formats.js';
import type { ResultTable } from './table.js';

/**
 * Writes `table.md`, `table.csv`, `table.json` and `table.tex` into a directory, which is made if need be, and
 * returns their paths. All are on the disk before the first takes its name: where writing fails (a full disk),
 * the files of an earlier run are untouched.
 *
 * @throws MmxError `store/*`, saying which path and why
 * @throws RangeError when the table contradicts itself: a mistake of the program, not of its user
 */
export function writeTable(table: ResultTable, directory: string): readonly string[] {
  assertConsistent(table);
  return writeTogether(
    directory,
    tableFormats.map(({ extension, render }) => ({ name: `table.${extension}`, content: render(table) })),
  );
}

/**
 * Writes files into one directory, which is made if need be, and returns their paths. All are on the disk before the
 * first takes its name.
 *
 * @throws MmxError `store/*`, saying which path and why
 */
export function writeTogether(
  directory: string,
  contents: readonly { readonly name: string; readonly content: string | Uint8Array }[],
): readonly string[] {
  const files = contents.map(({ name, content }) => ({
    path: join(directory, name),
    temporary: join(directory, temporaryName(name)),
    bytes: typeof content === 'string' ? new TextEncoder().encode(content) : content,
  }));
  const written: string[] = [];
  let current = { path: directory, bytes: 0 };
  try {
    mkdirSync(directory, { recursive: true });
    for (const { path, temporary, bytes } of files) {
      current = { path, bytes: bytes.byteLength };
      written.push(temporary);
      writeSynced(temporary, [bytes]);
    }
    for (const { path, temporary } of files) {
      current = { path, bytes: 0 };
      renameSync(temporary, path);
    }
    syncDirectory(directory);
  } catch (error) {
    // Before the clean-up, so that the free space in the message is that at the time of failing.
    const failure = fileError(error, current.path, current.bytes || undefined);
    for (const temporary of written) rmSync(temporary, { force: true });
    throw failure;
  }
  return files.map((file) => file.path);
}

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
