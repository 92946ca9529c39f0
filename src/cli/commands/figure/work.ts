import { join } from 'node:path';
import { loadExperiment } from '../../../config/index.js';
import { MmxError } from '../../../errors.js';
import { figureOf, paperNamed } from '../../../papers/find.js';
import type { EmbeddingMethod } from '../../../pipeline/inspect/embedding.js';
import { prepareRun } from '../../../pipeline/plan/prepare.js';
import type { FigureKind } from '../../../report/figures/figure-kinds.js';
import { writeTogether } from '../../../report/files/write.js';
import { availability } from '../../options/corpora.js';
import { fileAndOverrides, type RunFlags, threadsOf } from '../../options/run.js';
import { print, printJson } from '../../output.js';
import { resultsDirectory } from '../../project/places.js';
import { computeStages, showPlan } from '../../run/stages.js';

export interface FigureFlags extends RunFlags {
  readonly out?: string;
  readonly paper?: string;
  readonly figure?: string;
  readonly kind: 'paper' | 'curves' | FigureKind;
  readonly method?: EmbeddingMethod;
}

/** The work of `mmx figure`. */
export async function runFigure(config: string, words: readonly string[], flags: FigureFlags): Promise<void> {
  if (flags.method !== undefined && flags.kind !== 'embedding') {
    throw new MmxError('cli/usage', '--method lays out examples, and only --kind embedding does that', {
      exitCode: 2,
    });
  }
  if (flags.kind !== 'paper') {
    if (flags.paper !== undefined || flags.figure !== undefined) {
      throw new MmxError('cli/usage', '--paper and --figure choose a figure of a paper, and --kind another', {
        exitCode: 2,
      });
    }
    if (flags.kind === 'curves') {
      const { runCurvesFigure } = await import('./curves-figure.js');
      await runCurvesFigure([config, ...words], flags);
      return;
    }
    const { runModelFigure } = await import('./model-figures.js');
    await runModelFigure(flags.kind, config, words, flags);
    return;
  }
  const figure = figureOf(paperNamed(flags.paper, '--paper'), flags.figure);
  const { file, overrides } = fileAndOverrides('experiment', [config, ...words], flags);
  const experiment = loadExperiment(file, overrides, availability(flags.data));
  const prepared = await prepareRun([experiment], flags.data ?? {}, threadsOf(flags));
  const drawing = await figure.load();
  const targets = drawing.targets(prepared);
  if (flags.dryRun) {
    showPlan(prepared, targets, flags);
    return;
  }
  const directory = flags.out ?? join(resultsDirectory(), 'figures');
  const { store } = await computeStages(prepared, targets, flags, {
    name: figure.name,
    config: experiment,
    overrides,
    out: [directory],
  });
  const picture = { name: `${figure.name}.png`, content: await drawing.draw(prepared, store) };
  const [path = ''] = writeTogether(directory, [picture]);
  if (flags.json) printJson({ written: [path] });
  else print(`written: ${path}`);
}
