import { evidenceOf } from '../../pipeline/evidence/evidence.js';
import type { RunManifest } from '../../pipeline/runs/manifest.js';
import type { ArtifactStore } from '../../pipeline/store/store.js';
import { evidenceFiles } from '../../report/files/evidence-files.js';
import { writeTable } from '../../report/files/write.js';
import type { ResultTable } from '../../report/table/table.js';

/**
 * Writes a table in every format, with the training curves and confusion matrices of the stages behind it, and the manifest.
 *
 * @returns the paths
 * @throws MmxError `store/*`, saying which path and why
 */
export function writeResults(
  table: ResultTable,
  directory: string,
  manifest: RunManifest<unknown>,
  store: ArtifactStore,
): readonly string[] {
  const beside = evidenceFiles(evidenceOf([{ name: table.table, manifest }], store));
  return writeTable(table, directory, { manifest, beside });
}
