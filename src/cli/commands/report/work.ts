import { basename, dirname, join, resolve } from 'node:path';
import { useEngine } from '../../../engine/registry.js';
import { MmxError } from '../../../errors.js';
import { paperNamed } from '../../../papers/find.js';
import { packageVersion } from '../../../pipeline/runs/environment.js';
import { readManifest } from '../../../pipeline/runs/manifest.js';
import { formatBytes } from '../../../pipeline/store/files.js';
import { ArtifactStore } from '../../../pipeline/store/store.js';
import { statusOf } from '../../../read-file.js';
import { writeTogether } from '../../../report/files/write.js';
import { collectResults, type ResultGroup } from '../../../report/html/collect-results.js';
import { renderReport } from '../../../report/html/page.js';
import { print, printJson } from '../../output.js';
import { resultsDirectory, storeDirectory } from '../../project/places.js';
import { checkOutFolders } from '../../run/out-folders.js';
import { neededResults } from '../../run/recorded-results.js';
import { manifestPath, runIds } from '../../run/records.js';
import { runNamed } from '../runs/find.js';

export interface ReportFlags {
  readonly out?: string;
  readonly store?: string;
  readonly figures?: string;
  readonly json?: boolean;
}

/** The work of `mmx report`. */
export async function runReport(named: readonly string[], flags: ReportFlags): Promise<void> {
  const folders = [...new Set(named)].map(folderOf);
  const groups = [...new Set(folders)].flatMap((folder) => collectResults(folder, paperNamed));
  if (flags.store !== undefined && !isDirectory(flags.store)) {
    throw new MmxError('report/no-store', `There is no artifact store ${flags.store}.`, {
      exitCode: 2,
      hint: 'Without --store, the report uses the store of the project if it exists, and only the tables otherwise.',
    });
  }
  const [directory = resultsDirectory(), ...others] = folders;
  const path = flags.out ?? join(others.length === 0 ? directory : resultsDirectory(), 'report.html');
  if (isDirectory(path)) {
    throw new MmxError('cli/usage', `${path} is a directory; --out names the file to write.`, {
      exitCode: 2,
    });
  }
  checkOutFolders([dirname(path), ...(flags.figures === undefined ? [] : [flags.figures])]);
  // Filters go back through the whitening. Not `auto`: the bytes of a report are the same on every machine.
  await useEngine('wasm');
  const store = new ArtifactStore(storeDirectory());
  const html = renderReport(groups, {
    store,
    version: packageVersion(),
    name: folders.map((folder) => basename(resolve(folder))).join(', '),
  });
  writeTogether(dirname(path), [{ name: basename(path), content: html }]);
  const figures = flags.figures === undefined ? [] : await writeFigures(groups, store, flags.figures);
  const bytes = Buffer.byteLength(html);
  const tables = groups.flatMap((group) => group.tables.map(({ table }) => table.table));
  if (flags.json) printJson({ written: [path, ...figures], bytes, tables });
  else {
    print(
      `written: ${path} (${tables.length} table${tables.length === 1 ? '' : 's'}, ${formatBytes(bytes)})`,
    );
    for (const figure of figures) print(`written: ${figure}`);
  }
}

/**
 * The folder of a run, or the folder that is named itself. What is called like both is the folder.
 *
 * @throws MmxError `runs/no-results` when the results of the run are no longer there; `report/no-results` for what is neither
 */
function folderOf(text: string): string {
  if (statusOf(text) !== undefined || text.includes('/')) return text;
  if (!runIds().some((id) => id.startsWith(text))) {
    throw new MmxError(
      'report/no-results',
      `${text} is neither a folder of results nor the beginning of the id of a run.`,
      {
        exitCode: 2,
        hint: 'mmx runs ls lists the runs; mmx table and mmx reproduce write folders of results.',
      },
    );
  }
  const id = runNamed(text);
  return neededResults(id, readManifest(manifestPath(id)))[0] ?? text;
}

/** @returns their paths, and that of their alternative texts */
async function writeFigures(
  groups: readonly ResultGroup[],
  store: ArtifactStore,
  directory: string,
): Promise<readonly string[]> {
  const { altTexts, paperFigures } = await import('../../../report/figures/paper-figures.js');
  const figures = await paperFigures(groups, store);
  return writeTogether(directory, [...figures, { name: 'alt-texts.txt', content: altTexts(figures) }]);
}

const isDirectory = (path: string): boolean => statusOf(path)?.isDirectory() === true;
