import { Command } from 'commander';
import { withRunOptions } from '../../options/run.js';
import { usualResults } from '../../project/places.js';
import type { SweepFlags } from './work.js';

/** `mmx sweep`: hyperparameters compared inside the training part. */
export function sweepCommand(): Command {
  return withRunOptions(
    new Command('sweep')
      .description('compare the points of a grid or random sweep inside the training part')
      .argument('<config>', 'an experiment with a `sweep` section')
      .argument('[overrides...]', 'key.path=value for all of its points; sweep.points=5 changes the sweep'),
  )
    .option('--test', 'then evaluate the chosen point of each column on the test part, once')
    .option('-o, --out <dir>', `folder for the leaderboard (default: ${usualResults}/sweeps/<name>)`)
    .addHelpText(
      'after',
      `
Each column (learning setting) has a choice of its own: the point with the highest mean over the seeds of the accuracy,
or of the metric that \`measure\` names, on held-out training examples or in cross-validation; the test part is not used. A
point that fails becomes a row with the reason. You can interrupt it at any time. The same command continues where it stopped, also within a stage.

Exit code: 0 when every column has a choice, 1 when all points of one failed, 2 when the configuration is wrong.

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
