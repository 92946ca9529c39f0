import { Command } from 'commander';
import { withRunOptions } from '../../options/run.js';
import { resultsDirectory } from '../../output.js';
import type { FigureFlags } from './work.js';

/** `mmx figure`: the paper's Figure 4 of an experiment. */
export function figureCommand(): Command {
  return withRunOptions(
    new Command('figure')
      .description('draw deep units as the sound and the pictures they look for (figure 4 of the paper)')
      .argument('<config>', 'an experiment whose architecture is bimodal-dbn or bimodal-deep-autoencoder')
      .argument('[overrides...]', 'key.path=value for it'),
  )
    .option('-o, --out <dir>', `where figure4.png goes (default: ${resultsDirectory}/figures)`)
    .addHelpText(
      'after',
      `
Each panel is one deep unit: the spectrogram and the four pictures made of the ten first-layer features it is
connected to most strongly in either modality, taken back through the whitening.

Examples:
  $ mmx figure configs/ngiam2011/figure4.yaml --out /tmp
  $ mmx figure configs/ngiam2011/figure4.yaml scale=smoke --dry-run`,
    )
    .action(async (config: string, overrides: readonly string[], flags: FigureFlags) => {
      const { runFigure } = await import('./work.js');
      await runFigure(config, overrides, flags);
    });
}
