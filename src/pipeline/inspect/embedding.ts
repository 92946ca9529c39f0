import { unusable } from '../../architectures/index.js';
import { MmxError } from '../../errors.js';
import { principalSubspace } from '../../frontend/principal-subspace.js';
import { concatRows, type Matrix, matrix, sliceRows } from '../../matrix.js';
import type { FeatureExtractor } from '../../models/feature-extractors.js';
import { type PartRows, presentOf, rowsOf } from '../data/rows.js';
import type { ResolvedExperiment } from '../plan/experiment.js';
import type { PreparedRun } from '../plan/prepare.js';
import { featuresOf } from '../readouts/features.js';
import { extractorOf } from '../stages/extractor.js';
import type { ArtifactStore } from '../store/store.js';
import { firstOfEachClass, type InspectedModel, loadInspected, testedRows } from './tested-rows.js';
import { umapPlane } from './umap-plane.js';

/** How features are laid out in a plane: by their first two principal components, or by UMAP. */
export type EmbeddingMethod = 'pca' | 'umap';

/** Test examples in a plane, by the features of a model. */
export interface Embedding {
  readonly method: EmbeddingMethod;
  /** One where there is one way of showing examples, else a second one with each way about its own mean. */
  readonly panels: readonly EmbeddingPanel[];
  /** Ways of showing examples to the model. */
  readonly ways: readonly (readonly string[])[];
  readonly part: 'train' | 'test';
  /** Examples, each of which is a point for each way. */
  readonly examples: number;
}

export interface EmbeddingPanel {
  readonly centred: boolean;
  /** Way by way, and within one class by class. */
  readonly points: readonly EmbeddedPoint[];
  /** Shares of the variance along the two axes; of principal components only. */
  readonly explained?: readonly [number, number];
}

export interface EmbeddedPoint {
  readonly x: number;
  readonly y: number;
  /** Index of the class. */
  readonly label: number;
  /** Index of the way. */
  readonly way: number;
}

/** Points of each way at most, the same number of each class. */
const mostExamples = 400;
/** Clips whose windows are held at once. */
const clipsAtOnce = 20;

/** Why the features of an experiment cannot be laid out, as the end of a sentence; undefined when they can. */
export function noEmbedding({ architecture, experiment }: ResolvedExperiment): string | undefined {
  if (architecture.kind.supervised && experiment.evaluation.protocol === 'train-folds') {
    return `'${architecture.name}' is trained fold by fold, and its folds have no features in common`;
  }
  return undefined;
}

/**
 * The ways of showing examples whose features can be laid out in one space: each modality alone where a classifier trained on
 * one could be tested on another, else as the setting tests.
 */
export function waysInOneSpace({
  architecture,
  setting,
}: ResolvedExperiment): readonly (readonly string[])[] {
  const learnt = setting.featureLearning;
  const encoded = architecture.encodes.filter((modality) => learnt.includes(modality));
  if (encoded.length === 1) return [encoded];
  const fits = (from: string, to: string): boolean =>
    unusable(architecture, {
      name: `shared-${from}-to-${to}`,
      featureLearning: learnt,
      supervisedTraining: [from],
      testing: [to],
    }) === undefined;
  const share = encoded.every((from) => encoded.every((to) => from === to || fits(from, to)));
  return share ? encoded.map((modality) => [modality]) : [setting.testing];
}

/**
 * The features of test examples, the first of each class, in a plane. Of clips, features are averaged over the whole clip.
 *
 * @param method UMAP draws from the seed of the model
 * @throws MmxError `store/*` for an artifact that is not stored; `figure/*` when there is nothing to lay out
 */
export async function embeddingOf(
  resolved: ResolvedExperiment,
  model: InspectedModel,
  { identity, local }: Pick<PreparedRun, 'identity' | 'local'>,
  store: ArtifactStore,
  method: EmbeddingMethod = 'pca',
): Promise<Embedding> {
  const { classes, architecture } = resolved;
  const inputs = loadInspected(model, identity, store);
  const part = await testedRows(model, inputs, local);
  const perClass = Math.max(1, Math.floor(mostExamples / Math.max(1, classes.length)));
  const chosen = firstOfEachClass(part.labels, classes.length, perClass).flatMap((examples, label) =>
    examples.map((example) => ({ example, label })),
  );
  if (chosen.length < 2) {
    throw new MmxError('figure/too-few', `there are ${chosen.length} labelled examples to lay out`, {
      exitCode: 2,
    });
  }
  const ways = waysInOneSpace(resolved);
  const { readout: _, ...parameters } = model.parameters;
  const bare = { ...parameters, features: { ...parameters.features, beside: [] } };
  const { extract, dispose } = extractorOf(bare, inputs);
  let features: readonly Matrix[];
  try {
    const examples = chosen.map(({ example }) => example);
    features = ways.map((shown) => featuresOfExamples(part, examples, shown, extract));
  } finally {
    dispose();
  }
  if (!features.every(({ data }) => data.every(Number.isFinite))) {
    throw new MmxError(
      'figure/not-finite',
      `the features of '${architecture.name}' contain values that are not finite: the model diverged`,
    );
  }
  const labels = ways.flatMap(() => chosen.map(({ label }) => label));
  const panelOf = async (own: readonly Matrix[], centred: boolean): Promise<EmbeddingPanel> => {
    const rows = concatRows([...own]);
    const { places, explained } =
      method === 'umap'
        ? { places: await umapPlane(rows, model.parameters.seed), explained: undefined }
        : principalPlane(rows);
    const points = labels.map((label, i) => ({
      x: places[2 * i] ?? 0,
      y: places[2 * i + 1] ?? 0,
      label,
      way: Math.floor(i / chosen.length),
    }));
    return { centred, points, ...(explained ? { explained } : {}) };
  };
  return {
    method,
    panels: [
      await panelOf(features, false),
      ...(ways.length > 1 ? [await panelOf(features.map(aboutItsMean), true)] : []),
    ],
    ways,
    part: model.part,
    examples: chosen.length,
  };
}

/** Features of some examples; of clips their mean over the clip. */
function featuresOfExamples(
  part: PartRows,
  examples: readonly number[],
  shown: readonly string[],
  extract: FeatureExtractor,
): Matrix {
  const present = Object.entries(presentOf(part, shown));
  const rowsOfExample = (example: number): readonly [number, number] =>
    part.clips ? [part.clips[example] ?? 0, part.clips[example + 1] ?? 0] : [example, example + 1];
  const made: Matrix[] = [];
  for (let from = 0; from < examples.length; from += clipsAtOnce) {
    const some = examples.slice(from, from + clipsAtOnce).map(rowsOfExample);
    const offsets = [0];
    for (const [first, last] of some) offsets.push((offsets.at(-1) ?? 0) + last - first);
    const piece: PartRows = {
      count: offsets.at(-1) ?? 0,
      inputs: Object.fromEntries(
        present.map(([modality, rows]) => [
          modality,
          concatRows(some.map(([first, last]) => rowsOf(rows, first, last))),
        ]),
      ),
      labels: new Int32Array(some.length),
      ...(part.clips ? { clips: Int32Array.from(offsets) } : {}),
    };
    made.push(featuresOf(piece, shown, extract, [1]));
  }
  return concatRows(made);
}

/** Each column less its mean. */
function aboutItsMean(features: Matrix): Matrix {
  const { rows, columns, data } = features;
  const means = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) {
    means[i % columns] = (means[i % columns] as number) + (data[i] as number) / rows;
  }
  return matrix(
    rows,
    columns,
    data.map((value, i) => value - (means[i % columns] as number)),
  );
}

/**
 * Rows in the plane of their first two principal components. Of either direction of an axis, the one in which its largest
 * weight is positive.
 *
 * @returns places, x and y of each row
 */
export function principalPlane(rows: Matrix): {
  readonly places: Float64Array;
  readonly explained: readonly [number, number];
} {
  const { columns, data } = rows;
  const k = Math.min(2, columns);
  const { mean, vectors, values, total } = principalSubspace(
    { rows: rows.rows, columns, readRows: (from, to) => sliceRows(rows, from, to) },
    k,
  );
  const places = new Float64Array(2 * rows.rows);
  for (let axis = 0; axis < k; axis++) {
    const vector = vectors.subarray(axis * columns, (axis + 1) * columns);
    const strongest = vector.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
    const sign = strongest < 0 ? -1 : 1;
    for (let row = 0; row < rows.rows; row++) {
      let sum = 0;
      for (let i = 0; i < columns; i++) {
        sum += ((data[row * columns + i] as number) - (mean[i] as number)) * (vector[i] as number);
      }
      places[2 * row + axis] = sign * sum;
    }
  }
  const share = (axis: number): number => (total > 0 ? (values[axis] ?? 0) / total : 0);
  return { places, explained: [share(0), share(1)] };
}
