import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MmxError } from '../errors.js';
import type { ClaimTable, ClaimTables } from '../evaluation/claims/judge.js';
import { claimTableNames } from '../evaluation/claims/ngiam2011-cells.js';
import { isRecord } from '../json.js';
import { errorCodeOf, fileError } from '../pipeline/files.js';
import type { ClaimsReport } from './claims.js';
import { renderClaimsJson } from './claims-json.js';
import { renderClaimsMarkdown } from './claims-markdown.js';
import { type NamedContent, refuseMixed } from './file-set.js';
import { writeTogether } from './write.js';

/**
 * Writes `claims.json` and `claims.md` into a directory, which is made if need be, and returns their paths.
 *
 * @throws MmxError `store/*`, saying which path and why
 */
export function writeClaims(report: ClaimsReport, directory: string): readonly string[] {
  return writeTogether(directory, renderClaims(report));
}

export const renderClaims = (report: ClaimsReport): readonly NamedContent[] => [
  { name: 'claims.json', content: renderClaimsJson(report) },
  { name: 'claims.md', content: renderClaimsMarkdown(report) },
];

/**
 * Reads `<directory>/<table>/table.json` for every table that a claim is about; absent ones are left out.
 *
 * @throws MmxError `claims/no-tables` when the directory is absent or has none of them (exit code 2), `claims/damaged`
 * when a file is no table (exit code 1), `results/mixed` when one is of another run than its manifest, `store/*` when one
 * cannot be read
 */
export function readClaimTables(directory: string): ClaimTables {
  const names = claimTableNames.join(', ');
  const hint = `mmx reproduce makes these tables; it wants one folder for each of ${names}, with a table.json.`;
  if (!isDirectory(directory)) {
    throw new MmxError('claims/no-tables', `There is no directory ${directory} to take tables from.`, {
      exitCode: 2,
      hint,
    });
  }
  const tables = new Map<string, ClaimTable>();
  for (const name of claimTableNames) {
    const path = join(directory, name, 'table.json');
    const text = readIfThere(path);
    if (text === null) continue;
    refuseMixed(join(directory, name));
    tables.set(name, parseTable(text, path));
  }
  if (tables.size === 0) {
    throw new MmxError('claims/no-tables', `No table of the nine claims is in ${directory}.`, {
      exitCode: 2,
      hint,
    });
  }
  return tables;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCodeOf(error) ?? '')) return null;
    throw fileError(error, path);
  }
}

/** What is wrong with a `table.json`. */
export function damagedTable(path: string, what: string): MmxError {
  return new MmxError('claims/damaged', `${path} is not a table: ${what}.`, {
    hint: 'Compute the table again, or remove its folder to go on without it.',
  });
}

/** The part of `table.json` (`report/json.ts`) that the claims need, checked. */
export function parseTable(text: string, path: string): ClaimTable {
  const damaged = (what: string): MmxError => damagedTable(path, what);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw damaged(
      error instanceof Error ? `it is not valid JSON (${oneSentence(error.message)})` : 'no JSON',
    );
  }
  if (!isRecord(content)) throw damaged('it holds no object');
  const { corpus, synthetic, rows } = content;
  if (typeof corpus !== 'string') throw damaged('"corpus" is no text');
  if (typeof synthetic !== 'boolean') throw damaged('"synthetic" is neither true nor false');
  if (!Array.isArray(rows)) throw damaged('"rows" is no list');
  const ids = new Set<string>();
  const parsed = rows.map((row: unknown, index) => {
    const { id, cells } = isRecord(row) ? row : {};
    if (typeof id !== 'string') throw damaged(`row ${index + 1} has no id`);
    if (ids.has(id)) throw damaged(`two rows are called ${id}`);
    ids.add(id);
    if (!isRecord(cells)) throw damaged(`row ${id} has no cells`);
    const entries = Object.entries(cells).map(([column, cell]) => {
      const result = parseCell(cell);
      if (typeof result === 'string') throw damaged(`${id} / ${column} ${result}`);
      return [column, result] as const;
    });
    return { id, cells: Object.fromEntries(entries) };
  });
  return { corpus, synthetic, rows: parsed };
}

/** A cell, or what is wrong with it. */
function parseCell(cell: unknown): { values: readonly number[]; unit: string } | string {
  if (!isRecord(cell)) return 'is no object';
  const { values, unit, n, mean } = cell;
  if (typeof unit !== 'string') return 'has no unit';
  if (!Array.isArray(values) || values.length === 0) return 'has no values';
  const numbers = values.filter((value): value is number => typeof value === 'number');
  if (numbers.length < values.length) return 'has a value that is no number';
  if (n !== numbers.length) return `says n is ${String(n)} and holds ${numbers.length} values`;
  const actual = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  // Values and mean are rounded to six decimals, each for itself.
  if (typeof mean !== 'number' || !(Math.abs(mean - actual) < 1e-5)) {
    return `says the mean is ${String(mean)} where that of its values is ${actual.toFixed(6)}`;
  }
  return { values: numbers, unit };
}

function oneSentence(message: string): string {
  return message.replace(/\s+/g, ' ').replace(/\.$/, '').slice(0, 120);
}
