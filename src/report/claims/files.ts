import { join } from 'node:path';
import { MmxError } from '../../errors.js';
import type { ClaimTable, ClaimTables } from '../../evaluation/claims/judge.js';
import { statusOf } from '../../read-file.js';
import { type NamedContent, refuseMixed } from '../files/file-set.js';
import { writeTogether } from '../files/write.js';
import type { ReportedPaper } from '../paper.js';
import { readTable } from '../table/read-table.js';
import type { ClaimsReport } from './check-claims.js';
import { renderClaimsJson } from './json.js';
import { countedClaims } from './layout.js';
import { renderClaimsMarkdown } from './markdown.js';

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
 * Reads `<directory>/<table>/table.json` for every table that a claim of the paper is about; absent ones are left out.
 *
 * @throws MmxError `claims/no-tables` when the directory is absent or has none of them (exit code 2), `claims/damaged`
 * when a file is no table, or cannot be read (exit code 1), `results/mixed` when one is of another run than its manifest
 */
export function readClaimTables(directory: string, paper: ReportedPaper): ClaimTables {
  const names = paper.tables.join(', ');
  const hint = `mmx reproduce writes these tables. The folder must have a subfolder with a table.json for at least one of ${names}.`;
  if (statusOf(directory)?.isDirectory() !== true) {
    throw new MmxError('claims/no-tables', `There is no folder ${directory} with tables.`, {
      exitCode: 2,
      hint,
    });
  }
  const tables = new Map<string, ClaimTable>();
  for (const name of paper.tables) {
    const table = readTable(join(directory, name, 'table.json'));
    if (table === undefined) continue;
    refuseMixed(join(directory, name));
    tables.set(name, table);
  }
  if (tables.size === 0) {
    throw new MmxError('claims/no-tables', `No table of the ${countedClaims(paper)} is in ${directory}.`, {
      exitCode: 2,
      hint,
    });
  }
  return tables;
}
