import { Command } from 'commander';
import type { LocalCorpora } from '../../../../pipeline/plan/resolve.js';
import { dataOption } from '../../../options/corpora.js';
import { storeOption } from '../../../options/store.js';

export interface CompareFlags {
  readonly json?: boolean;
  readonly data?: LocalCorpora;
  readonly examples?: boolean;
}

/** `mmx runs compare`: two runs, cell by cell and seed by seed. */
export function compareCommand(): Command {
  return new Command('compare')
    .description('what differs between two runs: numbers with intervals, and configuration')
    .argument(
      '<a>',
      'id of a run (or its beginning), or a folder with a table.json; add :row/column for one cell',
    )
    .argument('<b>', 'the run or cell to compare with it')
    .addOption(dataOption('your copy of a corpus, if it has moved since the run (repeatable)'))
    .addOption(storeOption())
    .option('--examples', 'also test over test examples (McNemar): fits the classifiers once more')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Differences are B − A in percentage points, paired over the seeds that both have, with 95 % intervals by
Student's t. A value without randomness stands against every seed of the other.

--examples asks whether the two answer the same test examples differently, seed by seed: McNemar's exact test.
Stored scores hold counts, not answers, so the features are read once more from the stored pieces and the
classifier is fitted at its stored C; it must give the stored counts again. It needs the store of both runs.

Examples:
  $ mmx runs compare 20260102-0304 20260102-0911 --examples
  $ mmx runs compare results/reference/mnist-halves-corrnet results/tables/mnist-halves-corrnet
  $ mmx runs compare 20260102-0304:rbm-cca/left-to-right 20260102-0304:cca/left-to-right --json`,
    )
    .action(async (a: string, b: string, flags: CompareFlags) => {
      const { compareRuns } = await import('./work.js');
      await compareRuns(a, b, flags);
    });
}
