import * as tf from '@tensorflow/tfjs-core';
import type { FeaturesConfig } from '../config/schema.js';
import { concatColumns, type Matrix } from '../matrix.js';
import type { Autoencoder } from './autoencoder.js';
import { type CcaModel, projectCca } from './cca.js';
import { mapRows, type Present, withZeros } from './present.js';
import type { Rbm } from './rbm.js';

/** Turns the modalities that are present into one row of features an example. */
export type FeatureExtractor = (present: Present) => Matrix;

type FeatureKind = FeaturesConfig['joint'];

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

/** A bimodal DBN: the RBM of each modality, in order, and the one on their posteriors. */
export interface Dbn {
  readonly first: ReadonlyMap<string, Rbm>;
  readonly joint: Rbm;
}

/**
 * What the joint layer of a bimodal DBN sees. An absent modality is zero at its input, as in the paper's control,
 * or `inferred`: from that start, mean-field between the joint layer and the absent modality's layer, with the
 * present modality held.
 *
 * @param present modalities that are shown
 * @returns from the inputs of all modalities, [batch, visible] each and zero where absent, to the posteriors of the first
 * layers side by side
 */
export function belowJoint(
  { first, joint }: Dbn,
  absent: AbsentModality,
  present: ReadonlySet<string>,
): (inputs: readonly tf.Tensor2D[]) => tf.Tensor2D {
  const layers = [...first].map(([modality, rbm]) => ({
    rbm,
    isInferred: absent === 'inferred' && !present.has(modality),
  }));
  const widths = layers.map(({ rbm }) => rbm.shape.hidden);
  const rounds = layers.some(({ isInferred }) => isInferred) ? MEAN_FIELD_ROUNDS : 0;
  return (inputs) => {
    let posteriors = layers.map(({ rbm }, i) => rbm.posterior(inputs[i] as tf.Tensor2D));
    for (let round = 0; round < rounds; round++) {
      const down = tf.split(joint.reconstruction(joint.posterior(tf.concat(posteriors, 1))), widths, 1);
      posteriors = posteriors.map((held, i) => (layers[i]?.isInferred ? (down[i] as tf.Tensor2D) : held));
    }
    return tf.concat(posteriors, 1);
  };
}

/** Posteriors of the joint layer of a bimodal DBN. @param absent as of {@link belowJoint} */
export function dbnExtractor(
  first: ReadonlyMap<string, Rbm>,
  joint: Rbm,
  kind: FeatureKind,
  absent: AbsentModality,
): FeatureExtractor {
  const layers = [...first].map(([modality, rbm]) => ({ modality, visible: rbm.shape.visible }));
  return (present) => {
    const below = belowJoint({ first, joint }, absent, new Set(Object.keys(present)));
    return mapRows(withZeros(present, layers), (inputs) => hiddenLayer(joint, below(inputs), kind));
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
