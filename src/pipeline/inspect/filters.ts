import { modalityKind } from '../../corpora/listed.js';
import { MOUTH_HEIGHT, MOUTH_WIDTH } from '../../corpora/mouth-crop.js';
import { corpusNamed } from '../../corpora/registry.js';
import type { FittedFrontEnd, FrontEndOptions } from '../../frontend/index.js';
import { audioDimensions, videoDimensions } from '../../frontend/index.js';
import { type Matrix, matrix, sliceRows } from '../../matrix.js';
import { frontEndOptions } from '../data/clips.js';
import { frontEndOf } from '../data/front-end.js';
import { matrixOf } from '../graph/read-artifact.js';
import { rowsRole } from '../graph/roles.js';
import { examplesParametersIn, frontEndParametersIn, rbmParametersIn } from '../store/stage-results.js';
import type { ArtifactRecord, ArtifactStore } from '../store/store.js';
import { picturesOf, spectrogramOf } from './back-projection.js';

/** What a unit of a first layer looks for in one modality: values in arbitrary units, zero in the middle. */
export interface FilterPart {
  readonly modality: string;
  /** `spectrogram`: row 0 is the lowest frequency; `picture`: row 0 is the top. */
  readonly kind: 'picture' | 'spectrogram';
  /** Several where the unit sees several frames. */
  readonly frames: readonly Matrix[];
}

export interface Filter {
  /** Column of the weights. */
  readonly unit: number;
  /** Euclidean norm of the unit's weights, as learnt: before the whitening is undone. */
  readonly norm: number;
  /** One a modality that the layer sees. */
  readonly parts: readonly FilterPart[];
}

/** The units of a first layer with the largest weights, largest first. */
export interface Filters {
  readonly units: readonly Filter[];
  /** Units of the layer. */
  readonly hidden: number;
}

/** Why the units of a stored layer cannot be shown as pictures, as the end of a sentence. */
export interface Undrawable {
  readonly reason: string;
}

/** Whether an `rbm` stage is a first layer: it sees the data and not the posteriors of other layers. */
export const isFirstLayer = (store: ArtifactStore, hash: string): boolean =>
  rbmParametersIn(store, hash).visible.of === 'modalities';

/**
 * The weights of a stored first-layer RBM as pictures: those of a corpus of pictures as they are, those of sound and
 * pictures over time back through the whitening, without derivatives.
 *
 * @param count units shown at most
 * @throws MmxError `store/*` when an artifact is damaged
 */
export function firstLayerFilters(store: ArtifactStore, hash: string, count: number): Filters | Undrawable {
  const { corpus, visible } = rbmParametersIn(store, hash);
  const views =
    'frames' in corpus
      ? clipViews(store, store.record(hash), corpus.frames)
      : 'listed' in corpus
        ? listedViews(store, store.record(hash), visible.modalities)
        : exampleViews(corpus.name);
  if (!(views instanceof Map)) return views;
  const seen = visible.modalities.flatMap((modality) => views.get(modality) ?? []);
  if (seen.length < visible.modalities.length) {
    const blind = visible.modalities.filter((modality) => !views.has(modality));
    return {
      reason: `its ${blind.join(' and ')} ${blind.length === 1 ? 'is' : 'are'} no picture of anything`,
    };
  }
  const weights = matrixOf(store.load(hash), 'weights');
  if (seen.reduce((sum, { inputs }) => sum + inputs, 0) !== weights.rows) {
    return { reason: `it takes ${weights.rows} numbers, which are not the windows of its front end` };
  }
  const chosen = norms(weights)
    .map((norm, unit) => ({ norm, unit }))
    .sort((a, b) => b.norm - a.norm || a.unit - b.unit)
    .slice(0, count);
  const units = chosen.map(({ unit, norm }): Filter => {
    let from = 0;
    const parts = seen.map(({ inputs, draw }) => {
      const own = matrix(1, inputs);
      for (let i = 0; i < inputs; i++)
        own.data[i] = weights.data[(from + i) * weights.columns + unit] as number;
      from += inputs;
      return draw(own);
    });
    return { unit, norm, parts };
  });
  const canBeDrawn = ({ parts }: Filter): boolean =>
    parts.every(({ frames }) => frames.every(({ data }) => data.every(Number.isFinite)));
  if (!units.every(canBeDrawn)) return { reason: 'its filters are not finite numbers' };
  return { units, hidden: weights.columns };
}

/** How many visible units a modality has, and what weights to them (1 × inputs) look like. */
interface View {
  readonly inputs: number;
  readonly draw: (weights: Matrix) => FilterPart;
}

type Views = Map<string, View>;

function exampleViews(name: string): Views | Undrawable {
  const corpus = corpusNamed(name);
  if (corpus.kind !== 'examples') return { reason: `${name} is a corpus of clips now` };
  const views: Views = new Map();
  for (const [modality, shape] of Object.entries(corpus.shapes ?? {})) addPicture(views, modality, shape);
  return views;
}

/** Pictures are what is in [0, 1] and has a height and a width. */
function listedViews(
  store: ArtifactStore,
  { inputs }: ArtifactRecord,
  modalities: readonly string[],
): Views | Undrawable {
  const views: Views = new Map();
  for (const modality of modalities) {
    const hash = inputs[rowsRole(modality)];
    if (hash === undefined || !store.has(hash)) {
      return { reason: `the rows of ${modality} that it was trained on are no longer stored` };
    }
    const { kind: name, options } = examplesParametersIn(store, hash);
    const kind = modalityKind(name);
    if (kind === undefined || !kind.options.safeParse(options).success) {
      return { reason: `its ${modality} was read in a way that this version of mmx does not support` };
    }
    const { range, shape } = kind.reader(options);
    if (range === 'unit') addPicture(views, modality, shape);
  }
  return views;
}

/** @param shape of its rows: a picture has [height, width, 1] */
function addPicture(
  views: Views,
  modality: string,
  [height = 0, width = 0, channels]: readonly number[],
): void {
  if (channels !== 1) return;
  views.set(modality, {
    inputs: height * width,
    draw: ({ data }) => ({ modality, kind: 'picture', frames: [matrix(height, width, data)] }),
  });
}

function clipViews(
  store: ArtifactStore,
  { inputs }: ArtifactRecord,
  [role = '']: readonly string[],
): Views | Undrawable {
  const frames = inputs[role];
  const lost = { reason: 'the front end it was trained behind is no longer stored' };
  if (frames === undefined || !store.has(frames)) return lost;
  const hash = store.record(frames).inputs.front_end;
  if (hash === undefined || !store.has(hash)) return lost;
  const { sound, frontEnd } = frontEndParametersIn(store, hash);
  const fitted = frontEndOf(store.load(hash));
  const options = frontEndOptions(frontEnd);
  const views: Views = new Map();
  if (sound === 'waveform' && fitted.audio) views.set('audio', soundView(fitted, options));
  const isMouth = fitted.video?.components.columns === MOUTH_HEIGHT * MOUTH_WIDTH;
  if (isMouth) views.set('video', mouthView(fitted, options));
  return views;
}

const soundView = (fitted: FittedFrontEnd, options: FrontEndOptions): View => ({
  inputs: audioDimensions(options, 'waveform'),
  draw: (weights) => ({
    modality: 'audio',
    kind: 'spectrogram',
    frames: [spectrogramOf(weights, fitted.audio, options)],
  }),
});

const mouthView = (fitted: FittedFrontEnd, options: FrontEndOptions): View => ({
  inputs: videoDimensions(options, MOUTH_HEIGHT * MOUTH_WIDTH),
  draw(weights) {
    const all = picturesOf(weights, fitted.video, options);
    const frames = Array.from({ length: all.rows }, (_, frame) =>
      matrix(MOUTH_HEIGHT, MOUTH_WIDTH, sliceRows(all, frame, frame + 1).data),
    );
    return { modality: 'video', kind: 'picture', frames };
  },
});

/** Of each column. */
function norms({ rows, columns, data }: Matrix): readonly number[] {
  const squares = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      (squares[column] as number) += (data[row * columns + column] as number) ** 2;
    }
  }
  return [...squares].map(Math.sqrt);
}
