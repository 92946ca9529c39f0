import { Command } from 'commander';
import { withRunOptions } from '../../options/run.js';
import { usualResults } from '../../project/places.js';
import type { TableFlags } from '../table/work.js';

/** The table of the demonstration, among the configs that come with mmx. */
const demo = 'mnist-halves/demo';

/** `mmx demo`: a small table, for a first look. */
export function demoCommand(): Command {
  return withRunOptions(
    new Command('demo')
      .description('compute a small table from handwritten digits that come with mmx: two minutes')
      .argument('[overrides...]', 'key.path=value for all cells of the table'),
  )
    .option('-o, --out <dir>', `folder for the table (default: ${usualResults}/tables/mnist-halves-demo)`)
    .addHelpText(
      'after',
      `
This command does the same as mmx table ${demo}.

Examples:
  $ mmx demo
  $ mmx demo --seeds 1,2,3 --out /tmp/demo`,
    )
    .action(async (overrides: readonly string[], flags: TableFlags) => {
      const { runTable } = await import('../table/work.js');
      await runTable(demo, overrides, flags);
    });
}
