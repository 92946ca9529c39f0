import { join } from 'node:path';
import { MmxError } from '../../../errors.js';
import { mostRuns, overlaysOf } from '../../../report/figures/overlaid-curves.js';
import { paintOverlay } from '../../../report/figures/paint-curves.js';
import { rasterise } from '../../../report/figures/rasterise.js';
import type { NamedContent } from '../../../report/files/file-set.js';
import { writeTogether } from '../../../report/files/write.js';
import { print, printJson } from '../../output.js';
import { resultsDirectory } from '../../project/places.js';
import { runEvidence } from '../../run/run-evidence.js';
import type { FigureFlags } from './work.js';

/** Pixels of the PNG to one of the SVG. */
const pngScale = 2;

/**
 * Draws the training curves of runs over each other, as SVG and PNG, with their alternative texts.
 *
 * @throws MmxError `figure/none` when no two of the runs have curves; as `runEvidence`
 */
export async function runCurvesFigure(named: readonly string[], flags: FigureFlags): Promise<void> {
  if (named.length < 2 || named.length > mostRuns) {
    throw new MmxError(
      'cli/usage',
      `--kind curves draws two to ${mostRuns} runs, and ${named.length} are named`,
      {
        exitCode: 2,
        hint: 'mmx report RUN draws the curves of one run',
      },
    );
  }
  const runs = named.map((name) => {
    const { curves, validation } = runEvidence(name);
    return { name, curves: [...curves, ...validation] };
  });
  const overlays = overlaysOf(runs);
  if (overlays.length === 0) {
    throw new MmxError('figure/none', `No two of the runs ${named.join(', ')} have training curves.`, {
      exitCode: 2,
      hint: 'the artifacts are no longer stored, or the models report nothing while they learn',
    });
  }
  const files: NamedContent[] = [];
  const texts: string[] = [];
  for (const [index, overlay] of overlays.entries()) {
    const { svg, alt } = paintOverlay(overlay);
    const name = `curves-${index + 1}`;
    files.push(
      { name: `${name}.svg`, content: svg },
      { name: `${name}.png`, content: await rasterise(svg, pngScale) },
    );
    texts.push(`${name}: ${alt}\n`);
  }
  files.push({ name: 'curves-alt-texts.txt', content: texts.join('') });
  const written = writeTogether(flags.out ?? join(resultsDirectory(), 'figures'), files);
  if (flags.json) printJson({ written });
  else for (const path of written) print(`written: ${path}`);
}
