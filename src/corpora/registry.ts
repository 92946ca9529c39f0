import { nearest } from '../edit-distance.js';
import { MmxError } from '../errors.js';
import { avletters } from './avletters.js';
import { avletters2 } from './avletters2.js';
import { clipsOfRecordings, clipsOfTalkingMouth } from './clip-corpora.js';
import type { Corpus, CorpusData, CorpusOptions, ExampleCorpus } from './corpus.js';
import { cuave } from './cuave.js';
import { fsdd } from './fsdd.js';
import { gridDigits, gridLetters } from './grid.js';
import { withHeldOut } from './held-out.js';
import { manifest } from './manifest.js';
import { mnistFsdd } from './mnist-fsdd.js';
import { mnistHalves } from './mnist-halves.js';
import type { CorpusCheck, RecordedCorpus } from './recordings.js';
import { timit } from './timit.js';

/** Corpora of recordings that the user has a copy of. */
export const recordedCorpora: readonly RecordedCorpus[] = [
  avletters,
  avletters2,
  cuave,
  timit,
  gridDigits,
  gridLetters,
  fsdd,
  manifest,
];

const exampleCorpora: readonly ExampleCorpus[] = [mnistHalves, mnistFsdd];

/** Every corpus mmx knows, by name. */
export const corpora: Readonly<Record<string, Corpus>> = Object.fromEntries(
  [...exampleCorpora, clipsOfTalkingMouth, ...recordedCorpora.map(clipsOfRecordings)].map((corpus) => [
    corpus.name,
    corpus,
  ]),
);

/** What looks over the user's copy of a corpus, by the names of the corpora that need one. */
export const copyChecks: Readonly<Record<string, (directory: string) => CorpusCheck>> = Object.fromEntries([
  ...exampleCorpora.flatMap(({ name, check }) => (check === undefined ? [] : [[name, check] as const])),
  ...recordedCorpora.map(({ name, check }) => [name, (directory: string) => check(directory)] as const),
]);

/**
 * @param alsoKnown other names that may have been meant
 * @throws MmxError `corpora/unknown` naming the one that is near, or all of them
 */
export function corpusNamed(name: string, alsoKnown: readonly string[] = []): Corpus {
  const corpus = Object.hasOwn(corpora, name) ? corpora[name] : undefined;
  if (corpus) return corpus;
  const names = [...new Set([...Object.keys(corpora), ...alsoKnown])];
  const near = nearest(name, names);
  throw new MmxError('corpora/unknown', `there is no corpus named '${name}'`, {
    exitCode: 2,
    hint: near ? `did you mean ${near}?` : `known: ${names.join(', ')} (mmx data ls)`,
  });
}

/** Whether mmx needs no copy of it from the user. */
export const isEmbedded = ({ name }: Pick<Corpus, 'name'>): boolean => !Object.hasOwn(copyChecks, name);

let loaded: { readonly key: string; readonly data: CorpusData } | undefined;

/**
 * What `make` gives for a key, made once a process: every stage of a worker reads the same arrays. One corpus is kept at
 * a time: a part can be hundreds of megabytes.
 */
export async function loadedOnce(
  key: string,
  make: () => Promise<CorpusData> | CorpusData,
): Promise<CorpusData> {
  if (loaded?.key === key) return loaded.data;
  loaded = undefined;
  const data = await make();
  loaded = { key, data };
  return data;
}

/** The examples of a corpus that the models see as they are. */
export function loadExamples(corpus: ExampleCorpus, options: CorpusOptions): Promise<CorpusData> {
  const { train, test, heldOut, data } = options;
  return loadedOnce(JSON.stringify([corpus.name, train, test, heldOut, data]), () => {
    const whole = corpus.load(options);
    return heldOut === undefined ? whole : withHeldOut(whole.train, heldOut);
  });
}
