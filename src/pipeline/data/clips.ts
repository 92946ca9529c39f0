import type { ClipEntry, KeptApart } from '../../corpora/clip.js';
import { corpusNamed } from '../../corpora/registry.js';
import { defaultFrontEnd, type FrontEndOptions } from '../../frontend/index.js';
import type { ClipSource, StageFrontEnd } from './parameters.js';
import { spread } from './spread.js';

/** The front end a config asks for; what it does not name is as in `defaultFrontEnd`. */
export function frontEndOptions({ audio, features, video, stride }: StageFrontEnd): FrontEndOptions {
  return {
    audio: {
      spectrogram: {
        ...defaultFrontEnd.audio.spectrogram,
        scale: audio.scale === 'log' ? 'log' : 'power',
        floor: audio.floor,
        exponent: audio.scale === 'magnitude' ? 1 : audio.exponent,
        shape: audio.window,
        preEmphasis: audio.pre_emphasis,
        mel: audio.mel === 'none' ? null : { ...audio.mel, cepstra: audio.mel.cepstra || null },
      },
      ...framesOf(audio),
    },
    features: framesOf(features),
    video: { ...framesOf(video), maximumFitted: defaultFrontEnd.video.maximumFitted },
    stride,
  };
}

/** What the front ends of all modalities have. */
function framesOf<Normalisation>({
  derivatives: { order, half_window: halfWindow },
  normalise: normalisation,
  dimensions,
  epsilon,
  frames,
}: {
  readonly derivatives: { readonly order: 0 | 1 | 2; readonly half_window: number };
  readonly normalise: Normalisation;
  readonly dimensions: number | 'all';
  readonly epsilon: number;
  readonly frames: number;
}) {
  const derivatives = { ...defaultFrontEnd.audio.derivatives, order, halfWindow };
  return { derivatives, normalisation, whitening: { dimensions, epsilon }, frames };
}

export interface OpenedSource {
  readonly train: readonly ClipEntry[];
  readonly test: readonly ClipEntry[];
  /** Clips of each that were chosen and cannot be used. No others take their places: which are chosen must not depend on it. */
  readonly unusable: { readonly train: number; readonly test: number };
  /** What the parts keep apart, and cross-validation with them; null where they share speakers and repetitions. */
  readonly keepsApart: KeptApart | null;
}

/** The clips of a corpus, by part, as many of each as are asked for. */
export function openSource(
  { name, preset, seed, scale, train }: ClipSource,
  test: number | null,
  local: Readonly<Record<string, string>>,
): OpenedSource {
  const corpus = corpusNamed(name);
  if (corpus.kind !== 'clips') throw new Error(`${name} is no corpus of clips`);
  const { entries } = corpus.open({
    data: local[name],
    preset: preset ?? undefined,
    seed: seed ?? undefined,
    scale: scale ?? undefined,
  });
  return partsOf(entries, train, test, corpus.keepsApart);
}

/**
 * @param train clips used of the training part, evenly spread; null for all
 * @param published what the split keeps apart by definition; the clips say where it is absent
 */
export function partsOf(
  entries: readonly ClipEntry[],
  train: number | null,
  test: number | null,
  published?: KeptApart,
): OpenedSource {
  const of = (part: ClipEntry['part']): readonly ClipEntry[] =>
    entries.filter((entry) => entry.part === part);
  const [training, testing] = [of('train'), of('test')];
  const chosen = { train: spread(training, train), test: spread(testing, test) };
  const usable = (clips: readonly ClipEntry[]): readonly ClipEntry[] =>
    clips.filter((clip) => clip.isUsable?.() ?? true);
  const kept = { train: usable(chosen.train), test: usable(chosen.test) };
  return {
    ...kept,
    unusable: {
      train: chosen.train.length - kept.train.length,
      test: chosen.test.length - kept.test.length,
    },
    keepsApart: published ?? keptApart(training, testing),
  };
}

/** Speakers first: where a new speaker is tested, a new repetition is none of a speaker known. */
function keptApart(training: readonly ClipEntry[], testing: readonly ClipEntry[]): KeptApart | null {
  const isDisjoint = <Value>(of: (entry: ClipEntry) => Value): boolean => {
    const known = new Set(training.map(of));
    return !testing.some((entry) => known.has(of(entry)));
  };
  if (isDisjoint(({ speaker }) => speaker)) return 'speakers';
  const isCounted = [...training, ...testing].every(({ repetition }) => repetition !== null);
  return isCounted && isDisjoint(({ repetition }) => repetition) ? 'repetitions' : null;
}
