import type { CorpusData, Part } from '../../corpora/corpus.js';
import { corpusNamed, loadExamples, loadedOnce } from '../../corpora/registry.js';
import { MmxError } from '../../errors.js';
import type { Matrix } from '../../matrix.js';
import type { StageContext } from '../stage.js';
import { inputOf } from './artifacts.js';
import { windowsOf } from './clips.js';
import { frontEndOf } from './front-end.js';
import type { TrainingCorpus, WholeCorpus } from './parameters.js';

/** The examples of a stage's corpus: as they are, or the windows that the fitted front end makes of its clips. */
export async function corpusOf(
  corpus: TrainingCorpus | WholeCorpus,
  { inputs, local }: Pick<StageContext, 'inputs' | 'local'>,
): Promise<CorpusData> {
  const source = corpusNamed(corpus.name);
  if (source.kind === 'clips') {
    return loadedOnce(JSON.stringify(corpus), () =>
      windowsOf(corpus, frontEndOf(inputOf(inputs, 'front_end')), local),
    );
  }
  const { train, heldOut } = corpus;
  const test = 'test' in corpus ? corpus.test : null;
  return loadExamples(source, {
    train: train ?? undefined,
    test: test ?? undefined,
    heldOut: heldOut ?? undefined,
    data: local[corpus.name],
  });
}

export function modalityOf(part: Part, modality: string): Matrix {
  const matrix = part.inputs[modality];
  if (matrix) return matrix;
  throw new MmxError(
    'corpora/modality',
    `some clips of the corpus have no ${modality}, which this experiment needs`,
  );
}

/** The modalities a setting shows, of one part. */
export function presentOf(part: Part, modalities: readonly string[]): Readonly<Record<string, Matrix>> {
  return Object.fromEntries(modalities.map((modality) => [modality, modalityOf(part, modality)]));
}
