import type { Experiment } from '../config/index.js';
import type { Clip } from '../corpora/clip.js';
import type { ClipCorpus, Corpus, ExampleCorpus } from '../corpora/corpus.js';
import { MmxError } from '../errors.js';
import { audioDimensions, videoDimensions } from '../frontend/index.js';
import type { ResolvedExperiment, ResolvedModality } from './experiment.js';
import { frontEndOptions } from './stages/clips.js';

/** What planning must know of a corpus: identity, sizes, and the inputs the models will see. */
export type CorpusSurvey = Pick<
  ResolvedExperiment,
  'fingerprint' | 'modalities' | 'rows' | 'classes' | 'clips'
>;

/**
 * @param data directory of the user's copy
 * @throws MmxError when the corpus is missing or unusable
 */
export function surveyCorpus(corpus: Corpus, experiment: Experiment, data: string | undefined): CorpusSurvey {
  return corpus.kind === 'examples'
    ? surveyExamples(corpus, experiment, data)
    : surveyClips(corpus, experiment, data);
}

function surveyExamples(
  corpus: ExampleCorpus,
  { corpus: asked }: Experiment,
  data: string | undefined,
): CorpusSurvey {
  const { classes, dimensions, modalities, size } = corpus;
  const [a, b] = modalities;
  const resolved = (name: string): ResolvedModality => ({ name, dimensions: dimensions[name] ?? 0 });
  return {
    fingerprint: corpus.fingerprint({ data }),
    modalities: [resolved(a.name), resolved(b.name)],
    rows: {
      train: (asked.train ?? size.train) - (asked.held_out ?? 0),
      test: asked.held_out ?? asked.test ?? size.test,
    },
    classes,
  };
}

/** Windows that a clip of a second or so gives, for estimates. */
const WINDOWS_A_CLIP = 20;

function surveyClips(corpus: ClipCorpus, experiment: Experiment, data: string | undefined): CorpusSurvey {
  const { preset, seed, scale, train, test } = experiment.corpus;
  const { entries, classes, fingerprint } = corpus.open({ data, preset, seed, scale });
  const training = entries.filter(({ part }) => part === 'train');
  const [first] = training;
  if (!first) throw new MmxError('corpora/unusable', `${corpus.name} has no training clips`);
  const options = frontEndOptions(experiment.front_end);
  const [a, b] = corpus.modalities;
  const clip = first.load();
  const resolved = (name: string): ResolvedModality => ({
    name,
    dimensions: dimensionsOf(name, clip, options),
  });
  const clips = (part: 'train' | 'test', limit: number | undefined): number => {
    const available = entries.filter((entry) => entry.part === part).length;
    return WINDOWS_A_CLIP * Math.min(available, limit ?? available);
  };
  return {
    fingerprint: fingerprint(),
    modalities: [resolved(a.name), resolved(b.name)],
    rows: { train: clips('train', train), test: clips('test', test) },
    classes,
    clips: {
      preset: preset ?? null,
      seed: seed ?? null,
      scale: scale ?? null,
      frontEnd: experiment.front_end,
      classes,
    },
  };
}

/** Inputs of one window; 0 for a modality the clips do not have. */
function dimensionsOf(
  name: string,
  { audio, video }: Clip,
  options: ReturnType<typeof frontEndOptions>,
): number {
  if (name === 'video') return video ? videoDimensions(options, video.height * video.width) : 0;
  if (!audio) return 0;
  return audioDimensions(options, audio.kind === 'waveform' ? 'waveform' : audio.values.columns);
}
