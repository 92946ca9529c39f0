import { z } from 'zod';
import type { Json } from '../../json.js';
import { Autoencoder, type AutoencoderShape, parameterShapes } from '../../models/autoencoder.js';
import type { CcaModel } from '../../models/cca.js';
import { Rbm, type RbmParameters, type RbmShape } from '../../models/rbm.js';
import { numbersOf, resultOf } from '../../pipeline/graph/read-artifact.js';
import type { Artifact } from '../../pipeline/graph/stage.js';
import type { TrainingCurve } from '../../training/loop.js';

/** Between the models and what the store keeps of them. */

export function rbmArtifact(shape: RbmShape, parameters: RbmParameters, curve: TrainingCurve): Artifact {
  return {
    tensors: {
      weights: { shape: [shape.visible, shape.hidden], data: parameters.weights },
      visible_bias: { shape: [shape.visible], data: parameters.visibleBias },
      hidden_bias: { shape: [shape.hidden], data: parameters.hiddenBias },
    },
    json: { shape, curve } as unknown as Json,
  };
}

/** Far beyond any layer, and far from where sizes multiply to more than a number holds. */
const size = z.int().positive().max(1e8);

const rbmResult: z.ZodType<{ readonly shape: RbmShape }> = z.object({
  shape: z.object({
    visible: size,
    hidden: size,
    units: z.enum(['binary', 'gaussian']),
    sigma: z.number().positive(),
  }),
});

/** @throws MmxError `store/unsound` when it holds none of its shape */
export function rbmParametersOf(artifact: Artifact): RbmParameters {
  const { visible, hidden } = rbmShapeOf(artifact);
  return {
    weights: numbersOf(artifact, 'weights', Float32Array, visible * hidden),
    visibleBias: numbersOf(artifact, 'visible_bias', Float32Array, visible),
    hiddenBias: numbersOf(artifact, 'hidden_bias', Float32Array, hidden),
  };
}

/** @throws MmxError `store/unsound` when its result says none */
export const rbmShapeOf = (artifact: Artifact): RbmShape => resultOf(artifact, rbmResult).shape;

export function rbmOf(artifact: Artifact): Rbm {
  return new Rbm(rbmShapeOf(artifact), rbmParametersOf(artifact));
}

export function autoencoderArtifact(
  shape: AutoencoderShape,
  parameters: Readonly<Record<string, Float32Array>>,
  curve: TrainingCurve,
): Artifact {
  const tensors = Object.fromEntries(
    Object.entries(parameterShapes(shape)).map(([name, dimensions]) => {
      const data = parameters[name];
      if (!data) throw new Error(`autoencoder artifact: ${name} is missing`);
      return [name, { shape: dimensions, data }];
    }),
  );
  return { tensors, json: { shape, curve } as unknown as Json };
}

const branches = z
  .array(z.object({ modality: z.string(), visible: size, hidden: size }))
  .min(1)
  .max(100);

const autoencoderResult: z.ZodType<{ readonly shape: AutoencoderShape }> = z.object({
  shape: z.object({
    depth: z.enum(['deep', 'shallow']).exactOptional(),
    inputs: branches,
    outputs: branches,
    joint: size,
    loss: z.enum(['cross-entropy', 'squared-error']),
  }),
});

/** @throws MmxError `store/unsound` when its parameters are not those of its shape */
export function autoencoderOf(artifact: Artifact): Autoencoder {
  const { shape } = resultOf(artifact, autoencoderResult);
  const parameters = Object.entries(parameterShapes(shape)).map(([name, sizes]) => {
    const length = sizes.reduce((product, one) => product * one, 1);
    return [name, numbersOf(artifact, name, Float32Array, length)] as const;
  });
  return new Autoencoder(shape, Object.fromEntries(parameters));
}

export function ccaArtifact(model: CcaModel): Artifact {
  const { meanX, meanY, projectX, projectY, correlations } = model;
  const k = correlations.length;
  return {
    tensors: {
      mean_x: { shape: [meanX.length], data: meanX },
      mean_y: { shape: [meanY.length], data: meanY },
      project_x: { shape: [meanX.length, k], data: projectX },
      project_y: { shape: [meanY.length, k], data: projectY },
      correlations: { shape: [k], data: correlations },
    },
    json: { dimensions: k, correlations: [...correlations] },
  };
}

/** @throws MmxError `store/unsound` when its parts do not fit together */
export function ccaOf(artifact: Artifact): CcaModel {
  const doubles = (name: string, length?: number) => numbersOf(artifact, name, Float64Array, length);
  const correlations = doubles('correlations');
  const [meanX, meanY] = [doubles('mean_x'), doubles('mean_y')];
  return {
    meanX,
    meanY,
    projectX: doubles('project_x', meanX.length * correlations.length),
    projectY: doubles('project_y', meanY.length * correlations.length),
    correlations,
  };
}
