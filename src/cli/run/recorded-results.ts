import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MmxError } from '../../errors.js';
import { manifestIfThere, type RunManifest } from '../../pipeline/runs/manifest.js';
import { isSameWork } from '../../pipeline/runs/same-work.js';
import { readTable } from '../../report/table/read-table.js';
import type { ResultTable } from '../../report/table/table.js';
import { folderOfRecord } from '../project/places.js';

/** Where the results of a recorded run are, or why they are nowhere. */
export type RecordedResults =
  | { readonly folders: readonly string[]; readonly absent?: undefined }
  | { readonly folders?: undefined; readonly absent: string };

/**
 * The folders that hold the results of a run. A folder that a later run has written its own results to is not one of them.
 *
 * @throws MmxError `pipeline/manifest` when the manifest in a folder is damaged
 */
export function resultsOfRecord(record: RunManifest): RecordedResults {
  const out = (record.out ?? []).map(folderOfRecord);
  const [first] = out;
  if (first === undefined) return { absent: 'it does not say where its results went' };
  const manifest = manifestIfThere(join(first, 'manifest.json'));
  if (manifest === undefined) return { absent: `${first} has no results any more` };
  if (!isSameWork(manifest, record)) return { absent: `${first} holds the results of another run by now` };
  return { folders: out.filter((folder) => existsSync(folder)) };
}

/** Tables in the folders of a run, in their order; leaderboards are tables too. @throws MmxError when one is damaged */
export const tablesIn = (folders: readonly string[]): readonly ResultTable[] =>
  folders.flatMap(
    (folder) => readTable(join(folder, 'table.json')) ?? readTable(join(folder, 'leaderboard.json')) ?? [],
  );

/** Of a run whose results are needed. @throws MmxError `runs/no-results` with exit code 2 */
export function neededResults(id: string, record: RunManifest): readonly string[] {
  const { folders, absent } = resultsOfRecord(record);
  if (folders) return folders;
  throw new MmxError('runs/no-results', `the results of ${id} cannot be found: ${absent}`, {
    exitCode: 2,
    hint: 'run its command again to write them; stored stages are not computed again. mmx runs show prints the command',
  });
}
