import { Command, Option } from 'commander';
import { figureNames, figureOf, paperNames, unnamedPaper } from '../../../papers/find.js';
import { papers } from '../../../papers/index.js';
import { embeddingMethods, figureKinds } from '../../../report/figures/figure-kinds.js';
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
      .argument(
        '<config>',
        `${all.map((figure) => figure.of).join(', or ')}; with --kind a table too; with --kind curves, runs`,
      )
      .argument('[overrides...]', 'key.path=value for the experiment or table'),
  )
    .option(
      '-o, --out <dir>',
      `folder for the figures, such as ${usual.name}.png (default: ${usualResults}/figures)`,
    )
    .addOption(
      new Option('--kind <what>', 'a figure of a paper, a figure of any model, or curves of runs (below)')
        .choices(['paper', ...figureKinds, 'curves'])
        .default('paper'),
    )
    .addOption(
      new Option('--method <name>', 'layout of --kind embedding (default: pca)').choices(embeddingMethods),
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
components of the features, or in the two dimensions of UMAP (--method umap), with one marker for each modality that the
model is given. Both take an experiment, or a table for all of its models. Each figure is written as PNG, SVG and JSON.
mmx report shows the figures in the folder of a table.
--kind curves takes ids of runs and folders of results instead of a config. It computes nothing and draws the training
curves of the runs in one chart: each seed as a thin line, the mean as a thick one. mmx report RUN RUN has the same charts.

Examples:
  $ mmx figure configs/ngiam2011/figure4.yaml --out /tmp
  $ mmx figure configs/ngiam2011/figure4.yaml scale=smoke --dry-run
  $ mmx figure configs/mnist-halves/demo.yaml --kind reconstructions --out results/tables/mnist-halves-demo
  $ mmx figure configs/ngiam2011/figure4.yaml scale=smoke --kind embedding
  $ mmx figure configs/mnist-halves/demo.yaml --kind embedding --method umap
  $ mmx figure --kind curves 20260102-0304 20260102-0911`,
    )
    .action(async (config: string, overrides: readonly string[], flags: FigureFlags) => {
      const { runFigure } = await import('./work.js');
      await runFigure(config, overrides, flags);
    });
}
