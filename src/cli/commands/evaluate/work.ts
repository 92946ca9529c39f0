import type { PreparedRun } from '../../../pipeline/plan/prepare.js';
import { unitOf } from '../../../pipeline/runs/results.js';
import { summarise } from '../../../report/table/summary.js';
import { renderTerminal, terminalOptions } from '../../../report/table/terminal.js';
import { commandText } from '../../../report/text/shell.js';
import { printJson, printPainted, say } from '../../output.js';
import { type ExperimentFlags, runExperiments } from '../../run/experiments.js';
import { type FinishedRun, resultsOf, valuesOf } from '../../run/stages.js';
import { writeResults } from '../../run/write-results.js';
import { evaluationTable } from './table.js';

/** The work of `mmx evaluate`. */
export async function evaluate(words: readonly string[], flags: ExperimentFlags): Promise<void> {
  const done = await runExperiments('evaluate', words, flags, (run) =>
    run.experiments.flatMap(({ runs }) => runs.map(({ stages }) => stages.result)),
  );
  if (!done) return;
  const { prepared, finished, directory } = done;
  const table = evaluationTable(prepared, finished);
  writeResults(table, directory, finished.record.manifest, finished.store);
  if (flags.json) {
    printJson(accuracies(prepared, finished));
    return;
  }
  printPainted(renderTerminal(table, terminalOptions(process.stdout)));
  if (flags.quiet) return;
  say(`written: ${directory}`, `next: ${commandText(['mmx', 'report', directory])}`);
}

function accuracies(prepared: PreparedRun, finished: FinishedRun): readonly object[] {
  const stored = resultsOf(prepared, finished);
  const measured = valuesOf(prepared, finished);
  return prepared.experiments.map(({ config, resolved, runs }, index) => {
    const values = measured[index] ?? [];
    const { measure, features } = config.value;
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
      [measure === 'accuracy' ? 'accuracy' : 'percent']: {
        ...summarise(values),
        values,
        unit: unitOf(measure),
      },
      notes: finished.notes[index] ?? [],
      scores: (stored[index] ?? []).map((score, i) => ({ seed: runs[i]?.seed, ...(score as object) })),
    };
  });
}
