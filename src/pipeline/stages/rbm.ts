import { concatColumns, type Matrix } from '../../matrix.js';
import { rbmExtractor } from '../../models/feature-extractors.js';
import { trainRbm } from '../../training/train-rbm.js';
import type { StageContext, StageImplementation } from '../stage.js';
import { inputOf, rbmArtifact, rbmOf } from './artifacts.js';
import { corpusOf, modalityOf, presentOf } from './data.js';
import type { RbmStageParameters } from './parameters.js';

/** Trains one RBM, without labels, on the training part. */
export const rbmStage: StageImplementation = {
  kind: 'rbm',
  version: 1,
  async run(context) {
    const parameters = context.parameters as unknown as RbmStageParameters;
    const { config, name, seed } = parameters;
    const data = await visibleData(parameters, context);
    const { shape, parameters: trained, curve } = await trainRbm(data, config, name, seed, context);
    return rbmArtifact(shape, trained, curve);
  },
};

/** Inputs, or the posteriors of the layer below: probabilities, not samples, drive it (paper section 3.1). */
async function visibleData({ corpus, visible }: RbmStageParameters, context: StageContext): Promise<Matrix> {
  const { train } = await corpusOf(corpus, context);
  const { modalities } = visible;
  if (visible.of === 'modalities') {
    return concatColumns(modalities.map((modality) => modalityOf(train, modality)));
  }
  const below = new Map(modalities.map((modality) => [modality, rbmOf(inputOf(context.inputs, modality))]));
  const posteriors = rbmExtractor(below, 'posterior')(presentOf(train, modalities));
  for (const rbm of below.values()) rbm.dispose();
  return posteriors;
}
