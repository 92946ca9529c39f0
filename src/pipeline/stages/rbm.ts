import * as tf from '@tensorflow/tfjs-core';
import type { Matrix, RowSource } from '../../matrix.js';
import type { Rbm } from '../../models/rbm.js';
import { type LayersBelow, trainRbm } from '../../training/train-rbm.js';
import type { StageContext, StageImplementation } from '../graph/stage.js';
import { inputOf, rbmArtifact, rbmOf } from './artifacts.js';
import { unlabelledRows } from './data.js';
import type { RbmStageParameters } from './parameters.js';

/** Trains one RBM, without labels, on the training part. */
export const rbmStage: StageImplementation = {
  kind: 'rbm',
  version: 1,
  async run(context) {
    const parameters = context.parameters as unknown as RbmStageParameters;
    const { config, name, seed } = parameters;
    const below: Rbm[] = [];
    try {
      const data = await visibleData(parameters, context, below);
      const { shape, parameters: trained, curve } = await trainRbm(data, config, name, seed, context);
      return rbmArtifact(shape, trained, curve);
    } finally {
      for (const rbm of below) rbm.dispose();
    }
  },
};

/**
 * Inputs, or the posteriors of the layers below: probabilities, not samples, drive it (paper section 3.1).
 *
 * @param below receives the layers below, which the caller disposes
 */
async function visibleData(
  { corpus, visible }: RbmStageParameters,
  context: StageContext,
  below: Rbm[],
): Promise<Matrix | RowSource | LayersBelow> {
  const { modalities } = visible;
  const rows = await unlabelledRows(corpus, modalities, context);
  const sources = modalities.map((modality) => rows[modality] as Matrix | RowSource);
  const [only] = sources;
  if (visible.of === 'modalities') {
    if (only && sources.length === 1) return only;
    const columns = sources.reduce((sum, source) => sum + source.columns, 0);
    return { sources, columns, through: (inputs) => tf.concat(inputs, 1) };
  }
  below.push(...modalities.map((modality) => rbmOf(inputOf(context.inputs, modality))));
  return {
    sources,
    columns: below.reduce((sum, { shape }) => sum + shape.hidden, 0),
    through(inputs) {
      const posteriors = inputs.map((v, index) => (below[index] as Rbm).posterior(v));
      return posteriors.length === 1 ? (posteriors[0] as tf.Tensor2D) : tf.concat(posteriors, 1);
    },
  };
}
