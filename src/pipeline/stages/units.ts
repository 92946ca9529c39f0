import { type Matrix, type MatrixSource, matrix, sliceRows } from '../../matrix.js';
import { rbmExtractor } from '../../models/feature-extractors.js';
import { jointCovariance } from '../../models/joint-covariance.js';
import { Rbm } from '../../models/rbm.js';
import { unimodality } from '../../models/unimodality.js';
import { matrixOf, numbersOf } from '../read-artifact.js';
import type { Artifact, StageContext, StageImplementation } from '../stage.js';
import { inputOf, rbmOf } from './artifacts.js';
import { type Rows, sourceOfRows, unlabelledRows } from './data.js';
import type { Units, UnitsStageParameters } from './parameters.js';

/** How many hidden units of a bimodal model see one modality only (claim of section 3 of the paper). No labels. */
export const unitsStage: StageImplementation = {
  kind: 'units',
  version: 1,
  async run(context) {
    const { corpus, family, modalities } = context.parameters as unknown as UnitsStageParameters;
    const names = modalities.map(({ modality }) => modality);
    const rows = await unlabelledRows(corpus, names, context);
    const layer = bimodalLayer(family, modalities, context.inputs);
    const [x, y] = names.map((name) => layerBelow(rows[name] as Rows, name, layer.below.get(name)));
    if (!x || !y) throw new Error('a bimodal model has two modalities');
    const { xx, yy } = jointCovariance(x, y);
    for (const rbm of layer.below.values()) rbm.dispose();
    const { unimodal, histogram, shares } = unimodality(
      [xx, yy].map((covariance, index) => {
        const weights = layer.weights[index] as Matrix;
        return { weights, covariance: matrix(weights.rows, weights.rows, Float32Array.from(covariance)) };
      }),
    );
    const units: Units = { unimodal, histogram, hidden: shares.length };
    return { tensors: {}, json: { ...units, histogram: [...histogram] } };
  },
};

interface BimodalLayer {
  /** Of each modality: its units × hidden units. */
  readonly weights: readonly Matrix[];
  /** First layers, where the units of a modality are not its inputs. */
  readonly below: ReadonlyMap<string, Rbm>;
}

function bimodalLayer(
  family: UnitsStageParameters['family'],
  modalities: UnitsStageParameters['modalities'],
  inputs: StageContext['inputs'],
): BimodalLayer {
  if (family === 'shallow-bimodal-rbm') {
    const weights = matrixOf(inputOf(inputs, 'shallow'), 'weights');
    return {
      weights: split(
        weights,
        modalities.map(({ visible }) => visible),
      ),
      below: new Map(),
    };
  }
  const isDbn = family === 'bimodal-dbn';
  const below = new Map(
    modalities.map(({ modality }) => [
      modality,
      isDbn ? rbmOf(inputOf(inputs, modality)) : encoderOf(inputOf(inputs, 'autoencoder'), modality),
    ]),
  );
  const weights = isDbn
    ? matrixOf(inputOf(inputs, 'joint'), 'weights')
    : matrixOf(inputOf(inputs, 'autoencoder'), 'joint.weights');
  return {
    weights: split(
      weights,
      [...below.values()].map(({ shape }) => shape.hidden),
    ),
    below,
  };
}

/** The first layer of a fine-tuned autoencoder, seen as an RBM: its posterior is the encoder. */
function encoderOf(artifact: Artifact, modality: string): Rbm {
  const { rows, columns, data } = matrixOf(artifact, `encoder.${modality}.weights`);
  return new Rbm(
    { visible: rows, hidden: columns, units: 'binary', sigma: 1 },
    {
      weights: data,
      visibleBias: new Float32Array(rows),
      hiddenBias: numbersOf(artifact, `encoder.${modality}.bias`, Float32Array, columns),
    },
  );
}

function split(weights: Matrix, counts: readonly number[]): readonly Matrix[] {
  let from = 0;
  return counts.map((count) => {
    from += count;
    return sliceRows(weights, from - count, from);
  });
}

function layerBelow(rows: Rows, modality: string, rbm: Rbm | undefined): MatrixSource {
  if (!rbm) return sourceOfRows(rows);
  const extract = rbmExtractor(new Map([[modality, rbm]]), 'posterior');
  return sourceOfRows(rows, {
    columns: rbm.shape.hidden,
    extract: (inputs) => extract({ [modality]: inputs }),
  });
}
