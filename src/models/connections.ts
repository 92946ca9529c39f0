import { MmxError } from '../errors.js';
import { type Matrix, matrix } from '../matrix.js';

/** The weights of a bimodal deep model up to its joint layer, as far as pictures of its units need them. */
export interface DeepWeights {
  /** First layer of each modality: visible × hidden. */
  readonly first: readonly Matrix[];
  /** Joint layer: (the first layers' hidden units, in the order of `first`) × joint units. */
  readonly joint: Matrix;
}

/** How strongly one joint unit is connected to each modality. */
export interface UnitConnection {
  /** Column of the joint weights. */
  readonly unit: number;
  /** Euclidean norm of the unit's weights to each first layer. */
  readonly norms: readonly number[];
  /** Geometric mean of the norms: zero for a unit that sees one modality only. */
  readonly strength: number;
}

/**
 * The joint units with the strongest connection to all modalities at once, strongest first; of equals, the one that
 * comes first in the layer. The geometric mean ranks them, so that no factor on one modality's weights (its layer may
 * be larger, or its units more active) changes the order. The paper does not say how it chose the units it shows.
 *
 * @param count how many; all there are when the layer has fewer
 * @throws MmxError `models/connections` when the layers do not fit together
 */
export function strongestUnits(weights: DeepWeights, count: number): readonly UnitConnection[] {
  checkShapes(weights);
  const { first, joint } = weights;
  const connections = Array.from({ length: joint.columns }, (_, unit): UnitConnection => {
    let row = 0;
    const norms = first.map(({ columns: hidden }) => {
      let squares = 0;
      for (const end = row + hidden; row < end; row++) squares += weight(joint, row, unit) ** 2;
      return Math.sqrt(squares);
    });
    return {
      unit,
      norms,
      strength: norms.reduce((product, norm) => product * norm, 1) ** (1 / norms.length),
    };
  });
  return connections.sort((a, b) => b.strength - a.strength || a.unit - b.unit).slice(0, count);
}

/**
 * What joint units look for in one modality, in its visible (whitened) space: for each unit the sum of the first-layer
 * features it is connected to most strongly, each times its connection (paper Figure 4). Strength is magnitude, so that
 * a feature that inhibits the unit counts as its negative. The paper does not say how many it summed.
 *
 * @param modality index into `first`
 * @param units columns of the joint weights
 * @param strongest k, features summed for each unit; all there are when the layer has fewer
 * @returns units × visible
 * @throws MmxError `models/connections` when the layers do not fit together, or a modality or unit does not exist
 */
export function receptiveFields(
  weights: DeepWeights,
  modality: number,
  units: readonly number[],
  strongest: number,
): Matrix {
  checkShapes(weights);
  const { first, joint } = weights;
  const features = first[modality];
  if (features === undefined) throw failure(`modality ${modality} of ${first.length} does not exist`);
  const offset = first.slice(0, modality).reduce((sum, { columns }) => sum + columns, 0);
  const result = matrix(units.length, features.rows);
  for (const [index, unit] of units.entries()) {
    if (!(unit >= 0 && unit < joint.columns)) {
      throw failure(`joint unit ${unit} of ${joint.columns} does not exist`);
    }
    const connections = Array.from({ length: features.columns }, (_, feature) => ({
      feature,
      strength: weight(joint, offset + feature, unit),
    }))
      .sort((a, b) => Math.abs(b.strength) - Math.abs(a.strength) || a.feature - b.feature)
      .slice(0, strongest);
    for (let row = 0; row < features.rows; row++) {
      let sum = 0;
      for (const { feature, strength } of connections) sum += strength * weight(features, row, feature);
      result.data[index * features.rows + row] = sum;
    }
  }
  return result;
}

function weight({ columns, data }: Matrix, row: number, column: number): number {
  return data[row * columns + column] as number;
}

function checkShapes({ first, joint }: DeepWeights): void {
  const hidden = first.map(({ columns }) => columns);
  if (hidden.reduce((sum, columns) => sum + columns, 0) !== joint.rows) {
    throw failure(
      `first layers of ${hidden.join(' + ')} units do not fit joint weights of ${joint.rows} rows; ` +
        'give the layers of one model, in the order of its joint layer',
    );
  }
}

function failure(problem: string): MmxError {
  return new MmxError('models/connections', problem);
}
