import { join } from 'node:path';
import { MmxError } from '../../errors.js';
import { type Evidence, evidenceOf } from '../../pipeline/evidence/evidence.js';
import { manifestIfThere, readManifest } from '../../pipeline/runs/manifest.js';
import { statusOf } from '../../read-file.js';
import { keptEvidence } from '../../report/files/evidence-files.js';
import { refuseMixed } from '../../report/files/file-set.js';
import { runNamed } from '../commands/runs/find.js';
import { openStore } from '../project/store.js';
import { resultsOfRecord } from './recorded-results.js';
import { manifestPath } from './records.js';

/**
 * Curves and answers of a run: of its stored artifacts, or of the files beside its results.
 *
 * @param text an id or the beginning of one, or a folder of results
 * @throws MmxError `runs/unknown` with exit code 2 where there is neither; `pipeline/manifest`, `report/evidence` or
 *   `results/mixed` when a file is damaged
 */
export function runEvidence(text: string): Evidence {
  const store = openStore();
  if (statusOf(text)?.isDirectory() === true) {
    refuseMixed(text);
    const manifest = manifestIfThere(join(text, 'manifest.json'));
    if (manifest) return evidenceOf([{ name: text, manifest, kept: keptEvidence(text, manifest) }], store);
    throw new MmxError('runs/unknown', `the folder ${text} has no manifest.json`, {
      exitCode: 2,
      hint: 'mmx table and mmx evaluate write one; mmx runs ls lists the runs of this directory',
    });
  }
  const id = runNamed(text);
  const manifest = readManifest(manifestPath(id));
  const [folder] = resultsOfRecord(manifest).folders ?? [];
  const beside = folder === undefined ? undefined : manifestIfThere(join(folder, 'manifest.json'));
  const kept = folder === undefined ? null : keptEvidence(folder, beside ?? null);
  return evidenceOf([{ name: id, manifest, kept }], store);
}
