import { join } from 'node:path';
import { loadExperiment } from '../../../config/index.js';
import { prepareRun } from '../../../pipeline/plan/prepare.js';
import { writeTogether } from '../../../report/files/write.js';
import { availability } from '../../options/corpora.js';
import { fileAndOverrides, type RunFlags, threadsOf } from '../../options/run.js';
import { print, printJson, resultsDirectory } from '../../output.js';
import { drawFigure4, figureTargets } from '../../run/figure4.js';
import { computeStages, showPlan } from '../../run/stages.js';

export interface FigureFlags extends RunFlags {
  readonly out?: string;
}

/** The work of `mmx figure`. */
export async function runFigure(config: string, words: readonly string[], flags: FigureFlags): Promise<void> {
  const { file, overrides } = fileAndOverrides('experiment', [config, ...words], flags);
  const experiment = loadExperiment(file, overrides, availability(flags.data));
  const prepared = await prepareRun([experiment], flags.data ?? {}, threadsOf(flags));
  const targets = figureTargets(prepared);
  if (flags.dryRun) {
    showPlan(prepared, targets, flags);
    return;
  }
  const directory = flags.out ?? join(resultsDirectory, 'figures');
  const { store } = await computeStages(prepared, targets, flags, {
    name: 'figure4',
    config: experiment,
    overrides,
    out: [directory],
  });
  const [path = ''] = writeTogether(directory, [drawFigure4(prepared, store)]);
  if (flags.json) printJson({ written: [path] });
  else print(`written: ${path}`);
}
