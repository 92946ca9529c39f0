import type { Clip, ClipEntry } from '../../corpora/clip.js';
import { type FittedFrontEnd, fitFrontEnd, type Whitening } from '../../frontend/index.js';
import type { Json } from '../../json.js';
import type { Artifact, StageContext, StageImplementation, TensorData } from '../stage.js';
import { frontEndOptions, openClips } from './clips.js';
import type { TrainingCorpus } from './parameters.js';

/** Fits the whitening of sound and pictures on the training clips, without labels. */
export const frontEndStage: StageImplementation = {
  kind: 'front-end',
  version: 1,
  async run(context) {
    const { corpus } = context.parameters as unknown as { corpus: TrainingCorpus };
    if (!corpus.clips) throw new Error('the front end is for corpora of clips');
    const { train } = openClips(corpus, context.local);
    return frontEndArtifact(fitFrontEnd(loading(train, context), frontEndOptions(corpus.clips.frontEnd)));
  },
};

function* loading(entries: readonly ClipEntry[], context: StageContext): Generator<Clip> {
  for (const [done, entry] of entries.entries()) {
    context.progress({ done, total: entries.length, note: entry.id });
    yield entry.load();
  }
}

const modalities = ['audio', 'video'] as const;

function frontEndArtifact(fitted: FittedFrontEnd): Artifact {
  const tensors: Record<string, TensorData> = {};
  const json: Record<string, Json> = {};
  for (const modality of modalities) {
    const whitening = fitted[modality];
    if (!whitening) continue;
    const { mean, components, eigenvalues, floor, explained, count } = whitening;
    tensors[`${modality}_mean`] = { shape: [mean.length], data: mean };
    tensors[`${modality}_components`] = {
      shape: [components.rows, components.columns],
      data: components.data,
    };
    tensors[`${modality}_eigenvalues`] = { shape: [eigenvalues.length], data: eigenvalues };
    json[modality] = { floor, explained, count };
  }
  return { tensors, json };
}

export function frontEndOf(artifact: Artifact): FittedFrontEnd {
  const figures = artifact.json as unknown as Record<
    string,
    Pick<Whitening, 'floor' | 'explained' | 'count'>
  >;
  return Object.fromEntries(
    modalities.flatMap((modality) => {
      const known = figures[modality];
      const mean = artifact.tensors[`${modality}_mean`];
      const components = artifact.tensors[`${modality}_components`];
      const eigenvalues = artifact.tensors[`${modality}_eigenvalues`];
      if (!known || !mean || !components || !eigenvalues) return [];
      const [rows = 0, columns = 0] = components.shape;
      const whitening: Whitening = {
        ...known,
        mean: mean.data as Float32Array,
        components: { rows, columns, data: components.data as Float32Array },
        eigenvalues: eigenvalues.data as Float64Array,
      };
      return [[modality, whitening]];
    }),
  );
}
