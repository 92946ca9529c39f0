import * as tf from '@tensorflow/tfjs-core';
import type { Matrix } from '../matrix.js';
import type { Autoencoder } from './autoencoder.js';
import { type AbsentModality, belowJoint, type Dbn } from './feature-extractors.js';
import type { StackedAutoencoder } from './networks/stacked-autoencoder.js';
import { mapRowsToEach, type Present, withZeros } from './present.js';
import type { Rbm } from './rbm.js';

/**
 * What a model makes of the modalities that it is shown: the inputs that it expects of each modality that it can give
 * back, by name, in the order of the corpus. Rows are those of the examples that are shown.
 */
export type Reconstructor = (present: Present) => Present;

/** Each modality that is shown, from the posteriors of its own RBM. */
export const rbmReconstructor =
  (rbms: ReadonlyMap<string, Rbm>): Reconstructor =>
  (present) => {
    const shown = [...rbms].filter(([modality]) => present[modality] !== undefined);
    const made = mapRowsToEach(
      shown.map(([modality]) => present[modality] as Matrix),
      (chunk) => shown.map(([, rbm], i) => rbm.reconstruction(rbm.posterior(chunk[i] as tf.Tensor2D))),
    );
    return named(
      shown.map(([modality]) => modality),
      made,
    );
  };

/** All modalities from the posteriors of one RBM on all inputs; what is absent is zero at its input. */
export const shallowBimodalReconstructor =
  (rbm: Rbm, branches: readonly { readonly modality: string; readonly visible: number }[]): Reconstructor =>
  (present) => {
    const widths = branches.map(({ visible }) => visible);
    const made = mapRowsToEach(withZeros(present, branches), (inputs) =>
      tf.split(rbm.reconstruction(rbm.posterior(tf.concat(inputs, 1))), widths, 1),
    );
    return named(
      branches.map(({ modality }) => modality),
      made,
    );
  };

/** All modalities, from the joint layer of a bimodal DBN down. @param absent as of {@link belowJoint} */
export const dbnReconstructor =
  (dbn: Dbn, absent: AbsentModality): Reconstructor =>
  (present) => {
    const layers = [...dbn.first].map(([modality, rbm]) => ({ modality, visible: rbm.shape.visible, rbm }));
    const below = belowJoint(dbn, absent, new Set(Object.keys(present)));
    const widths = layers.map(({ rbm }) => rbm.shape.hidden);
    const made = mapRowsToEach(withZeros(present, layers), (inputs) => {
      const down = tf.split(dbn.joint.reconstruction(dbn.joint.posterior(below(inputs))), widths, 1);
      return layers.map(({ rbm }, i) => rbm.reconstruction(down[i] as tf.Tensor2D));
    });
    return named(
      layers.map(({ modality }) => modality),
      made,
    );
  };

/** The outputs of a deep or shallow autoencoder; an absent input is zero. */
export const autoencoderReconstructor =
  (model: Autoencoder): Reconstructor =>
  (present) =>
    named(
      model.shape.outputs.map(({ modality }) => modality),
      mapRowsToEach(withZeros(present, model.shape.inputs), (inputs) => model.reconstruct(inputs)),
    );

/** All modalities of a stacked autoencoder; the encoder of an absent one gives zeros. */
export const stackedReconstructor =
  (model: StackedAutoencoder): Reconstructor =>
  (present) => {
    const shown = model.modalities.filter((modality) => present[modality] !== undefined);
    const made = mapRowsToEach(
      shown.map((modality) => present[modality] as Matrix),
      (chunk) => {
        const rows = shown.map((modality, i) => [modality, chunk[i] as tf.Tensor2D] as const);
        const outputs = model.reconstruct(Object.fromEntries(rows));
        return model.modalities.map((modality) => outputs[modality] as tf.Tensor2D);
      },
    );
    return named(model.modalities, made);
  };

/** Matrices by the name of their modality. */
const named = (modalities: readonly string[], made: readonly Matrix[]): Present =>
  Object.fromEntries(
    modalities.flatMap((modality, i) => {
      const rows = made[i];
      return rows ? [[modality, rows]] : [];
    }),
  );
