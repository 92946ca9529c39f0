import { join } from 'node:path';
import { Command } from 'commander';
import { unnamedPaper } from '../../../papers/find.js';
import { storeOption } from '../../options/store.js';
import { resultsDirectory, usualResults } from '../../project/places.js';
import type { ReportFlags } from './work.js';

/** `mmx report`: results as one HTML file. */
export function reportCommand(): Command {
  return new Command('report')
    .description('write results as one self-contained HTML file: tables, figures, claims, provenance')
    .argument(
      '[runs...]',
      `ids of runs (their first characters are enough) or folders of results (default: ${join(usualResults, 'reproduce', unnamedPaper().name)})`,
    )
    .option(
      '-o, --out <file>',
      `file to write (default: report.html in the folder; for several runs, ${join(usualResults, 'report.html')})`,
    )
    .option(
      '--figures <dir>',
      'also write the figures to this folder, for use in a paper: bars as SVG and PNG, the others as PNG',
    )
    .addOption(storeOption())
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
The file has no scripts and loads nothing from the network. It opens in any browser and can be sent by mail. Training
curves and confusion matrices come from the stored artifacts of the runs, or from the files beside a table. First-layer
filters and answers to McGurk clips are shown only if the artifacts are still stored.

Examples:
  $ mmx report
  $ mmx report 20260102-030405 20260102-0911                   two runs of mmx runs ls
  $ mmx report results/tables/mnist-halves-corrnet --out corrnet.html
  $ mmx report results/reference/ngiam2011 --out report.html --figures paper/figures`,
    )
    .action(async (named: readonly string[], flags: ReportFlags) => {
      const { runReport } = await import('./work.js');
      const usual = join(resultsDirectory(), 'reproduce', unnamedPaper().name);
      await runReport(named.length === 0 ? [usual] : named, flags);
    });
}
