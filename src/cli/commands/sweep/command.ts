import { Command } from 'commander';
import { withRunOptions } from '../../options/run.js';
import { usualResults } from '../../project/places.js';
import type { SweepFlags } from './work.js';

/** `mmx sweep`: hyperparameters compared inside the training part. */
export function sweepCommand(): Command {
  return withRunOptions(
    new Command('sweep')
      .description('compare hyperparameters, from a grid or drawn at random, inside the training part')
      .argument('<config>', 'config of an experiment, with a `sweep` section')
      .argument('[overrides...]', 'key.path=value for all points; sweep.points=5 changes the sweep'),
  )
    .option('--test', 'evaluate the chosen point of each column once on the test part, after the choice')
    .option('-o, --out <dir>', `folder for the leaderboard (default: ${usualResults}/sweeps/<name>)`)
    .addHelpText(
      'after',
      `
A point is one combination of the values that are compared. mmx chooses one point for each column (learning setting): the
point with the highest mean accuracy over the seeds, or the highest mean of the metric that \`measure\` names. Points are
compared on held-out training examples or by cross-validation, never on the test part. A point that fails becomes a row
with the reason. You can interrupt a sweep at any time. The same command continues where it stopped, even in the middle
of training a model.

Exit code: 0 when every column has a choice, 1 when all points of a column failed, 2 when the configuration is wrong.

Examples:
  $ mmx sweep configs/mnist-halves/sweep.yaml --dry-run
  $ mmx sweep configs/mnist-halves/sweep.yaml --test
  $ mmx sweep configs/mnist-halves/sweep.yaml sweep.points=40 --seeds 1,2 --json`,
    )
    .action(async (config: string, overrides: readonly string[], flags: SweepFlags) => {
      // Loaded when needed: the engines take longer to load than all else together.
      const { runSweep } = await import('./work.js');
      await runSweep(config, overrides, flags);
    });
}
