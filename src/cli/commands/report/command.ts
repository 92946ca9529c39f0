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
      `runs by their ids or the beginnings of them, and folders of results (default: ${join(usualResults, 'reproduce', unnamedPaper().name)})`,
    )
    .option(
      '-o, --out <file>',
      `file to write (default: report.html in the folder; for several runs, ${join(usualResults, 'report.html')})`,
    )
    .option(
      '--figures <dir>',
      'write its figures there too, for papers: bars as SVG and PNG, the rest as PNG',
    )
    .addOption(storeOption())
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
The file has no scripts and fetches nothing: send it, or open it from a disk. Training curves, confusion
matrices, first-layer filters and answers to McGurk clips are in it where the artifacts of the runs are
still stored.

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
