import type { Measure } from '../../../config/index.js';
import type { PreparedRun } from '../../../pipeline/plan/prepare.js';
import { metricOf, unitOf } from '../../../pipeline/runs/results.js';
import type { Score, Units } from '../../../pipeline/stages/parameters.js';
import { summarise } from '../../../report/table/summary.js';
import type { RunFlags } from '../../options/run.js';
import { print, printJson } from '../../output.js';
import { runExperiments } from '../../run/experiments.js';
import { type FinishedRun, resultsOf, valuesOf } from '../../run/stages.js';

/** The work of `mmx evaluate`. */
export async function evaluate(words: readonly string[], flags: RunFlags): Promise<void> {
  let prepared: PreparedRun | undefined;
  const finished = await runExperiments(words, flags, (run) => {
    prepared = run;
    return run.experiments.flatMap(({ runs }) => runs.map(({ stages }) => stages.result));
  });
  if (finished && prepared) printAccuracies(prepared, finished, flags.json === true);
}

function printAccuracies(prepared: PreparedRun, finished: FinishedRun, json: boolean): void {
  const stored = resultsOf(prepared, finished);
  const measured = valuesOf(prepared, finished);
  const rows = prepared.experiments.map(({ config, resolved, runs }, index) => {
    const values = measured[index] ?? [];
    const { measure, features } = config.value;
    const unit = unitOf(measure);
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
    const of = `${architecture}, ${setting}, ${corpus}${synthetic ? ' (synthetic)' : ''}${detailOf(scores[0])}`;
    print(`${mean.toFixed(2)} %${whatOf(measure)}${spread}  ${of}`, ...notes.map((note) => `  ${note}`));
  }
}

/** What a percentage is of; nothing of the accuracy. */
function whatOf(measure: Measure): string {
  if (measure === 'accuracy') return '';
  if (typeof measure === 'object') return ` of '${measure.of}' answered '${measure.answer}'`;
  const metric = metricOf(measure);
  return metric === undefined ? ' of hidden units unimodal' : ` ${metric.title}`;
}

function detailOf(result: object | undefined): string {
  const { dimensions, c, tested, hidden } = (result ?? {}) as Partial<Score & Units>;
  if (hidden !== undefined) return `, ${hidden} units`;
  if (!c) return '';
  const readout =
    c.length > 0
      ? `${dimensions} features, C = ${[...new Set(c)].join(', ')}`
      : "answers of the network's head";
  return `, ${readout}, ${tested} tested`;
}
