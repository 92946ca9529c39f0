import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { MmxError } from '../../src/errors.js';
import { refuseMixed } from '../../src/report/files/file-set.js';
import { tableFile, tableFormats } from '../../src/report/table/formats.js';
import { killAgainAndAgain } from '../kill/harness.js';
import { assertBuilt, emptyDirectory, mmx, smallTable } from '../support/mmx.js';

const formats = tableFormats.map(tableFile);
/** `npm run test:kill` sets both. */
const kills = Number(process.env.MMX_KILLS ?? 10);
const seed = Number(process.env.MMX_KILL_SEED ?? 2);
const oneSeed = smallTable.replace('seeds: [1, 2]', 'seeds: [1]');

/** What readers say of a folder with files of two tables. */
function refusalOf(folder: string): string | undefined {
  try {
    refuseMixed(folder);
    return undefined;
  } catch (error) {
    return (error as MmxError).message;
  }
}

beforeAll(assertBuilt);

function directoryWithTable(name: string, table = smallTable): string {
  const directory = emptyDirectory(name);
  writeFileSync(join(directory, 'small.yaml'), table);
  return directory;
}

const tablesOf = (directory: string): string[] =>
  formats.map((file) => readFileSync(join(directory, 'results/tables/small', file), 'utf8'));

it(`a table killed ${kills} times, its workers with it, has the same bytes in the end and leaves nothing else`, async () => {
  const report = await killAgainAndAgain({ kills, seed, table: oneSeed, refusal: refusalOf });
  if (kills > 10) console.log(report);
  expect(report.problems).toEqual([]);
  expect(report.kills.results + report.kills.renames).toBeGreaterThan(0);
  // Not one kill inside a stage would mean that resuming inside stages was not tested.
  expect(report.insideStages).toBeGreaterThan(0);
}, 7_200_000);

it('the same table computed twice has the same bytes, and the second run of one directory computes nothing', () => {
  const [first, second] = [directoryWithTable('first'), directoryWithTable('second')];
  for (const directory of [first, second]) {
    expect(mmx(directory, 'table', 'small.yaml', '--quiet', 'seeds=[3]').status).toBe(0);
  }
  expect(tablesOf(second)).toEqual(tablesOf(first));
  const again = mmx(first, 'table', 'small.yaml', '--quiet', 'seeds=[3]');
  expect(again.status).toBe(0);
  const manifest = JSON.parse(readFileSync(join(first, 'results/tables/small/manifest.json'), 'utf8'));
  expect(new Set(manifest.stages.map((stage: { end: string }) => stage.end))).toEqual(
    new Set(['reused', 'unneeded']),
  );
}, 120_000);
