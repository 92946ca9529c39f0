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
      .description(`compute a whole table, all rows and seeds, and write it as ${formats}`)
      .argument('<config>', 'a table')
      .argument('[overrides...]', 'key.path=value for all of its cells'),
  )
    .option('-o, --out <dir>', `folder for the table (default: ${usualResults}/tables/<name>)`)
    .addHelpText(
      'after',
      `
You can interrupt it at any time. The same command continues where it stopped, also within a stage.

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
