import type { StageSpec } from '../../../pipeline/graph/stage.js';
import type { PreparedRun } from '../../../pipeline/plan/prepare.js';
import type { RunFlags } from '../../options/run.js';
import { print, printJson } from '../../output.js';
import { runExperiments } from '../../run/experiments.js';

/** The work of `mmx pretrain`. */
export async function pretrain(words: readonly string[], flags: RunFlags): Promise<void> {
  const targets = (prepared: PreparedRun): StageSpec[] =>
    prepared.experiments.flatMap(({ runs }) => runs.flatMap(({ stages }) => stages.pretraining));
  const finished = await runExperiments(words, flags, targets);
  if (!finished) return;
  const { stages } = finished.result;
  if (flags.json) printJson({ stages });
  else for (const { hash, label, end } of stages) print(`${end.padEnd(8)}  ${hash.slice(0, 12)}  ${label}`);
}
