import { basename } from 'node:path';
import { loadExperiment } from '../config/index.js';
import { type PreparedRun, prepareRun } from '../pipeline/prepare.js';
import type { StageSpec } from '../pipeline/stage.js';
import { summarise } from '../report/summary.js';
import { print, printJson, say } from './output.js';
import { computeStages, type FinishedRun, scoresOf, showPlan } from './run.js';
import { filesAndOverrides, type RunFlags, threadsOf } from './run-options.js';

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

/** The work of `mmx evaluate`. */
export async function evaluate(words: readonly string[], flags: RunFlags): Promise<void> {
  let prepared: PreparedRun | undefined;
  const finished = await runExperiments(words, flags, (run) => {
    prepared = run;
    return run.experiments.flatMap(({ runs }) => runs.map(({ stages }) => stages.score));
  });
  if (finished && prepared) printAccuracies(prepared, finished, flags.json === true);
}

async function runExperiments(
  words: readonly string[],
  flags: RunFlags,
  targetsOf: (prepared: PreparedRun) => StageSpec[],
): Promise<FinishedRun | undefined> {
  const { files, overrides } = filesAndOverrides(words, flags);
  const configs = files.map((file) => loadExperiment(file, overrides));
  const prepared = await prepareRun(configs, flags.data, threadsOf(flags));
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

function printAccuracies(prepared: PreparedRun, finished: FinishedRun, json: boolean): void {
  const stored = scoresOf(prepared, finished);
  const rows = prepared.experiments.map(({ config, resolved, runs }, index) => {
    const scores = (stored[index] ?? []).map((score, i) => ({ seed: runs[i]?.seed, ...score }));
    const accuracies = scores.map(({ accuracy }) => accuracy);
    return {
      config: config.files[0] ?? '',
      corpus: resolved.corpus.name,
      synthetic: resolved.corpus.synthetic,
      architecture: resolved.architecture.name,
      setting: resolved.setting.name,
      accuracy: { ...summarise(accuracies), values: accuracies, unit: 'accuracy_pct' },
      scores,
    };
  });
  if (json) {
    printJson(rows);
    return;
  }
  for (const { architecture, setting, corpus, synthetic, accuracy, scores } of rows) {
    const { mean, sd, n } = accuracy;
    const spread = sd === null ? '' : ` ± ${(2 * sd).toFixed(2)} (2 s.d., ${n} seeds)`;
    const [first] = scores;
    const of = first
      ? `, ${first.dimensions} features, C = ${[...new Set(first.c)].join(', ')}, ${first.tested} tested`
      : '';
    print(
      `${mean.toFixed(2)} %${spread}  ${architecture}, ${setting}, ${corpus}${synthetic ? ' (synthetic)' : ''}${of}`,
    );
  }
}
