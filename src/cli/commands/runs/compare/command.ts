import { Command, Option } from 'commander';
import type { LocalCorpora } from '../../../../pipeline/plan/resolve.js';
import { dataOption } from '../../../options/corpora.js';
import { storeOption } from '../../../options/store.js';

export interface CompareFlags {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly data?: LocalCorpora;
  readonly examples?: boolean;
}

/** `mmx runs compare`: runs, cell by cell and seed by seed. */
export function compareCommand(): Command {
  return new Command('compare')
    .description('what differs between two to eight runs: numbers with intervals, losses and configuration')
    .argument(
      '<runs...>',
      'ids of runs (or their beginnings), or folders with a table.json; add :row/column for one cell',
    )
    .addOption(dataOption('your copy of a corpus, if it has moved since the run (repeatable)'))
    .addOption(storeOption())
    .option('--examples', 'also test over test examples (McNemar): fits the classifiers once more')
    .option('--json', 'print JSON')
    .addOption(new Option('--csv', 'print CSV, a line a number').conflicts('json'))
    .addHelpText(
      'after',
      `
Of two runs, differences are B − A in percentage points, paired over the seeds that both have, with 95 % intervals by
Student's t. A value without randomness stands against every seed of the other.

Three or more runs, and runs that only pretrain, stand side by side: results as mean ± 2 s.d. with the
difference to the first run, the last epoch of training of each model, and the configuration that differs.

--examples asks whether the two answer the same test examples differently, seed by seed: McNemar's exact test.
Stored scores hold counts, not answers, so the features are read once more from the stored pieces and the
classifier is fitted at its stored C; it must give the stored counts again. It needs the store of both runs.

Examples:
  $ mmx runs compare 20260102-0304 20260102-0911 --examples
  $ mmx runs compare 20260102-0304 20260102-0911 20260103-1200 --csv
  $ mmx runs compare results/reference/mnist-halves-corrnet results/tables/mnist-halves-corrnet
  $ mmx runs compare 20260102-0304:rbm-cca/left-to-right 20260102-0304:cca/left-to-right --json`,
    )
    .action(async (runs: readonly string[], flags: CompareFlags) => {
      const { compareRuns } = await import('./work.js');
      await compareRuns(runs, flags);
    });
}
