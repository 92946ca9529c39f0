import { basename, join } from 'node:path';
import { loadExperiment } from '../../config/index.js';
import type { StageSpec } from '../../pipeline/graph/stage.js';
import { type PreparedRun, prepareRun } from '../../pipeline/plan/prepare.js';
import { availability } from '../options/corpora.js';
import { filesAndOverrides, type RunFlags, threadsOf } from '../options/run.js';
import { say } from '../output.js';
import { resultsDirectory } from '../project/places.js';
import { computeStages, type FinishedRun, showPlan } from './stages.js';

/** Flags of the commands that compute experiments and keep what came of them. */
export interface ExperimentFlags extends RunFlags {
  readonly out?: string;
}

/** What a command computed of which experiments. */
export interface FinishedExperiments {
  readonly prepared: PreparedRun;
  readonly finished: FinishedRun;
  /** Folder that the results go to. */
  readonly directory: string;
}

/** Below `results`, a folder a command; the results of a run lie in it under the run's id. */
export const experimentFolder = (command: 'evaluate' | 'pretrain'): string =>
  join(resultsDirectory(), command);

/**
 * Computes the targets of experiments whose files are among the words, or shows what would be computed (`--dry-run`).
 *
 * @returns undefined when nothing was to be computed
 */
export async function runExperiments(
  command: 'evaluate' | 'pretrain',
  words: readonly string[],
  flags: ExperimentFlags,
  targetsOf: (prepared: PreparedRun) => StageSpec[],
): Promise<FinishedExperiments | undefined> {
  const { files, overrides } = filesAndOverrides(words, flags);
  const configs = files.map((file) => loadExperiment(file, overrides, availability(flags.data)));
  const prepared = await prepareRun(configs, flags.data ?? {}, threadsOf(flags));
  const targets = targetsOf(prepared);
  const [first] = configs;
  if (!first) throw new Error('at least one file is named');
  if (flags.dryRun) {
    showPlan(prepared, targets, flags);
    return undefined;
  }
  const name = basename(files[0] ?? '').replace(/\.ya?ml$/, '');
  const finished = await computeStages(prepared, targets, flags, {
    name,
    config: first,
    overrides,
    out: (id) => [flags.out ?? join(experimentFolder(command), id)],
  });
  if (!flags.json && targets.length === 0) say('nothing is learnt by these experiments');
  return { prepared, finished, directory: finished.record.out[0] ?? '' };
}
