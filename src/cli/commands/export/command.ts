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
      .argument('<config>', 'config of an experiment')
      .argument('[overrides...]', 'key.path=value for the experiment'),
  )
    .option('-o, --out <dir>', `folder for the files (default: ${usualResults}/export/<config>)`)
    .option('--compute', 'compute what is not stored yet')
    .option('--no-features', 'write only the weights')
    .option('--no-csv', 'write features only as NPY; CSV takes about three times the space')
    .addHelpText(
      'after',
      `
The command writes what earlier commands stored. It trains nothing unless --compute is given. The features are the inputs
of the linear classifier in the experiment's setting, before scaling: training examples with the modalities that the
classifier is trained on, test examples with those that it is tested on. For each seed:

  seed-1/weights/<piece>.safetensors     every learnt piece, its origin in the metadata
  seed-1/features/train.npy, .csv        examples × features; labels in train.labels.npy and in the CSV
  export.json                            shapes, checksums, classes, and the origin of every file

Examples:
  $ mmx export configs/mnist-halves/rbm-cca.yaml --seeds 1
  $ mmx export configs/mnist-halves/rbm-cca.yaml setting=shared-right-to-left --compute --no-csv --out /tmp/cca`,
    )
    .action(async (config: string, overrides: readonly string[], flags: ExportFlags) => {
      const { runExport } = await import('./work.js');
      await runExport(config, overrides, flags);
    });
}
