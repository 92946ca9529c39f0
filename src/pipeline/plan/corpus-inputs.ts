import { type Experiment, type UnlabelledCorpus, unitMeasureOf } from '../../config/index.js';
import {
  type ClipEntry,
  type ClipSources,
  clipName,
  type FeatureTrack,
  type FrameTrack,
} from '../../corpora/clip.js';
import type {
  ClipCorpus,
  Corpus,
  ExampleCorpus,
  ListedCorpus,
  OpenedClips,
  OpenedListing,
} from '../../corpora/corpus.js';
import { listedReader } from '../../corpora/listed.js';
import { leaks } from '../../corpora/listed-check.js';
import { MOUTH_HEIGHT, MOUTH_WIDTH } from '../../corpora/mouth-crop.js';
import { corpusNamed, isEmbedded } from '../../corpora/registry.js';
import { repeatedClips } from '../../corpora/repeats.js';
import { MmxError } from '../../errors.js';
import { audioDimensions, videoDimensions } from '../../frontend/index.js';
import type { Json } from '../../json.js';
import { frontEndOptions, partsOf } from '../data/clips.js';
import { examplesOfPart } from '../data/examples.js';
import { heardSound, stageFrontEnd } from '../data/heard-sound.js';
import { isSame, mayRepeat, sourceName, testDataLearnt } from '../data/leak-check.js';
import type { ClipSource } from '../data/parameters.js';
import { WINDOWS_A_CLIP } from '../graph/stage-cost.js';
import type {
  ListedInputs,
  MissingMouths,
  PartCounts,
  PooledSource,
  ResolvedExperiment,
} from './experiment.js';
import { refuseOtherSound } from './pool-sound.js';

/** What planning must know of a corpus: identity, sizes, and the inputs the models will see. */
export type CorpusInputs = Pick<
  ResolvedExperiment,
  'fingerprint' | 'modalities' | 'rows' | 'classes' | 'clips' | 'listed'
>;

/**
 * @param data directories of the user's copies
 * @throws MmxError when the corpus is missing or unusable
 */
export function inputsOfCorpus(corpus: Corpus, experiment: Experiment, data: DataOf): CorpusInputs {
  switch (corpus.kind) {
    case 'examples':
      return inputsOfExamples(corpus, experiment, data(experiment.corpus));
    case 'listed':
      return inputsOfListed(corpus, experiment, data(experiment.corpus));
    case 'clips':
      return inputsOfClips(corpus, experiment, data);
  }
}

/** Directory of the user's copy of a corpus, where there is one. */
export type DataOf = (corpus: {
  readonly name: string;
  readonly data?: string | undefined;
}) => string | undefined;

function inputsOfExamples(
  corpus: ExampleCorpus,
  { corpus: asked }: Experiment,
  data: string | undefined,
): CorpusInputs {
  const { classes, dimensions, modalities, shapes = {}, size } = corpus;
  return {
    fingerprint: corpus.fingerprint({ data }),
    modalities: modalities.map(({ name }) => {
      const shape = shapes[name];
      return { name, dimensions: dimensions[name] ?? 0, ...(shape ? { shape } : {}) };
    }),
    rows: {
      train: (asked.train ?? size.train) - (asked.held_out ?? 0),
      test: asked.held_out ?? asked.test ?? size.test,
    },
    classes,
  };
}

function inputsOfListed(
  corpus: ListedCorpus,
  { corpus: asked }: Experiment,
  data: string | undefined,
): CorpusInputs {
  const opened = corpus.open({ data, preset: asked.preset });
  const [leak] = leaks(corpus, opened.examples);
  if (leak) {
    throw new MmxError(
      'corpora/test-data-learnt',
      `${corpus.name}: ${leak.what} (${leak.examples.slice(0, 3).join(', ')})`,
      { hint: leak.matters },
    );
  }
  const counts = { train: asked.train ?? null, test: asked.test ?? null, heldOut: asked.held_out ?? null };
  const readers = corpus.inputs.map((input) => ({ input, reader: listedReader(corpus, input.name) }));
  return {
    fingerprint: '',
    modalities: readers.map(({ input: { name }, reader: { shape, width, padded, vocabulary } }) => ({
      name,
      dimensions: width,
      shape,
      ...(padded ? { padded } : {}),
      ...(vocabulary === undefined ? {} : { vocabulary }),
    })),
    rows: {
      train: examplesOfPart(opened, 'train', counts).length,
      test: examplesOfPart(opened, 'test', counts).length,
    },
    classes: opened.classes,
    listed: { read: readingsOf(corpus, opened), has: opened.has },
  };
}

/** Files of a modality are read for its fingerprint, so those of one that no stage sees are not. */
function readingsOf({ name: corpus, inputs }: ListedCorpus, opened: OpenedListing): ListedInputs['read'] {
  const known = new Map<string, ReturnType<ListedInputs['read']>>();
  return (modality) => {
    const input = inputs.find(({ name }) => name === modality);
    if (!input) throw new Error(`${corpus} lists no ${modality}`);
    const { kind, options } = input;
    const reading = known.get(modality) ?? {
      kind: kind.kind,
      options: kind.options.parse(options) as Json,
      fingerprint: opened.fingerprint(modality),
    };
    known.set(modality, reading);
    return reading;
  };
}

function inputsOfClips(corpus: ClipCorpus, experiment: Experiment, data: DataOf): CorpusInputs {
  const own = openPooled(corpus, { ...experiment.corpus, optional: false }, data);
  if (!own) throw new Error('a corpus that is not optional is never left out');
  const { clip, opened } = own;
  const sound = clip.audio?.kind ?? null;
  const leftOut: string[] = [];
  const pool = [own];
  for (const asked of experiment.unlabelled) {
    if (isSpared(asked, experiment.corpus, data)) continue;
    const source = corpusNamed(asked.name);
    if (source.kind !== 'clips') throw new Error('findings refuse corpora of plain examples');
    const found = openPooled(source, asked, data);
    if (!found) leftOut.push(asked.name);
    // A list of all corpora may name the evaluated one too, and once more is no more data.
    else if (!pool.some((one) => isListed(one.source, found.source))) pool.push(found);
  }
  const frontEnd = stageFrontEnd(experiment.front_end, sound);
  const ownSound = heardSound(clip, sound, frontEnd);
  const pooled = (one: Opened): PooledSource => {
    const heard = heardSound(one.clip, sound, frontEnd);
    if (heard && ownSound) refuseOtherSound(one.source.name, heard, corpus.name, ownSound);
    return {
      source: one.source,
      clips: one.training.length,
      windows: windowsOf(one.training),
      has: { audio: heard !== null, video: one.clip.video !== null },
      makesMfcc: heard?.kind === 'features' && heard.isMade,
    };
  };
  const labelled = pooled(own);
  const others = pool.slice(1).map(pooled);
  // Sound without pictures, of the other kind: nothing of it fits this pool.
  const useful = others.filter(({ has }) => has.audio || has.video);
  for (const { source } of others.filter((other) => !useful.includes(other))) {
    leftOut.push(`${source.name} (it has sound alone, and not as ${sound ?? 'any'})`);
  }
  const keyOf = ({ source }: PooledSource): string => JSON.stringify(source);
  const sources = [labelled, ...useful].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const parts = partsOf(opened.entries, own.source.train, experiment.corpus.test ?? null);
  if (readsTestPart(experiment)) {
    const isLearnt = (one: Opened): boolean => sources.some(({ source }) => source === one.source);
    for (const one of pool.filter(isLearnt)) refuseRepeated(parts.test, own.source, one);
  }
  const options = frontEndOptions(experiment.front_end);
  return {
    fingerprint: own.source.fingerprint,
    modalities: corpus.modalities.map(({ name }) => {
      const dimensions = dimensionsOf(name, clip, options);
      const { frames } =
        name === 'video' ? options.video : sound === 'features' ? options.features : options.audio;
      return { name, dimensions, ...(dimensions > 0 ? { shape: [frames, dimensions / frames] } : {}) };
    }),
    rows: { train: WINDOWS_A_CLIP * own.training.length, test: WINDOWS_A_CLIP * parts.test.length },
    classes: opened.classes,
    clips: {
      sources,
      labelled,
      sound,
      leftOut,
      missing: [
        ...pool.map((one) => missingMouths(one.source, one.training)),
        missingMouths(own.source, parts.test),
      ].flat(),
      parts: {
        train: countsOf(parts.train, parts.unusable.train),
        test: countsOf(parts.test, parts.unusable.test),
      },
    },
  };
}

const readsTestPart = ({ evaluation, measure }: Experiment): boolean =>
  evaluation.protocol !== 'train-folds' && !unitMeasureOf(measure);

/**
 * Refuses test clips whose files a pooled corpus has among its training clips, before anything is computed. Equal
 * recordings in files that differ are found when they are read.
 */
function refuseRepeated(test: readonly ClipEntry[], own: ClipSource, { source, training }: Opened): void {
  const isOwn = isSame(source, own);
  if (isOwn && mayRepeat(own)) return;
  const repeated = repeatedClips(test, training);
  if (repeated.length === 0) return;
  throw testDataLearnt(
    repeated.map((one) => clipName(one.test)),
    own.name,
    isOwn ? own.name : sourceName(source),
  );
}

function countsOf(clips: readonly ClipEntry[], unusable: number): PartCounts {
  const labelled = clips.filter(({ label }) => label !== null);
  const has = (track: keyof ClipSources) => (clip: ClipEntry) => clip.sources?.[track] !== null;
  const [heard, seen] = [labelled.filter(has('sound')), labelled.filter(has('pictures'))];
  return {
    clips: clips.length,
    unusable,
    labelled: labelled.length,
    classes: new Set(labelled.map(({ label }) => label)).size,
    having: { audio: heard.length, video: seen.length, both: heard.filter(has('pictures')).length },
  };
}

/** Where the mouth is in the pictures of these clips and is not known. */
function missingMouths({ name }: ClipSource, clips: readonly ClipEntry[]): readonly MissingMouths[] {
  const movies = new Map<string, number>();
  let first: MmxError | null = null;
  for (const { missing, sources } of clips) {
    const error = missing?.() ?? null;
    if (error === null) continue;
    first ??= error;
    const { files = [], to = Number.POSITIVE_INFINITY } = sources?.pictures ?? {};
    for (const file of files) movies.set(file, Math.max(to, movies.get(file) ?? 0));
  }
  return first === null ? [] : [{ corpus: name, movies, error: first }];
}

/** Words that are cut out of recordings say how long they are; they may be far shorter than other clips. */
function windowsOf(clips: readonly ClipEntry[]): number {
  return clips.reduce((sum, { sources }) => {
    const { from, to } = sources?.pictures ?? sources?.sound ?? {};
    const seconds = to === undefined ? 1 : to - (from ?? 0);
    return sum + Math.max(1, Math.round(WINDOWS_A_CLIP * seconds));
  }, 0);
}

/** A generated corpus need not stand in where there is a copy of what it stands in for. */
function isSpared(
  { stands_in_for: name }: UnlabelledCorpus,
  own: Experiment['corpus'],
  data: DataOf,
): boolean {
  if (name === undefined) return false;
  return (name === own.name ? data(own) : data({ name })) !== undefined;
}

interface Opened {
  readonly source: ClipSource;
  readonly opened: OpenedClips;
  /** Training clips used. */
  readonly training: readonly ClipEntry[];
  /** What the first of all has. */
  readonly clip: ClipInputs;
}

type Asked = Pick<UnlabelledCorpus, 'name' | 'train' | 'preset' | 'seed' | 'scale' | 'optional'>;

/** Undefined when there is no copy of it and it is optional. */
function openPooled(corpus: ClipCorpus, asked: Asked, data: DataOf): Opened | undefined {
  const { name, preset, seed, scale, train } = asked;
  const directory = data(asked);
  if (asked.optional && directory === undefined && !isEmbedded(corpus)) return undefined;
  const opened = corpus.open({ data: directory, preset, seed, scale });
  const { train: training } = partsOf(opened.entries, train ?? null, null);
  const [first] = training;
  if (!first) throw new MmxError('corpora/unusable', `${corpus.name} has no training clips`);
  const source = {
    name,
    fingerprint: opened.fingerprint(),
    preset: preset ?? null,
    seed: seed ?? null,
    scale: scale ?? null,
    train: train ?? null,
  };
  return {
    source,
    opened,
    training,
    clip: inputsOf(first),
  };
}

/** The parts of a clip that decide what the models see. */
interface ClipInputs {
  readonly audio: { readonly kind: 'waveform' } | Omit<FeatureTrack, 'start'> | null;
  readonly video: Pick<FrameTrack, 'height' | 'width'> | null;
}

/** Of a movie of a face in which no mouth has been found yet, what it will have: plans are made before that, too. */
function inputsOf(clip: ClipEntry): ClipInputs {
  if ((clip.missing?.() ?? null) === null) return clip.load();
  return { audio: { kind: 'waveform' }, video: { height: MOUTH_HEIGHT, width: MOUTH_WIDTH } };
}

/** A generated corpus may be asked for with its first shape named or not. */
function isListed(a: ClipSource, b: ClipSource): boolean {
  return a.fingerprint === b.fingerprint && a.name === b.name;
}

/** Inputs of one window; 0 for a modality the clips do not have. */
function dimensionsOf(
  name: string,
  { audio, video }: ClipInputs,
  options: ReturnType<typeof frontEndOptions>,
): number {
  if (name === 'video') return video ? videoDimensions(options, video.height * video.width) : 0;
  if (!audio) return 0;
  return audioDimensions(options, audio.kind === 'waveform' ? 'waveform' : audio.values.columns);
}
