import { readManifest } from '../../../../pipeline/runs/manifest.js';
import { printJson } from '../../../output.js';
import { manifestPath, runNamed } from '../find.js';

/** The work of `mmx runs show`. */
export function showRun(prefix: string): void {
  printJson(readManifest(manifestPath(runNamed(prefix))));
}
