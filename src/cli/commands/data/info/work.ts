import { architecturesOf, unusable } from '../../../../architectures/index.js';
import { corpusNamed, isEmbedded } from '../../../../corpora/registry.js';
import { settingsOf, unseenIn } from '../../../../evaluation/settings.js';
import { labelled, print, printJson } from '../../../output.js';
import { placeText } from '../../../project/lines.js';
import { places } from '../../../project/places.js';
import type { InfoFlags } from './command.js';
import { kindLines, modalityLines, optionLines, readingsOf } from './readings.js';

/** Of modalities that only a config names. */
const settingsByName =
  'fusion, and by modality: classic-NAME, cross-modality-NAME, shared-NAME-to-OTHER, fusion-to-NAME';

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
  const readings = corpus.kind === 'listed' ? readingsOf(corpus) : undefined;
  const size = corpus.kind === 'examples' ? { size: corpus.size, dimensions: corpus.dimensions } : readings;
  if (flags.json) {
    printJson({ name, title, synthetic, modalities, classes, ...size, architectures, settings });
    return;
  }
  const said = (label: string, lines: readonly string[]): void => print(...labelled(label.padEnd(15), lines));
  print(`${name}: ${title}${synthetic ? ' (synthetic)' : ''}`);
  if (readings?.kinds) {
    said('modalities', [
      'those that a config names (corpus.inputs), of these kinds:',
      ...kindLines(readings.kinds),
    ]);
  } else said('modalities', readings ? modalityLines(readings) : [has.join(', ')]);
  said('classes', [classes.length > 0 ? classes.join(' ') : 'as the copy or the preset has them']);
  if (readings?.presets) said('presets', [readings.presets.join(', ')]);
  const whole = corpus.kind === 'clips' ? undefined : corpus.size;
  if (whole) said('examples', [`${whole.train} training, ${whole.test} test`]);
  said('architectures', [architectures.join(', ')]);
  said('settings', [readings?.kinds ? settingsByName : settings.join(', ')]);
  if (has.length > 1) print(`${' '.repeat(15)}${lists(has)}, and any other lists`);
  if (readings && !readings.kinds) said('options', optionLines(readings));
  const copy = places().data[name];
  if (copy !== undefined) said('your copy', [placeText(copy)]);
  else if (!isEmbedded(corpus))
    said('your copy', [`--data ${name}=DIR, checked by: mmx data check ${name} --data ${name}=DIR`]);
}

/** An example of a setting that is no name. */
const lists = (modalities: readonly string[]): string =>
  `{learn: [${modalities.join(', ')}], train: [${modalities.join(', ')}], test: [${modalities[0]}]}`;
