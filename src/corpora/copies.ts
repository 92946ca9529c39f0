import { MmxError } from '../errors.js';

/** Copies of recordings that several corpora are read from: they cut other clips out of them, or pair them with others. */
const sharedCopies: Readonly<Record<string, readonly string[]>> = {
  fsdd: ['fsdd', 'mnist-fsdd'],
  grid: ['grid-digits', 'grid-letters'],
};

/** Name of the copy that a corpus is read from, and of the card in `datasets/` that describes it: its own, unless it shares one. */
export function copyOfCorpus(corpus: string): string {
  const shared = Object.entries(sharedCopies).find(([, corpora]) => corpora.includes(corpus));
  return shared === undefined ? corpus : shared[0];
}

/** The corpora that are read from the copy of a name: those that share it, or the corpus of that name. */
export function corporaOfCopy(copy: string): readonly string[] {
  return Object.hasOwn(sharedCopies, copy) ? (sharedCopies[copy] ?? []) : [copy];
}

/** Names of copies that several corpora are read from. */
export const copyNames = (): readonly string[] => Object.keys(sharedCopies);

/** What is wrong where a corpus needs a copy and none is named. @param how to get one */
export function notEmbedded(name: string, how: string): MmxError {
  return new MmxError(
    'corpora/missing',
    `the corpus ${name} does not come with mmx: name the folder of your copy`,
    { exitCode: 2, hint: `--data ${copyOfCorpus(name)}=DIR (${how})` },
  );
}
