import { basename } from 'node:path';
import { loadExperiment } from '../../config/index.js';
import type { StageSpec } from '../../pipeline/graph/stage.js';
import { type PreparedRun, prepareRun } from '../../pipeline/plan/prepare.js';
import { availability } from '../options/corpora.js';
import { filesAndOverrides, type RunFlags, threadsOf } from '../options/run.js';
import { say } from '../output.js';
import { computeStages, type FinishedRun, showPlan } from './stages.js';

/**
 * Computes the targets of experiments whose files are among the words, or shows what would be computed (`--dry-run`).
 *
 * @returns undefined when nothing was to be computed
 */
export async function runExperiments(
  words: readonly string[],
  flags: RunFlags,
  targetsOf: (prepared: PreparedRun) => StageSpec[],
): Promise<FinishedRun | undefined> {
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
  const finished = await computeStages(prepared, targets, flags, { name, config: first, overrides });
  if (!flags.json && targets.length === 0) say('nothing is learnt by these experiments');
  return finished;
}
