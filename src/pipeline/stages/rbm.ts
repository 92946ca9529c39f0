import * as tf from '@tensorflow/tfjs-core';
import { concatColumns, type Matrix } from '../../matrix.js';
import { mapRows } from '../../models/feature-extractors.js';
import type { Rbm } from '../../models/rbm.js';
import { sigmaOf, trainRbm } from '../../training/train-rbm.js';
import type { StageContext, StageImplementation } from '../stage.js';
import { inputOf, rbmArtifact, rbmOf } from './artifacts.js';
import { corpusOf, modalityOf } from './data.js';
import type { RbmStageParameters } from './parameters.js';

/** Trains one RBM, without labels, on the training part. */
export const rbmStage: StageImplementation = {
  kind: 'rbm',
  version: 1,
  async run(context) {
    const parameters = context.parameters as unknown as RbmStageParameters;
    const { config, name, seed } = parameters;
    const data = await visibleData(parameters, context);
    const { parameters: trained, curve } = await trainRbm(data, config, name, seed, context);
    const shape = {
      visible: data.columns,
      hidden: config.hidden,
      units: config.visible,
      sigma: sigmaOf(config),
    };
    return rbmArtifact(shape, trained, curve);
  },
};

async function visibleData({ corpus, visible }: RbmStageParameters, context: StageContext): Promise<Matrix> {
  const { train } = await corpusOf(corpus, context);
  if (visible.of === 'modalities') {
    return concatColumns(visible.modalities.map((modality) => modalityOf(train, modality)));
  }
  return posteriorsSideBySide(
    visible.modalities.map((modality) => ({
      matrix: modalityOf(train, modality),
      rbm: rbmOf(inputOf(context.inputs, modality)),
    })),
  );
}

/** Probabilities, not samples, drive the joint RBM (paper section 3.1). */
function posteriorsSideBySide(layers: readonly { matrix: Matrix; rbm: Rbm }[]): Matrix {
  const rbms = layers.map(({ rbm }) => rbm);
  const joined = mapRows(
    layers.map(({ matrix }) => matrix),
    (chunk) => {
      const posteriors = rbms.map((rbm, i) => rbm.posterior(chunk[i] as tf.Tensor2D));
      return tf.concat(posteriors, 1);
    },
  );
  for (const rbm of rbms) rbm.dispose();
  return joined;
}
