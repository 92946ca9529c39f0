import { modalityKind } from '../../corpora/listed.js';
import { corpusNamed } from '../../corpora/registry.js';
import { type Matrix, matrix } from '../../matrix.js';
import { frontEndOptions } from '../data/clips.js';
import { frontEndOf } from '../data/front-end.js';
import { matrixOf } from '../graph/read-artifact.js';
import { rowsRole } from '../graph/roles.js';
import { examplesParametersIn, frontEndParametersIn, rbmParametersIn } from '../store/stage-results.js';
import type { ArtifactRecord, ArtifactStore } from '../store/store.js';
import {
  type DrawnModality,
  type ModalityView,
  type ModalityViews,
  viewOfShape,
  viewsOfClips,
} from './modality-views.js';

export interface Filter {
  /** Column of the weights. */
  readonly unit: number;
  /** Euclidean norm of the unit's weights, as learnt: before the whitening is undone. */
  readonly norm: number;
  /** What it looks for in each modality that the layer sees: values in arbitrary units, zero in the middle. */
  readonly parts: readonly DrawnModality[];
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
  if ('reason' in views) return views;
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

function exampleViews(name: string): ModalityViews | Undrawable {
  const corpus = corpusNamed(name);
  if (corpus.kind !== 'examples') return { reason: `${name} is a corpus of clips now` };
  const views = new Map<string, ModalityView>();
  for (const [modality, shape] of Object.entries(corpus.shapes ?? {})) addView(views, modality, shape);
  return views;
}

/** Pictures are what is in [0, 1] and has a height and a width. */
function listedViews(
  store: ArtifactStore,
  { inputs }: ArtifactRecord,
  modalities: readonly string[],
): ModalityViews | Undrawable {
  const views = new Map<string, ModalityView>();
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
    if (range === 'unit') addView(views, modality, shape);
  }
  return views;
}

function addView(
  views: Map<string, ModalityView>,
  modality: string,
  shape: readonly number[] | undefined,
): void {
  const view = viewOfShape(modality, shape ?? []);
  if (view) views.set(modality, view);
}

function clipViews(
  store: ArtifactStore,
  { inputs }: ArtifactRecord,
  [role = '']: readonly string[],
): ModalityViews | Undrawable {
  const frames = inputs[role];
  const lost = { reason: 'the front end it was trained behind is no longer stored' };
  if (frames === undefined || !store.has(frames)) return lost;
  const hash = store.record(frames).inputs.front_end;
  if (hash === undefined || !store.has(hash)) return lost;
  const { sound, frontEnd } = frontEndParametersIn(store, hash);
  return viewsOfClips(frontEndOf(store.load(hash)), frontEndOptions(frontEnd), sound, { mean: false });
}

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
