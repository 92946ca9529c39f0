import { setImmediate as yieldToEvents } from 'node:timers/promises';
import type { FrontEndConfig } from '../../config/index.js';
import type { ClipEntry } from '../../corpora/clip.js';
import type { CorpusData, Part } from '../../corpora/corpus.js';
import { corpusNamed } from '../../corpora/registry.js';
import {
  defaultFrontEnd,
  type FittedFrontEnd,
  type FrontEndOptions,
  prepareClip,
} from '../../frontend/index.js';
import { concatRows, type Matrix } from '../../matrix.js';
import type { TrainingCorpus, WholeCorpus } from './parameters.js';

/** The front end a config asks for; what it does not name is as in `defaultFrontEnd`. */
export function frontEndOptions({ audio, features, video, stride }: FrontEndConfig): FrontEndOptions {
  return {
    audio: { ...defaultFrontEnd.audio, whitening: { dimensions: audio.dimensions }, frames: audio.frames },
    features: {
      ...defaultFrontEnd.features,
      whitening: { dimensions: features.dimensions },
      frames: features.frames,
    },
    video: { ...defaultFrontEnd.video, whitening: { dimensions: video.dimensions }, frames: video.frames },
    stride,
  };
}

/**
 * The clips of a corpus, by part, as many of each as the corpus parameters keep. Only a score has a test part; it may be
 * as large as the training part.
 */
export function openClips(
  corpus: TrainingCorpus | WholeCorpus,
  local: Readonly<Record<string, string>>,
): { readonly train: readonly ClipEntry[]; readonly test: readonly ClipEntry[] } {
  const source = corpusNamed(corpus.name);
  if (source.kind !== 'clips' || !corpus.clips) throw new Error(`${corpus.name} is no corpus of clips`);
  const { preset, seed, scale } = corpus.clips;
  const { entries } = source.open({
    data: local[corpus.name],
    preset: preset ?? undefined,
    seed: seed ?? undefined,
    scale: scale ?? undefined,
  });
  const kept = (part: ClipEntry['part'], limit: number | null): readonly ClipEntry[] => {
    const of = entries.filter((entry) => entry.part === part);
    // Corpora list their clips word by word or speaker by speaker: the first so many would be of one kind.
    return limit === null || limit >= of.length
      ? of
      : Array.from({ length: limit }, (_, i) => of[Math.floor((i * of.length) / limit)] as ClipEntry);
  };
  return { train: kept('train', corpus.train), test: 'test' in corpus ? kept('test', corpus.test) : [] };
}

/** Windows of all clips of a corpus. */
export async function windowsOf(
  corpus: TrainingCorpus | WholeCorpus,
  fitted: FittedFrontEnd,
  local: Readonly<Record<string, string>>,
): Promise<CorpusData> {
  const { train, test } = openClips(corpus, local);
  if (!corpus.clips) throw new Error(`${corpus.name} is no corpus of clips`);
  const { frontEnd, classes } = corpus.clips;
  const options = frontEndOptions(frontEnd);
  return {
    train: await partOf(train, fitted, options, classes),
    test: await partOf(test, fitted, options, classes),
  };
}

async function partOf(
  entries: readonly ClipEntry[],
  fitted: FittedFrontEnd,
  options: FrontEndOptions,
  classes: readonly string[],
): Promise<Part> {
  const audio: Matrix[] = [];
  const video: Matrix[] = [];
  const clips = new Int32Array(entries.length + 1);
  const speakers = [...new Set(entries.map(({ speaker }) => speaker))];
  for (const [index, entry] of entries.entries()) {
    const windows = prepareClip(entry.load(), fitted, options);
    if (windows.audio) audio.push(windows.audio);
    if (windows.video) video.push(windows.video);
    clips[index + 1] = (clips[index] ?? 0) + windows.times.length;
    if (index % 20 === 0) await yieldToEvents();
  }
  const count = clips[entries.length] ?? 0;
  const whole = (name: string, parts: readonly Matrix[]): Record<string, Matrix> => {
    if (parts.length === 0) return {};
    const matrix = concatRows(parts);
    return matrix.rows === count ? { [name]: matrix } : {};
  };
  return {
    count,
    inputs: { ...whole('audio', audio), ...whole('video', video) },
    clips,
    labels: Int32Array.from(entries, ({ label }) => (label === null ? -1 : classes.indexOf(label))),
    groups: Int32Array.from(entries, ({ speaker }) => speakers.indexOf(speaker)),
  };
}
