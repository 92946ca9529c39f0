import { basename, dirname, join, resolve } from 'node:path';
import { useEngine } from '../../../engine/registry.js';
import { MmxError } from '../../../errors.js';
import { paperNamed } from '../../../papers/find.js';
import { packageVersion } from '../../../pipeline/runs/environment.js';
import { formatBytes } from '../../../pipeline/store/files.js';
import { ArtifactStore } from '../../../pipeline/store/store.js';
import { statusOf } from '../../../read-file.js';
import { writeTogether } from '../../../report/files/write.js';
import { collectResults, type ResultGroup } from '../../../report/html/collect-results.js';
import { renderReport } from '../../../report/html/page.js';
import { print, printJson, runsDirectory } from '../../output.js';
import { checkOutFolders } from '../../run/out-folders.js';

export interface ReportFlags {
  readonly out?: string;
  readonly store?: string;
  readonly figures?: string;
  readonly json?: boolean;
}

/** The work of `mmx report`. */
export async function runReport(directory: string, flags: ReportFlags): Promise<void> {
  const groups = collectResults(directory, paperNamed);
  if (flags.store !== undefined && !isDirectory(flags.store)) {
    throw new MmxError('report/no-store', `There is no artifact store ${flags.store}.`, {
      exitCode: 2,
      hint: 'Without --store the report is made of what is stored in results/runs/store, or of the tables alone.',
    });
  }
  const path = flags.out ?? join(directory, 'report.html');
  if (isDirectory(path)) {
    throw new MmxError('cli/usage', `${path} is a directory; --out names the file to write.`, {
      exitCode: 2,
    });
  }
  checkOutFolders([dirname(path), ...(flags.figures === undefined ? [] : [flags.figures])]);
  // Filters go back through the whitening. Not `auto`: the bytes of a report are the same on every machine.
  await useEngine('wasm');
  const store = new ArtifactStore(flags.store ?? join(runsDirectory(), 'store'));
  const html = renderReport(groups, {
    store,
    version: packageVersion(),
    name: basename(resolve(directory)),
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
