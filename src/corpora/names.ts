import { nearest } from '../edit-distance.js';
import { MmxError } from '../errors.js';

/** Names of all corpora: help, completion and `--data` need no more, and the registry loads what reads them. */

/** Corpora that mmx brings. */
export const embeddedCorpora: readonly string[] = ['mnist-halves', 'mnist-quarters', 'talking-mouth'];

/** In the order in which they are listed; a test holds them against the registry. */
export const corpusNames: readonly string[] = [
  'mnist-halves',
  'mnist-quarters',
  'mnist-fsdd',
  'talking-mouth',
  'avletters',
  'avletters2',
  'cuave',
  'timit',
  'grid-digits',
  'grid-letters',
  'fsdd',
  'manifest',
  'meld',
  'av-mnist',
  'ravdess',
  'crema-d',
  'examples',
];

/** Corpora that are made up: nobody has a copy of one. */
export const generatedCorpora: readonly string[] = ['talking-mouth'];

/** What is wrong with a name that no corpus has. @param alsoKnown other names that may have been meant */
export function unknownCorpus(name: string, alsoKnown: readonly string[] = []): MmxError {
  const names = [...new Set([...corpusNames, ...alsoKnown])];
  const near = nearest(name, names);
  return new MmxError('corpora/unknown', `there is no corpus named '${name}'`, {
    exitCode: 2,
    hint: near ? `did you mean ${near}?` : `known: ${names.join(', ')} (mmx data ls)`,
  });
}
