import { Command } from 'commander';
import { corpora, corpusNamed, isEmbedded } from '../corpora/registry.js';
import { settingsOf, unseenIn } from '../evaluation/settings.js';
import { architecturesOf, unusable } from '../models/architectures.js';
import { print, printJson } from './output.js';

interface Flags {
  readonly json?: boolean;
}

/** `mmx data ls`. */
export function listCommand(): Command {
  return new Command('ls')
    .description('list them')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  $ mmx data ls\n  $ mmx data ls --json')
    .action(list);
}

/** `mmx data info`. */
export function infoCommand(): Command {
  return new Command('info')
    .description('modalities, sizes, and the architectures and settings that fit')
    .argument('<corpus>')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  $ mmx data info mnist-halves\n  $ mmx data info cuave --json')
    .action(info);
}

async function list(flags: Flags): Promise<void> {
  const { allDownloads } = await import('../corpora/downloads/description.js');
  const downloads = allDownloads();
  const rows = Object.values(corpora).map((corpus) => {
    const { name, title, synthetic, kind } = corpus;
    const fetch = downloads.find(({ corpora: read }) => read.includes(name))?.name ?? null;
    return { name, title, synthetic, kind, embedded: isEmbedded(corpus), fetch };
  });
  if (flags.json) {
    printJson(rows);
    return;
  }
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const { name, title, synthetic, embedded, fetch } of rows) {
    const marks = [
      embedded ? 'embedded' : 'your copy: --data',
      ...(fetch === null ? [] : [`open: mmx data fetch ${fetch}`]),
      ...(synthetic ? ['synthetic'] : []),
    ];
    print(`${name.padEnd(width)}  ${title}  (${marks.join(', ')})`);
  }
  const unread = downloads.filter(({ corpora: read }) => read.length === 0).map(({ name }) => name);
  print(`mmx data fetch gets open corpora without a reader too: ${unread.join(', ')}`);
}

function info(name: string, flags: Flags): void {
  const corpus = corpusNamed(name);
  const { title, synthetic, classes, has } = corpus;
  const modalities = corpus.modalities.filter((one) => has.includes(one.name));
  const names: [string, string] = [corpus.modalities[0].name, corpus.modalities[1].name];
  const shown = settingsOf(names).filter((setting) => unseenIn(has, setting) === undefined);
  const settings = shown.map((one) => one.name);
  const architectures = architecturesOf(names)
    .filter((one) => shown.some((setting) => unusable(one, setting) === undefined))
    .map((one) => one.name);
  const size = corpus.kind === 'examples' ? { size: corpus.size, dimensions: corpus.dimensions } : {};
  if (flags.json) {
    printJson({ name, title, synthetic, modalities, classes, ...size, architectures, settings });
    return;
  }
  print(`${name}: ${title}${synthetic ? ' (synthetic)' : ''}`);
  print(`modalities     ${has.join(', ')}`);
  print(`classes        ${classes.length > 0 ? classes.join(' ') : 'as the copy or the preset has them'}`);
  if (corpus.kind === 'examples')
    print(`examples       ${corpus.size.train} training, ${corpus.size.test} test`);
  print(`architectures  ${architectures.join(', ')}`);
  print(`settings       ${settings.join(', ')}`);
  if (!isEmbedded(corpus))
    print(`your copy      --data ${name}=DIR, checked by: mmx data check ${name} --data ${name}=DIR`);
}
