import { cremaD, ravdess } from './acted-emotions.js';
import { avMnist } from './av-mnist.js';
import { avletters } from './avletters.js';
import { avletters2 } from './avletters2.js';
import { clipsOfRecordings, clipsOfTalkingMouth } from './clip-corpora.js';
import type {
  Corpus,
  CorpusData,
  CorpusOptions,
  ExampleCorpus,
  InputSections,
  ListedCorpus,
} from './corpus.js';
import { cuave } from './cuave.js';
import { examples } from './examples.js';
import { fsdd } from './fsdd.js';
import { gridDigits, gridLetters } from './grid.js';
import { withHeldOut } from './held-out.js';
import { manifest } from './manifest.js';
import { meld } from './meld.js';
import { mnistFsdd } from './mnist-fsdd.js';
import { mnistHalves, mnistQuarters } from './mnist-parts.js';
import { embeddedCorpora, unknownCorpus } from './names.js';
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

const exampleCorpora: readonly ExampleCorpus[] = [mnistHalves, mnistQuarters, mnistFsdd];

/** Corpora whose examples are read one by one from the user's copy. */
const listedCorpora: readonly ListedCorpus[] = [meld, avMnist, ravdess, cremaD, examples];

/** Every corpus mmx knows, by name. */
export const corpora: Readonly<Record<string, Corpus>> = Object.fromEntries(
  [...exampleCorpora, clipsOfTalkingMouth, ...recordedCorpora.map(clipsOfRecordings), ...listedCorpora].map(
    (corpus) => [corpus.name, corpus],
  ),
);

/** What looks over the user's copy of a corpus, by the names of the corpora that need one. */
export const copyChecks: Readonly<Record<string, (directory: string) => CorpusCheck>> = Object.fromEntries([
  ...exampleCorpora.flatMap(({ name, check }) => (check === undefined ? [] : [[name, check] as const])),
  ...[...recordedCorpora, ...listedCorpora].map(
    ({ name, check }) => [name, (directory: string) => check(directory)] as const,
  ),
]);

/** Looks over the user's copy of a corpus that is not embedded, its modalities read as they are asked for. */
export function lookOver(corpus: Corpus, directory: string, preset?: string): CorpusCheck {
  if (corpus.kind === 'listed') return corpus.check(directory, preset);
  const check = Object.hasOwn(copyChecks, corpus.name) ? copyChecks[corpus.name] : undefined;
  if (check) return check(directory);
  throw new Error(`there is no copy of ${corpus.name}`);
}

/** @throws MmxError `corpora/unknown` naming the one that is near, or all of them */
export function corpusNamed(name: string): Corpus {
  const corpus = Object.hasOwn(corpora, name) ? corpora[name] : undefined;
  if (corpus) return corpus;
  throw unknownCorpus(name);
}

/** The corpus that a config asks for, its modalities read as `inputs` says. Throws as {@link corpusNamed} does. */
export function corpusAsked({
  name,
  inputs = {},
}: {
  readonly name: string;
  readonly inputs?: InputSections | undefined;
}): Corpus {
  const corpus = corpusNamed(name);
  return corpus.kind === 'listed' ? corpus.withInputs(inputs) : corpus;
}

/** Whether mmx needs no copy of it from the user. */
export const isEmbedded = ({ name }: Pick<Corpus, 'name'>): boolean => embeddedCorpora.includes(name);

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
