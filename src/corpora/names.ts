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
