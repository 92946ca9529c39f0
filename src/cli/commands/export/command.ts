import { Command } from 'commander';
import { type RunFlags, withRunOptions } from '../../options/run.js';
import { usualResults } from '../../project/places.js';

export interface ExportFlags extends RunFlags {
  readonly out?: string;
  readonly compute?: boolean;
  readonly csv: boolean;
  readonly features: boolean;
}

/** `mmx export`: weights and features in files that other tools open. */
export function exportCommand(): Command {
  return withRunOptions(
    new Command('export')
      .description('write the weights and features of an experiment as safetensors, NPY and CSV')
      .argument('<config>', 'an experiment')
      .argument('[overrides...]', 'key.path=value for it'),
  )
    .option('-o, --out <dir>', `folder for the files (default: ${usualResults}/export/<config>)`)
    .option('--compute', 'compute what is not stored yet')
    .option('--no-features', 'weights alone')
    .option('--no-csv', 'features as NPY alone: CSV takes about three times the space')
    .addHelpText(
      'after',
      `
Nothing is learnt unless --compute is given: what is written is what earlier commands stored. Features are
those that the linear classifier is given in the experiment's setting, before it scales them: the training
examples seen as in supervised training, the test examples as in testing. For each seed:

  seed-1/weights/<piece>.safetensors     every learnt piece, its origin in the metadata
  seed-1/features/train.npy, .csv        examples × features; labels in train.labels.npy and in the CSV
  export.json                            shapes, checksums, classes, and where all of it came from

Examples:
  $ mmx export configs/mnist-halves/rbm-cca.yaml --seeds 1
  $ mmx export configs/mnist-halves/rbm-cca.yaml setting=shared-right-to-left --compute --no-csv --out /tmp/cca`,
    )
    .action(async (config: string, overrides: readonly string[], flags: ExportFlags) => {
      const { runExport } = await import('./work.js');
      await runExport(config, overrides, flags);
    });
}
