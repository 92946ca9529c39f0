import { Command } from 'commander';
import { withRunOptions } from '../../options/run.js';
import { usualResults } from '../../project/places.js';
import type { ExperimentFlags } from '../../run/experiments.js';

// The work is loaded when needed: the engines take longer to load than all else together.

/** `mmx pretrain`: what is learnt without labels. */
export function pretrainCommand(): Command {
  return withRunOptions(
    new Command('pretrain')
      .description('learn the features of experiments, without labels; stored models are not trained again')
      .argument('<configs...>', 'configs of experiments, and key.path=value for all of them'),
  )
    .option('-o, --out <dir>', `folder for the results (default: ${usualResults}/pretrain/<run>)`)
    .addHelpText(
      'after',
      `
Examples:
  $ mmx pretrain configs/mnist-halves/rbm-cca.yaml
  $ mmx pretrain configs/mnist-halves/rbm-cca.yaml rbm.left.hidden=500 rbm.right.hidden=500 --seeds 1`,
    )
    .action(async (words: readonly string[], flags: ExperimentFlags) => {
      const { pretrain } = await import('./work.js');
      await pretrain(words, flags);
    });
}
