import * as tf from '@tensorflow/tfjs-core';
import type { FeaturesConfig } from '../config/schema.js';
import { concatColumns, type Matrix } from '../matrix.js';
import type { Autoencoder } from './autoencoder.js';
import { type CcaModel, projectCca } from './cca.js';
import type { Rbm } from './rbm.js';

/** Examples of the modalities that a setting shows, by name; all with the same number of rows. */
export type Present = Readonly<Record<string, Matrix>>;

/** Turns the modalities that are present into one row of features an example. */
export type FeatureExtractor = (present: Present) => Matrix;

type FeatureKind = FeaturesConfig['joint'];

/** Rows sent through a model at once: enough for the matrix products, small beside the data. */
const CHUNK_ROWS = 2000;

/** The inputs themselves, side by side (the paper's "preprocessed" baseline). */
export function rawExtractor(order: readonly string[]): FeatureExtractor {
  return (present) => concatColumns(order.flatMap((modality) => present[modality] ?? []));
}

/** Posteriors of one RBM a modality, side by side. */
export function rbmExtractor(rbms: ReadonlyMap<string, Rbm>, kind: FeatureKind): FeatureExtractor {
  return (present) => {
    const shown = [...rbms].flatMap(([modality, rbm]) => {
      const inputs = present[modality];
      return inputs ? [{ inputs, rbm }] : [];
    });
    return mapRows(
      shown.map(({ inputs }) => inputs),
      (chunk) =>
        tf.concat(
          shown.map(({ rbm }, i) => hiddenLayer(rbm, chunk[i] as tf.Tensor2D, kind)),
          1,
        ),
    );
  };
}

/** A modality's RBM, and a second one on its posteriors. */
export interface RbmStack {
  readonly first: Rbm;
  readonly above: Rbm;
}

/** Posteriors of both layers of each modality, side by side. */
export function stackedExtractor(stacks: ReadonlyMap<string, RbmStack>): FeatureExtractor {
  return (present) =>
    concatColumns(
      [...stacks].flatMap(([modality, { first, above }]) => {
        const inputs = present[modality];
        return inputs
          ? mapRows([inputs], ([v]) => {
              const posterior = first.posterior(v as tf.Tensor2D);
              return tf.concat([posterior, above.posterior(posterior)], 1);
            })
          : [];
      }),
    );
}

/** Posteriors of the shallow bimodal RBM; an absent modality is zero. */
export function shallowBimodalExtractor(
  rbm: Rbm,
  branches: readonly { readonly modality: string; readonly visible: number }[],
  kind: FeatureKind,
): FeatureExtractor {
  return (present) =>
    mapRows(withZeros(present, branches), (inputs) => hiddenLayer(rbm, tf.concat(inputs, 1), kind));
}

/** What a bimodal DBN puts in place of a modality it is not shown. */
export type AbsentModality = FeaturesConfig['absent'];

/** Rounds of mean-field inference between the joint layer and the layer of an absent modality. */
const MEAN_FIELD_ROUNDS = 10;

/**
 * Posteriors of the joint layer of a bimodal DBN. An absent modality is zero at its input, as in the paper's control,
 * or `inferred`: from that start, mean-field between the joint layer and the absent modality's layer, with the
 * present modality held.
 */
export function dbnExtractor(
  first: ReadonlyMap<string, Rbm>,
  joint: Rbm,
  kind: FeatureKind,
  absent: AbsentModality,
): FeatureExtractor {
  const layers = [...first].map(([modality, rbm]) => ({ modality, rbm, visible: rbm.shape.visible }));
  const widths = layers.map(({ rbm }) => rbm.shape.hidden);
  return (present) => {
    const isInferred = layers.map(({ modality }) => absent === 'inferred' && present[modality] === undefined);
    const rounds = isInferred.includes(true) ? MEAN_FIELD_ROUNDS : 0;
    return mapRows(withZeros(present, layers), (inputs) => {
      let posteriors = inputs.map((v, i) => (layers[i] as (typeof layers)[number]).rbm.posterior(v));
      for (let round = 0; round < rounds; round++) {
        const down = tf.split(joint.reconstruction(joint.posterior(tf.concat(posteriors, 1))), widths, 1);
        posteriors = posteriors.map((held, i) => (isInferred[i] ? (down[i] as tf.Tensor2D) : held));
      }
      return hiddenLayer(joint, tf.concat(posteriors, 1), kind);
    });
  };
}

/** The features of several extractors beside each other (the paper's concatenated features). */
export function sideBySide(extractors: readonly FeatureExtractor[]): FeatureExtractor {
  const [only] = extractors;
  if (only && extractors.length === 1) return only;
  return (present) => concatColumns(extractors.map((extract) => extract(present)));
}

/** Shared layer of a deep autoencoder; an absent input is zero. */
export function autoencoderExtractor(model: Autoencoder, kind: FeatureKind): FeatureExtractor {
  const activation = kind === 'posterior' ? 'sigmoid' : 'linear';
  return (present) =>
    mapRows(withZeros(present, model.shape.inputs), (inputs) => model.encode(inputs, activation));
}

/** Canonical variates of each present modality, side by side, on top of `lower` (raw inputs or RBM posteriors). */
export function ccaExtractor(
  model: CcaModel,
  sides: Readonly<Record<string, 'x' | 'y'>>,
  lower: FeatureExtractor,
  weighting: number,
): FeatureExtractor {
  return (present) =>
    concatColumns(
      Object.entries(sides).flatMap(([modality, side]) => {
        const inputs = present[modality];
        return inputs ? projectCca(model, side, lower({ [modality]: inputs }), weighting) : [];
      }),
    );
}

function hiddenLayer(rbm: Rbm, v: tf.Tensor2D, kind: FeatureKind): tf.Tensor2D {
  return kind === 'posterior' ? rbm.posterior(v) : rbm.preactivation(v);
}

/** Sends rows through `compute` in chunks. @param compute tensors [rows, columns] of each matrix → [rows, out] */
function mapRows(matrices: readonly Matrix[], compute: (chunk: tf.Tensor2D[]) => tf.Tensor2D): Matrix {
  const rows = matrices[0]?.rows ?? 0;
  let out: Matrix | undefined;
  for (let start = 0; start < rows; start += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, rows - start);
    const result = tf.tidy(() =>
      compute(
        matrices.map(({ data, columns }) =>
          tf.tensor2d(data.subarray(start * columns, (start + count) * columns), [count, columns]),
        ),
      ),
    );
    const columns = result.shape[1];
    out ??= { rows, columns, data: new Float32Array(rows * columns) };
    out.data.set(result.dataSync(), start * columns);
    result.dispose();
  }
  return out ?? { rows: 0, columns: 0, data: new Float32Array(0) };
}

function withZeros(
  present: Present,
  branches: readonly { readonly modality: string; readonly visible: number }[],
): Matrix[] {
  const rows = Object.values(present)[0]?.rows ?? 0;
  return branches.map(
    ({ modality, visible }) =>
      present[modality] ?? { rows, columns: visible, data: new Float32Array(rows * visible) },
  );
}

/** Each row scaled to Euclidean length 1; a row of zeros stays. */
export function toUnitLength({ rows, columns, data }: Matrix): Matrix {
  const scaled = data.slice();
  for (let row = 0; row < rows; row++) {
    const features = scaled.subarray(row * columns, (row + 1) * columns);
    const length = Math.sqrt(features.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) features.set(features.map((value) => value / length));
  }
  return { rows, columns, data: scaled };
}
