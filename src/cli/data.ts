import { Command } from 'commander';
import { corpora, corpusNamed } from '../corpora/registry.js';
import { settingsOf } from '../evaluation/settings.js';
import { architecturesOf } from '../models/architectures.js';
import { print, printJson } from './output.js';

/** `mmx data ls|info`. */
export function dataCommand(): Command {
  const command = new Command('data').description('the corpora mmx knows');
  command
    .command('ls')
    .description('list them')
    .option('--json', 'print JSON')
    .action((flags: { json?: boolean }) => {
      const rows = Object.values(corpora).map(({ name, title, synthetic, size }) => ({
        name,
        title,
        synthetic,
        size,
      }));
      if (flags.json) printJson(rows);
      else {
        for (const { name, title, size } of rows)
          print(`${name}  ${title}  (${size.train} + ${size.test} examples)`);
      }
    });
  command
    .command('info')
    .description('modalities, sizes, and the architectures and settings that fit')
    .argument('<corpus>')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ mmx data info mnist-halves')
    .action((name: string, flags: { json?: boolean }) => {
      const { title, synthetic, modalities, classes, size } = corpusNamed(name);
      const names: [string, string] = [modalities[0].name, modalities[1].name];
      const architectures = architecturesOf(names).map((one) => one.name);
      const settings = settingsOf(names).map((one) => one.name);
      if (flags.json) {
        printJson({ name, title, synthetic, modalities, classes, size, architectures, settings });
        return;
      }
      print(`${name}: ${title}${synthetic ? ' (synthetic)' : ''}`);
      print(`modalities     ${modalities.map((one) => `${one.name} (${one.dimensions} inputs)`).join(', ')}`);
      print(`classes        ${classes.join(' ')}`);
      print(`examples       ${size.train} training, ${size.test} test`);
      print(`architectures  ${architectures.join(', ')}`);
      print(`settings       ${settings.join(', ')}`);
    });
  return command;
}
