import type { CorpusData, Part } from '../../corpora/corpus.js';
import { loadCorpus } from '../../corpora/registry.js';
import type { Matrix } from '../../matrix.js';
import type { TrainingCorpus, WholeCorpus } from './parameters.js';

/** The corpus of a stage. @param local where the user's copies lie, by corpus name */
export function corpusOf(
  corpus: TrainingCorpus | WholeCorpus,
  local: Readonly<Record<string, string>>,
): CorpusData {
  const { name, train, heldOut } = corpus;
  const test = 'test' in corpus ? corpus.test : null;
  return loadCorpus(name, {
    train: train ?? undefined,
    test: test ?? undefined,
    heldOut: heldOut ?? undefined,
    data: local[name],
  });
}

export function modalityOf(part: Part, modality: string): Matrix {
  const matrix = part.inputs[modality];
  if (!matrix) throw new Error(`the corpus has no modality ${modality}`);
  return matrix;
}

/** The modalities a setting shows, of one part. */
export function presentOf(part: Part, modalities: readonly string[]): Readonly<Record<string, Matrix>> {
  return Object.fromEntries(modalities.map((modality) => [modality, modalityOf(part, modality)]));
}
