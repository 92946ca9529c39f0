import { Command, Option } from 'commander';
import type { LocalCorpora } from '../../../../pipeline/plan/resolve.js';
import { dataOption } from '../../../options/corpora.js';
import { storeOption } from '../../../options/store.js';

export interface RunExportFlags {
  readonly format: 'csv' | 'tensorboard' | 'mlflow';
  readonly out?: string;
  readonly data?: LocalCorpora;
  readonly json?: boolean;
}

/** `mmx runs export`: what a run measured, for other tools. */
export function exportRunCommand(): Command {
  return new Command('export')
    .description('write the curves and accuracies of a run for other tools')
    .argument('<run>', 'id of a run, or the beginning of it')
    .addOption(
      new Option('--format <name>', 'what to write')
        .choices(['csv', 'tensorboard', 'mlflow'])
        .makeOptionMandatory(),
    )
    .option(
      '-o, --out <dir>',
      'folder for the files (default: results/measurements, results/tensorboard or results/mlruns)',
    )
    .addOption(dataOption('your copy of a corpus, if it has moved since the run (repeatable)'))
    .addOption(storeOption())
    .option('--json', 'print the list of written files as JSON')
    .addHelpText(
      'after',
      `
Everything is read from the store; what the run had and is no longer stored is counted.

csv          RUN.csv: a line a stage, seed, metric and step
tensorboard  RUN/seed-N/events.out.tfevents...: a tag a model or cell and metric, as --log tensorboard writes it
mlflow       a file store: an MLflow run a cell and seed, with parameters, metrics and the commit;
             mlflow ui --backend-store-uri DIR shows it

Examples:
  $ mmx runs export 20260102-0304 --format csv
  $ mmx runs export 20260102-0304 --format mlflow --out mlruns`,
    )
    .action(async (prefix: string, flags: RunExportFlags) => {
      const { exportRun } = await import('./work.js');
      exportRun(prefix, flags);
    });
}
