import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { z } from 'zod';
import type { Clip } from '../../corpora/clip.js';
import type { ClipDigest } from '../../corpora/clip-digest.js';
import { type FittedFrontEnd, fitFrontEnd, type Whitening } from '../../frontend/index.js';
import { defineStage, type StageOutput } from '../graph/define-stage.js';
import { matrixOf, numbersOf, resultOf } from '../graph/read-artifact.js';
import type { Artifact, TensorData } from '../graph/stage.js';
import { list, text } from '../graph/stored-values.js';
import { frontEndOptions, openSource } from './clips.js';
import { loadHeard } from './heard-sound.js';
import type { ClipSource, FrontEndStageParameters } from './parameters.js';

/**
 * Fits the whitening of sound and pictures on the training clips of a pool of corpora, without labels, and notes what
 * each of them was: a test clip that is one of them is refused when its turn comes.
 */
export const frontEndStage = defineStage<FrontEndStageParameters>({
  kind: 'front-end',
  version: 2,
  async run({ sources, sound, frontEnd }, context) {
    await yieldToEvents();
    const learnt: LearntClips[] = sources.map((source) => ({ source, sound: [], pictures: [] }));
    const clips = function* (): Generator<Clip> {
      const opened = sources.map((source) => openSource(source, null, context.local).train);
      const total = opened.reduce((sum, { length }) => sum + length, 0);
      let done = 0;
      for (const [index, entries] of opened.entries()) {
        for (const entry of entries) {
          context.progress({ done: done++, total, unit: 'clips', note: entry.id });
          const { clip, digest } = loadHeard(entry, sound, frontEnd);
          note(learnt[index] as LearntClips, digest);
          yield clip;
        }
      }
    };
    return frontEndArtifact(fitFrontEnd(clips(), frontEndOptions(frontEnd)), learnt);
  },
});

/** Digests of the training clips of one corpus, sorted. */
export interface LearntClips {
  readonly source: ClipSource;
  readonly sound: string[];
  readonly pictures: string[];
}

function note(learnt: LearntClips, { sound, pictures }: ClipDigest): void {
  if (sound !== null) learnt.sound.push(sound);
  if (pictures !== null) learnt.pictures.push(pictures);
}

const modalities = ['audio', 'video'] as const;

function frontEndArtifact(fitted: FittedFrontEnd, learnt: readonly LearntClips[]): StageOutput {
  const tensors: Record<string, TensorData> = {};
  const json: Record<string, object> = {
    learnt: learnt.map(({ source, sound, pictures }) => ({
      source,
      sound: sound.sort(),
      pictures: pictures.sort(),
    })),
  };
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

const source: z.ZodType<ClipSource> = z.object({
  name: text,
  fingerprint: text,
  preset: text.nullable(),
  seed: z.number().nullable(),
  scale: z.number().nullable(),
  train: z.number().nullable(),
});

const learntClips: z.ZodType<{ readonly learnt: readonly LearntClips[] }> = z.object({
  learnt: list(z.object({ source, sound: z.array(text), pictures: z.array(text) })),
});

/** @throws MmxError `store/unsound` when its result does not say */
export const learntClipsOf = (artifact: Artifact): readonly LearntClips[] =>
  resultOf(artifact, learntClips).learnt;

const figures = z.object({ floor: z.number(), explained: z.number(), count: z.number() });
const fittedResult = z.object({ audio: figures.optional(), video: figures.optional() });

/** @throws MmxError `store/unsound` when the parts of a whitening do not fit together */
export function frontEndOf(artifact: Artifact): FittedFrontEnd {
  const result = resultOf(artifact, fittedResult);
  return Object.fromEntries(
    modalities.flatMap((modality): [string, Whitening][] => {
      const known = result[modality];
      if (known === undefined) return [];
      const components = matrixOf(artifact, `${modality}_components`);
      const mean = numbersOf(artifact, `${modality}_mean`, Float32Array, components.columns);
      const eigenvalues = numbersOf(artifact, `${modality}_eigenvalues`, Float64Array, components.rows);
      return [[modality, { ...known, mean, components, eigenvalues }]];
    }),
  );
}
