import type { Json } from '../../json.js';
import { concatRows, type Matrix, type MatrixSource, matrix, sliceRows } from '../../matrix.js';
import { rbmExtractor } from '../../models/feature-extractors.js';
import { jointCovariance } from '../../models/joint-covariance.js';
import { Rbm } from '../../models/rbm.js';
import { activationChanges, driveVariances, squaredNorms, unimodality } from '../../models/unimodality.js';
import type { Artifact, StageContext, StageImplementation } from '../graph/stage.js';
import { matrixOf, numbersOf } from '../store/read-artifact.js';
import { inputOf, rbmOf } from './artifacts.js';
import { type Rows, rowsOf, sourceOfRows, unlabelledRows } from './data.js';
import { extractorOf } from './extractor.js';
import type { UnimodalUnits, Units, UnitsStageParameters } from './parameters.js';
import { spreadIndices } from './spread.js';

/** How many hidden units of a bimodal model see one modality only (claim of section 3 of the paper). No labels. */
export const unitsStage: StageImplementation = {
  kind: 'units',
  version: 2,
  async run(context) {
    const parameters = context.parameters as unknown as UnitsStageParameters;
    const { corpus, family, modalities } = parameters;
    const names = modalities.map(({ modality }) => modality);
    const rows = await unlabelledRows(corpus, names, context);
    const layer = bimodalLayer(family, modalities, context.inputs);
    const [x, y] = names.map((name) => layerBelow(rows[name] as Rows, name, layer.below.get(name)));
    if (!x || !y) throw new Error('a bimodal model has two modalities');
    const { xx, yy } = jointCovariance(x, y);
    for (const rbm of layer.below.values()) rbm.dispose();
    const variances = [xx, yy].map((covariance, index) => {
      const weights = layer.weights[index] as Matrix;
      return driveVariances({
        weights,
        covariance: matrix(weights.rows, weights.rows, Float32Array.from(covariance)),
      });
    });
    const of = (contributions: readonly Float64Array[]): UnimodalUnits => {
      const { unimodal, histogram } = unimodality(contributions);
      return { unimodal, histogram };
    };
    const units: Units = {
      hidden: variances[0]?.length ?? 0,
      variance: of(variances),
      weights: of(layer.weights.map(squaredNorms)),
      activation: of(changesOf(parameters, context.inputs, rows)),
    };
    return { tensors: {}, json: units as unknown as Json };
  },
};

/** Examples whose activations are compared: a mean over more would say the same, and the layers are wide. */
const mostCompared = 5000;

/** How much each unit changes where the first modality is zero at the input, and where the second is. */
function changesOf(
  { family, modalities }: UnitsStageParameters,
  inputs: StageContext['inputs'],
  rows: Readonly<Record<string, Rows>>,
): readonly Float64Array[] {
  const { extract, dispose } = extractorOf(
    {
      architecture: { family },
      modalities,
      features: { unimodal: 'posterior', joint: 'posterior', absent: 'zero', normalise: 'none', beside: [] },
      weighting: 0,
    },
    inputs,
  );
  try {
    const present = Object.fromEntries(
      Object.entries(rows).map(([name, all]): [string, Matrix] => [name, spreadRows(all, mostCompared)]),
    );
    const whole = extract(present);
    return modalities.map(({ modality }) => {
      const { [modality]: _, ...others } = present;
      return activationChanges(whole, extract(others));
    });
  } finally {
    dispose();
  }
}

/** So many rows, evenly spread; all where there are fewer. */
function spreadRows(rows: Rows, most: number): Matrix {
  if (rows.rows <= most) return rowsOf(rows);
  return concatRows(spreadIndices(rows.rows, most).map((row) => rowsOf(rows, row, row + 1)));
}

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
