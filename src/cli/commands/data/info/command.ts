import { Command } from 'commander';

export interface InfoFlags {
  readonly json?: boolean;
}

/** `mmx data info`. */
export function infoCommand(): Command {
  return new Command('info')
    .description('show the modalities and sizes of a corpus, and the architectures and settings that fit it')
    .argument('<corpus>')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  $ mmx data info mnist-halves\n  $ mmx data info cuave --json')
    .action(async (corpus: string, flags: InfoFlags) => {
      const { describeCorpus } = await import('./work.js');
      describeCorpus(corpus, flags);
    });
}
