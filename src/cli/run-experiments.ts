import { basename } from 'node:path';
import { loadExperiment } from '../config/index.js';
import { type PreparedRun, prepareRun } from '../pipeline/prepare.js';
import type { StageSpec } from '../pipeline/stage.js';
import type { Score, Units } from '../pipeline/stages/parameters.js';
import { summarise } from '../report/summary.js';
import { availability } from './corpus-options.js';
import { print, printJson, say } from './output.js';
import { computeStages, type FinishedRun, resultsOf, showPlan, valuesOf } from './run.js';
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
    return run.experiments.flatMap(({ runs }) => runs.map(({ stages }) => stages.result));
  });
  if (finished && prepared) printAccuracies(prepared, finished, flags.json === true);
}

async function runExperiments(
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

function printAccuracies(prepared: PreparedRun, finished: FinishedRun, json: boolean): void {
  const stored = resultsOf(prepared, finished);
  const measured = valuesOf(prepared, finished);
  const rows = prepared.experiments.map(({ config, resolved, runs }, index) => {
    const values = measured[index] ?? [];
    const { measure, features } = config.value;
    const unit = measure === 'accuracy' ? 'accuracy_pct' : 'percent';
    return {
      config: config.files[0] ?? '',
      corpus: resolved.corpus.name,
      synthetic: resolved.corpus.synthetic,
      architecture: [
        resolved.architecture.name,
        ...features.beside.map((modality) => `${modality} rbm`),
      ].join(' + '),
      setting: resolved.setting.name,
      measure,
      [measure === 'accuracy' ? 'accuracy' : 'percent']: { ...summarise(values), values, unit },
      summary: { ...summarise(values), values, unit },
      notes: finished.notes[index] ?? [],
      scores: (stored[index] ?? []).map((score, i) => ({ seed: runs[i]?.seed, ...(score as object) })),
    };
  });
  if (json) {
    printJson(rows.map(({ summary: _, ...row }) => row));
    return;
  }
  for (const { architecture, setting, corpus, synthetic, summary, measure, notes, scores } of rows) {
    const { mean, sd, n } = summary;
    const spread = sd === null ? '' : ` ± ${(2 * sd).toFixed(2)} (2 s.d. of ${n})`;
    const what =
      measure === 'accuracy'
        ? ''
        : typeof measure === 'string'
          ? ' of hidden units unimodal'
          : ` of '${measure.of}' answered '${measure.answer}'`;
    const of = `${architecture}, ${setting}, ${corpus}${synthetic ? ' (synthetic)' : ''}${detailOf(scores[0])}`;
    print(`${mean.toFixed(2)} %${what}${spread}  ${of}`, ...notes.map((note) => `  ${note}`));
  }
}

function detailOf(result: object | undefined): string {
  const { dimensions, c, tested, hidden } = (result ?? {}) as Partial<Score & Units>;
  if (hidden !== undefined) return `, ${hidden} units`;
  return c ? `, ${dimensions} features, C = ${[...new Set(c)].join(', ')}, ${tested} tested` : '';
}
