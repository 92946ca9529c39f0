import type { AutoencoderParameters, AutoencoderShape, Branch } from '../../models/autoencoder.js';
import { randomAutoencoder, unrollDbn, unrollShallow } from '../../models/unroll.js';
import { trainAutoencoder } from '../../training/train-autoencoder.js';
import type { Artifact, StageImplementation } from '../graph/stage.js';
import { autoencoderArtifact, inputOf, rbmParametersOf, rbmShapeOf } from './artifacts.js';
import { unlabelledRows } from './data.js';
import type { AutoencoderStageParameters } from './parameters.js';

/** Unrolls a bimodal DBN, or a shallow bimodal RBM, into an autoencoder and fine-tunes it, without labels, on the training part. */
export const autoencoderStage: StageImplementation = {
  kind: 'autoencoder',
  version: 1,
  async run(context) {
    const parameters = context.parameters as unknown as AutoencoderStageParameters;
    const { corpus, modalities, inputs, outputs, joint, depth, config, seed } = parameters;
    const named = (names: readonly string[]): Branch[] =>
      modalities.filter(({ modality }) => names.includes(modality));
    const shape: AutoencoderShape = {
      inputs: named(inputs),
      outputs: named(outputs),
      joint,
      loss: config.loss,
      ...(depth ? { depth } : {}),
    };
    const initial =
      config.initialise === 'dbn'
        ? unrolled(shape, modalities, context.inputs)
        : randomAutoencoder(shape, seed);
    if (!config.fine_tune) return autoencoderArtifact(shape, initial, []);
    const data = await unlabelledRows(corpus, [...new Set([...inputs, ...outputs])], context);
    const { parameters: trained, curve } = await trainAutoencoder(
      data,
      shape,
      initial,
      config,
      seed,
      context,
    );
    return autoencoderArtifact(shape, trained, curve);
  },
};

function unrolled(
  shape: AutoencoderShape,
  modalities: readonly Branch[],
  artifacts: Readonly<Record<string, Artifact>>,
): AutoencoderParameters {
  if (shape.depth === 'shallow') {
    const shallow = inputOf(artifacts, 'shallow');
    const { sigma } = rbmShapeOf(shallow);
    return unrollShallow(shape, { rbm: rbmParametersOf(shallow), sigma, order: modalities });
  }
  const first = Object.fromEntries(
    modalities.map(({ modality }) => {
      const artifact = inputOf(artifacts, modality);
      return [modality, { ...rbmParametersOf(artifact), sigma: rbmShapeOf(artifact).sigma }];
    }),
  );
  return unrollDbn(shape, { first, joint: rbmParametersOf(inputOf(artifacts, 'joint')), order: modalities });
}
