import { Command, Option } from 'commander';
import { figureNames, figureOf, paperNames, unnamedPaper } from '../../../papers/find.js';
import { papers } from '../../../papers/index.js';
import { figureKinds } from '../../../report/figures/figure-kinds.js';
import { withRunOptions } from '../../options/run.js';
import { usualResults } from '../../project/places.js';
import type { FigureFlags } from './work.js';

/** `mmx figure`: a paper's figure, drawn of an experiment. */
export function figureCommand(): Command {
  const all = papers.flatMap((paper) => paper.figures);
  const usual = figureOf(unnamedPaper());
  return withRunOptions(
    new Command('figure')
      .description(
        [
          ...all.map(({ draws, title }) => `draw ${draws} (${title.toLowerCase()} of the paper)`),
          'reconstructions of test examples, or test examples in two components of their features',
        ].join(', or '),
      )
      .argument('<config>', `${all.map((figure) => figure.of).join(', or ')}; with --kind a table too`)
      .argument('[overrides...]', 'key.path=value for the experiment or table'),
  )
    .option(
      '-o, --out <dir>',
      `folder for the figures, such as ${usual.name}.png (default: ${usualResults}/figures)`,
    )
    .addOption(
      new Option('--kind <what>', 'a figure of a paper, or one of the two that any model has (below)')
        .choices(['paper', ...figureKinds])
        .default('paper'),
    )
    .addOption(
      new Option('--paper <name>', `paper of the figure (default: ${unnamedPaper().name})`).choices(
        paperNames(),
      ),
    )
    .addOption(
      new Option('--figure <name>', 'name of the figure (default: the first)').choices(figureNames()),
    )
    .addHelpText(
      'after',
      `
${all.map((figure) => figure.help).join('\n\n')}

--kind reconstructions gives the model the first test example of each class, first each modality alone, then all of them,
and draws the reconstructions beside the example. --kind embedding draws test examples in the first two principal
components of the features, with one marker for each modality that the model is given. Both take an experiment, or a table
for all of its models. Each figure is written as PNG, SVG and JSON. mmx report shows the figures in the folder of a table.

Examples:
  $ mmx figure configs/ngiam2011/figure4.yaml --out /tmp
  $ mmx figure configs/ngiam2011/figure4.yaml scale=smoke --dry-run
  $ mmx figure configs/mnist-halves/demo.yaml --kind reconstructions --out results/tables/mnist-halves-demo
  $ mmx figure configs/ngiam2011/figure4.yaml scale=smoke --kind embedding`,
    )
    .action(async (config: string, overrides: readonly string[], flags: FigureFlags) => {
      const { runFigure } = await import('./work.js');
      await runFigure(config, overrides, flags);
    });
}
