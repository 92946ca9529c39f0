import { MmxError } from '../errors.js';
import { sliceRows } from '../matrix.js';
import { avletters } from './avletters.js';
import { avletters2 } from './avletters2.js';
import { clipsOfRecordings, clipsOfTalkingMouth } from './clip-corpora.js';
import type { Corpus, CorpusData, CorpusOptions, ExampleCorpus, Part } from './corpus.js';
import { cuave } from './cuave.js';
import { fsdd } from './fsdd.js';
import { gridDigits, gridLetters } from './grid.js';
import { manifest } from './manifest.js';
import { mnistHalves } from './mnist-halves.js';
import type { RecordedCorpus } from './recordings.js';
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

/** Every corpus mmx knows, by name. */
export const corpora: Readonly<Record<string, Corpus>> = Object.fromEntries(
  [mnistHalves, clipsOfTalkingMouth, ...recordedCorpora.map(clipsOfRecordings)].map((corpus) => [
    corpus.name,
    corpus,
  ]),
);

/** @throws MmxError `corpora/unknown` listing the known names */
export function corpusNamed(name: string): Corpus {
  const corpus = Object.hasOwn(corpora, name) ? corpora[name] : undefined;
  if (corpus) return corpus;
  throw new MmxError('corpora/unknown', `there is no corpus named '${name}'`, {
    exitCode: 2,
    hint: `known: ${Object.keys(corpora).join(', ')} (mmx data ls)`,
  });
}

/** Whether mmx needs no copy of it from the user. */
export const isEmbedded = ({ name }: Pick<Corpus, 'name'>): boolean =>
  !recordedCorpora.some((corpus) => corpus.name === name);

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

function withHeldOut(train: Part, count: number): CorpusData {
  const kept = train.count - count;
  return { train: partOf(train, 0, kept), test: partOf(train, kept, train.count) };
}

function partOf({ inputs, labels, groups }: Part, from: number, to: number): Part {
  return {
    count: to - from,
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([modality, matrix]) => [modality, sliceRows(matrix, from, to)]),
    ),
    labels: labels.subarray(from, to),
    ...(groups ? { groups: groups.subarray(from, to) } : {}),
  };
}
