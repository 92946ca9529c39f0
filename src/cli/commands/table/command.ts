import { Command } from 'commander';
import { tableFormats } from '../../../report/table/formats.js';
import { withRunOptions } from '../../options/run.js';
import { usualResults } from '../../project/places.js';
import type { TableFlags } from './work.js';

/** What it is written as. */
const formats = tableFormats.map(({ title }) => title).join(', ');

/** `mmx table`: a whole table, all rows and seeds. */
export function tableCommand(): Command {
  return withRunOptions(
    new Command('table')
      .description(`compute every cell of a table, with all seeds, and write the table as ${formats}`)
      .argument('<config>', 'config of a table')
      .argument('[overrides...]', 'key.path=value for all cells of the table'),
  )
    .option('-o, --out <dir>', `folder for the table (default: ${usualResults}/tables/<name>)`)
    .addHelpText(
      'after',
      `
You can interrupt it at any time. The same command continues where it stopped, even in the middle of training a model.

Examples:
  $ mmx table configs/mnist-halves/corrnet.yaml --dry-run
  $ mmx table configs/mnist-halves/settings.yaml --seeds 1 corpus.train=10000 --out /tmp/quick`,
    )
    .action(async (config: string, overrides: readonly string[], flags: TableFlags) => {
      // Loaded when needed: the engines take longer to load than all else together.
      const { runTable } = await import('./work.js');
      await runTable(config, overrides, flags);
    });
}
