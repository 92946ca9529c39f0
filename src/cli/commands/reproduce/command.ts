import { Command } from 'commander';
import { reproductions } from '../../../papers/find.js';
import { papers } from '../../../papers/index.js';
import { withRunOptions } from '../../options/run.js';
import { usualResults } from '../../project/places.js';
import type { ReproduceFlags } from './work.js';

/** `mmx reproduce`: all of a paper's tables with one command. */
export function reproduceCommand(): Command {
  const help = papers.flatMap((paper) => paper.help ?? []);
  const copies = help.map((one) => one.copies).join('\n');
  const examples = help.flatMap((one) => one.examples).map((line) => `  $ ${line}`);
  return withRunOptions(
    new Command('reproduce')
      .description("compute a paper's tables, controls and figure, and test its claims, with one command")
      .argument('<paper>', `${reproductions().join(', ')}, or a YAML file that lists tables`)
      .argument('[overrides...]', 'key.path=value for all experiments'),
  )
    .option('--smoke', 'run everything at a small size, in minutes; the numbers say nothing about the paper')
    .option('-o, --out <dir>', `folder for the results (default: ${usualResults}/reproduce/<paper>[-smoke])`)
    .addHelpText(
      'after',
      `
${copies}
You can interrupt it at any time. The same command continues where it stopped, even in the middle of training a model.

Examples:
${examples.join('\n')}`,
    )
    .action(async (paper: string, overrides: readonly string[], flags: ReproduceFlags) => {
      const { runReproduce } = await import('./work.js');
      await runReproduce(paper, overrides, flags);
    });
}
