import { kindOf } from '../../architectures/index.js';
import { concatRows, type Matrix, type MatrixSource, matrix } from '../../matrix.js';
import { rbmExtractor } from '../../models/feature-extractors.js';
import { jointCovariance } from '../../models/joint-covariance.js';
import type { Rbm } from '../../models/rbm.js';
import { activationChanges, driveVariances, squaredNorms, unimodality } from '../../models/unimodality.js';
import { type Rows, rowsOf, sourceOfRows, unlabelledRows } from '../data/rows.js';
import { spreadIndices } from '../data/spread.js';
import { defineStage } from '../graph/define-stage.js';
import type { StageContext } from '../graph/stage.js';
import { extractorOf, loadPieces } from './extractor.js';
import type { ScoreParameters, UnimodalUnits, Units, UnitsStageParameters } from './parameters.js';

/** How many hidden units of a bimodal model see one modality only (claim of section 3 of the paper). No labels. */
export const unitsStage = defineStage<UnitsStageParameters>({
  kind: 'units',
  version: 2,
  async run(parameters, context) {
    const { corpus, family, modalities } = parameters;
    const names = modalities.map(({ modality }) => modality);
    const rows = await unlabelledRows(corpus, names, context);
    const { pieces, dispose } = loadPieces({ modalities, ...plain }, context.inputs);
    const layer = kindOf(family).jointLayer?.(pieces);
    if (!layer) throw new Error(`${family} has no layer that joins modalities`);
    const [x, y] = names.map((name) => layerBelow(rows[name] as Rows, name, layer.below.get(name)));
    if (!x || !y) throw new Error('a bimodal model has two modalities');
    const { xx, yy } = jointCovariance(x, y);
    dispose();
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
    return { tensors: {}, json: units };
  },
});

/** Posteriors as they are. */
const plain: Pick<ScoreParameters, 'features' | 'weighting'> = {
  features: { unimodal: 'posterior', joint: 'posterior', absent: 'zero', normalise: 'none', beside: [] },
  weighting: 0,
};

/** Examples whose activations are compared: a mean over more would say the same, and the layers are wide. */
const mostCompared = 5000;

/** How much each unit changes where the first modality is zero at the input, and where the second is. */
function changesOf(
  { family, modalities }: UnitsStageParameters,
  inputs: StageContext['inputs'],
  rows: Readonly<Record<string, Rows>>,
): readonly Float64Array[] {
  const { extract, dispose } = extractorOf({ architecture: { family }, modalities, ...plain }, inputs);
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

function layerBelow(rows: Rows, modality: string, rbm: Rbm | undefined): MatrixSource {
  if (!rbm) return sourceOfRows(rows);
  const extract = rbmExtractor(new Map([[modality, rbm]]), 'posterior');
  return sourceOfRows(rows, {
    columns: rbm.shape.hidden,
    extract: (inputs) => extract({ [modality]: inputs }),
  });
}
