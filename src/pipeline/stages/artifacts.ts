import type { Json } from '../../json.js';
import { Autoencoder, type AutoencoderShape, parameterShapes } from '../../models/autoencoder.js';
import type { CcaModel } from '../../models/cca.js';
import { Rbm, type RbmParameters, type RbmShape } from '../../models/rbm.js';
import type { TrainingCurve } from '../../training/loop.js';
import type { Artifact } from '../stage.js';

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

export function rbmParametersOf(artifact: Artifact): RbmParameters {
  return {
    weights: floats(artifact, 'weights'),
    visibleBias: floats(artifact, 'visible_bias'),
    hiddenBias: floats(artifact, 'hidden_bias'),
  };
}

export function rbmShapeOf(artifact: Artifact): RbmShape {
  return (artifact.json as unknown as { shape: RbmShape }).shape;
}

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

export function autoencoderOf(artifact: Artifact): Autoencoder {
  const { shape } = artifact.json as unknown as { shape: AutoencoderShape };
  const names = Object.keys(parameterShapes(shape));
  return new Autoencoder(shape, Object.fromEntries(names.map((name) => [name, floats(artifact, name)])));
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

export function ccaOf(artifact: Artifact): CcaModel {
  return {
    meanX: doubles(artifact, 'mean_x'),
    meanY: doubles(artifact, 'mean_y'),
    projectX: doubles(artifact, 'project_x'),
    projectY: doubles(artifact, 'project_y'),
    correlations: doubles(artifact, 'correlations'),
  };
}

export function inputOf(inputs: Readonly<Record<string, Artifact>>, role: string): Artifact {
  const artifact = inputs[role];
  if (!artifact) throw new Error(`stage input ${role} is missing`);
  return artifact;
}

function floats(artifact: Artifact, name: string): Float32Array {
  const data = artifact.tensors[name]?.data;
  if (!(data instanceof Float32Array)) throw new Error(`artifact tensor ${name} is not float32`);
  return data;
}

function doubles(artifact: Artifact, name: string): Float64Array {
  const data = artifact.tensors[name]?.data;
  if (!(data instanceof Float64Array)) throw new Error(`artifact tensor ${name} is not float64`);
  return data;
}
