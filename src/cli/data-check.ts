import { Command } from 'commander';
import { corpusNamed, recordedCorpora } from '../corpora/registry.js';
import { MmxError } from '../errors.js';
import type { LocalCorpora } from '../pipeline/resolve.js';
import { dataOption } from './corpus-options.js';
import { breakdownLines } from './data-breakdown.js';
import { print, printJson } from './output.js';

/** `mmx data check`. */
export function checkCommand(): Command {
  return new Command('check')
    .description(
      'count the files and clips of your copy, and say what is missing or odd and whether it matters',
    )
    .argument('<corpus>')
    .addOption(dataOption('your copy'))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Exit code: 0 when it can be used, with warnings or without; 1 when it cannot.

Examples:
  $ mmx data check avletters --data avletters=~/corpora/avletters
  $ mmx data check manifest --data manifest=mine --json`,
    )
    .action(check);
}

interface Flags {
  readonly json?: boolean;
  readonly data?: LocalCorpora;
}

function check(name: string, { data = {}, json }: Flags): void {
  corpusNamed(name);
  const corpus = recordedCorpora.find((one) => one.name === name);
  const directory = data[name];
  if (!corpus || directory === undefined) {
    throw new MmxError(
      'cli/usage',
      corpus ? `--data names no copy of ${name}` : `${name} is embedded: there is no copy to check`,
      {
        exitCode: 2,
        hint: corpus
          ? `mmx data check ${name} --data ${name}=DIR (mmx data info ${name} says how to get one)`
          : `corpora that you give a copy of: ${recordedCorpora.map((one) => one.name).join(', ')}`,
      },
    );
  }
  const result = corpus.check(directory);
  if (json) printJson(result);
  else {
    for (const { of, found, expected } of result.counts) {
      print(
        `${String(found).padStart(6)}  ${of}${expected === null || expected === found ? '' : `, where ${expected} belong`}`,
      );
    }
    print(...breakdownLines(result.breakdown), '');
    for (const { severity, what, matters, examples } of result.findings) {
      print(`${severity}: ${what}${examples.length > 0 ? ` (${examples.join(', ')})` : ''}`);
      print(`  → ${matters}`);
    }
    print(result.usable ? 'usable' : 'not usable');
  }
  if (!result.usable) process.exitCode = 1;
}
