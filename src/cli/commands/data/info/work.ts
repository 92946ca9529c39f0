import { architecturesOf, unusable } from '../../../../architectures/index.js';
import { corpusNamed, isEmbedded } from '../../../../corpora/registry.js';
import { settingsOf, unseenIn } from '../../../../evaluation/settings.js';
import { print, printJson } from '../../../output.js';
import type { InfoFlags } from './command.js';

/** The work of `mmx data info`. */
export function describeCorpus(name: string, flags: InfoFlags): void {
  const corpus = corpusNamed(name);
  const { title, synthetic, classes, has } = corpus;
  const modalities = corpus.modalities.filter((one) => has.includes(one.name));
  const names = corpus.modalities.map((one) => one.name);
  const shown = settingsOf(names).filter((setting) => unseenIn(has, setting) === undefined);
  const settings = shown.map((one) => one.name);
  // Of three modalities or more, what learns from two of them fits lists alone.
  const ofPairs = has.flatMap((a) => has.filter((b) => b !== a).flatMap((b) => settingsOf([a, b])));
  const architectures = architecturesOf(names)
    .filter((one) => [...shown, ...ofPairs].some((setting) => unusable(one, setting) === undefined))
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
  if (has.length > 1) print(`               ${lists(has)}, and any other lists`);
  if (!isEmbedded(corpus))
    print(`your copy      --data ${name}=DIR, checked by: mmx data check ${name} --data ${name}=DIR`);
}

/** An example of a setting that is no name. */
const lists = (modalities: readonly string[]): string =>
  `{learn: [${modalities.join(', ')}], train: [${modalities.join(', ')}], test: [${modalities[0]}]}`;
