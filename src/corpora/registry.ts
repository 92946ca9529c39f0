import { MmxError } from '../errors.js';
import { sliceRows } from '../matrix.js';
import type { Corpus, CorpusData, CorpusOptions, Part } from './corpus.js';
import { mnistHalves } from './mnist-halves.js';

/** Every corpus mmx knows, by name. */
export const corpora: Readonly<Record<string, Corpus>> = { [mnistHalves.name]: mnistHalves };

/** @throws MmxError `corpora/unknown` listing the known names */
export function corpusNamed(name: string): Corpus {
  const corpus = Object.hasOwn(corpora, name) ? corpora[name] : undefined;
  if (corpus) return corpus;
  throw new MmxError('corpora/unknown', `there is no corpus named '${name}'`, {
    exitCode: 2,
    hint: `known: ${Object.keys(corpora).join(', ')} (mmx data ls)`,
  });
}

const loaded = new Map<string, CorpusData>();

/** Loads a corpus once a process: every stage of a worker reads the same arrays. */
export function loadCorpus(name: string, options: CorpusOptions): CorpusData {
  const key = JSON.stringify([name, options.train, options.test, options.heldOut, options.data]);
  const known = loaded.get(key);
  if (known) return known;
  const whole = corpusNamed(name).load(options);
  const data = options.heldOut === undefined ? whole : withHeldOut(whole.train, options.heldOut);
  loaded.clear(); // one corpus at a time: a part can be hundreds of megabytes
  loaded.set(key, data);
  return data;
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
