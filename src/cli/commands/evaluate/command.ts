import { Command } from 'commander';
import { withRunOptions } from '../../options/run.js';
import { usualResults } from '../../project/places.js';
import type { ExperimentFlags } from '../../run/experiments.js';

// The work is loaded when needed: the engines take longer to load than all else together.

/** `mmx evaluate`: pretrains what is missing, fits the classifier, prints the accuracy. */
export function evaluateCommand(): Command {
  return withRunOptions(
    new Command('evaluate')
      .description('learn features that are not stored yet, fit the linear classifier and print the accuracy')
      .argument('<configs...>', 'configs of experiments, and key.path=value for all of them'),
  )
    .option('-o, --out <dir>', `folder for the results (default: ${usualResults}/evaluate/<run>)`)
    .addHelpText(
      'after',
      `
Examples:
  $ mmx evaluate configs/mnist-halves/rbm-cca.yaml
  $ mmx evaluate configs/mnist-halves/rbm-cca.yaml setting=shared-right-to-left --seeds 1,2,3 --json`,
    )
    .action(async (words: readonly string[], flags: ExperimentFlags) => {
      const { evaluate } = await import('./work.js');
      await evaluate(words, flags);
    });
}
