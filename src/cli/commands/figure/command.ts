import { Command, Option } from 'commander';
import { figureNames, figureOf, paperNames, unnamedPaper } from '../../../papers/find.js';
import { papers } from '../../../papers/index.js';
import { withRunOptions } from '../../options/run.js';
import { resultsDirectory } from '../../output.js';
import type { FigureFlags } from './work.js';

/** `mmx figure`: a paper's figure, drawn of an experiment. */
export function figureCommand(): Command {
  const all = papers.flatMap((paper) => paper.figures);
  const usual = figureOf(unnamedPaper());
  return withRunOptions(
    new Command('figure')
      .description(
        all.map(({ draws, title }) => `draw ${draws} (${title.toLowerCase()} of the paper)`).join(', or '),
      )
      .argument('<config>', all.map((figure) => figure.of).join(', or '))
      .argument('[overrides...]', 'key.path=value for it'),
  )
    .option('-o, --out <dir>', `where ${usual.name}.png goes (default: ${resultsDirectory}/figures)`)
    .addOption(
      new Option('--paper <name>', `whose figure (default: ${unnamedPaper().name})`).choices(paperNames()),
    )
    .addOption(new Option('--figure <name>', 'which one (default: the first)').choices(figureNames()))
    .addHelpText(
      'after',
      `
${all.map((figure) => figure.help).join('\n\n')}

Examples:
  $ mmx figure configs/ngiam2011/figure4.yaml --out /tmp
  $ mmx figure configs/ngiam2011/figure4.yaml scale=smoke --dry-run`,
    )
    .action(async (config: string, overrides: readonly string[], flags: FigureFlags) => {
      const { runFigure } = await import('./work.js');
      await runFigure(config, overrides, flags);
    });
}
