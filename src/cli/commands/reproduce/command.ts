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
      .description("a paper's tables, controls, figure and claims, with one command")
      .argument('<paper>', `${reproductions().join(', ')}, or a YAML file that lists tables`)
      .argument('[overrides...]', 'key.path=value for all experiments'),
  )
    .option('--smoke', 'small enough for CI: everything runs, but the numbers say nothing about the paper')
    .option('-o, --out <dir>', `folder for the results (default: ${usualResults}/reproduce/<paper>[-smoke])`)
    .addHelpText(
      'after',
      `
${copies}
You can interrupt it at any time. The same command continues where it stopped, also within a stage.

Examples:
${examples.join('\n')}`,
    )
    .action(async (paper: string, overrides: readonly string[], flags: ReproduceFlags) => {
      const { runReproduce } = await import('./work.js');
      await runReproduce(paper, overrides, flags);
    });
}
