import { Command } from 'commander';
import type { Corpus } from '../corpora/corpus.js';
import { corpora, corpusNamed, recordedCorpora } from '../corpora/registry.js';
import { MmxError } from '../errors.js';
import { settingsOf } from '../evaluation/settings.js';
import { architecturesOf } from '../models/architectures.js';
import type { LocalCorpora } from '../pipeline/resolve.js';
import { print, printJson } from './output.js';
import { corpusDirectory } from './run-options.js';

/** `mmx data ls|info|check`. */
export function dataCommand(): Command {
  const command = new Command('data').description('the corpora mmx knows');
  command.command('ls').description('list them').option('--json', 'print JSON').action(list);
  command
    .command('info')
    .description('modalities, sizes, and the architectures and settings that fit')
    .argument('<corpus>')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ mmx data info mnist-halves')
    .action(info);
  command
    .command('check')
    .description('count the files of your copy, and say what is missing or odd and whether it matters')
    .argument('<corpus>')
    .requiredOption('--data <corpus=dir>', 'your copy', corpusDirectory, {})
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ mmx data check avletters --data avletters=~/corpora/avletters')
    .action(check);
  return command;
}

interface Flags {
  readonly json?: boolean;
}

function list(flags: Flags): void {
  const rows = Object.values(corpora).map((corpus) => {
    const { name, title, synthetic, kind } = corpus;
    return { name, title, synthetic, kind, embedded: isEmbedded(corpus) };
  });
  if (flags.json) {
    printJson(rows);
    return;
  }
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const { name, title, synthetic, embedded } of rows) {
    const marks = [embedded ? 'embedded' : 'your copy: --data', ...(synthetic ? ['synthetic'] : [])];
    print(`${name.padEnd(width)}  ${title}  (${marks.join(', ')})`);
  }
}

function info(name: string, flags: Flags): void {
  const corpus = corpusNamed(name);
  const { title, synthetic, modalities, classes } = corpus;
  const names: [string, string] = [modalities[0].name, modalities[1].name];
  const architectures = architecturesOf(names).map((one) => one.name);
  const settings = settingsOf(names).map((one) => one.name);
  const size = corpus.kind === 'examples' ? { size: corpus.size, dimensions: corpus.dimensions } : {};
  if (flags.json) {
    printJson({ name, title, synthetic, modalities, classes, ...size, architectures, settings });
    return;
  }
  print(`${name}: ${title}${synthetic ? ' (synthetic)' : ''}`);
  print(`modalities     ${names.join(', ')}`);
  print(`classes        ${classes.length > 0 ? classes.join(' ') : 'as the copy or the preset has them'}`);
  if (corpus.kind === 'examples')
    print(`examples       ${corpus.size.train} training, ${corpus.size.test} test`);
  print(`architectures  ${architectures.join(', ')}`);
  print(`settings       ${settings.join(', ')}`);
  if (!isEmbedded(corpus))
    print(`your copy      --data ${name}=DIR, checked by: mmx data check ${name} --data ${name}=DIR`);
}

function check(name: string, { data, json }: Flags & { readonly data: LocalCorpora }): void {
  corpusNamed(name);
  const corpus = recordedCorpora.find((one) => one.name === name);
  const directory = data[name];
  if (!corpus || directory === undefined) {
    throw new MmxError(
      'cli/usage',
      corpus ? `--data names no copy of ${name}` : `${name} is embedded: there is no copy to check`,
      {
        exitCode: 2,
        hint: `mmx data check ${recordedCorpora[0]?.name} --data ${recordedCorpora[0]?.name}=DIR`,
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
    for (const { severity, what, matters, examples } of result.findings) {
      print(`${severity}: ${what}${examples.length > 0 ? ` (${examples.join(', ')})` : ''}`);
      print(`  → ${matters}`);
    }
    print(result.usable ? 'usable' : 'not usable');
  }
  if (!result.usable) process.exitCode = 1;
}

const isEmbedded = ({ name }: Corpus): boolean => !recordedCorpora.some((corpus) => corpus.name === name);
