import { gaussians } from '../engine/noise.js';
import { type AutoencoderParameters, type AutoencoderShape, parameterShapes } from './autoencoder.js';
import type { RbmParameters } from './rbm.js';

/** The trained pieces of a bimodal DBN. */
export interface DbnParameters {
  /** First-layer RBM of each modality, with its sigma. */
  readonly first: Readonly<Record<string, RbmParameters & { readonly sigma: number }>>;
  /** Joint RBM over the posteriors of the modalities side by side, in this order. */
  readonly joint: RbmParameters;
  readonly order: readonly { readonly modality: string; readonly hidden: number }[];
}

/** The trained piece of a shallow autoencoder. */
export interface ShallowParameters {
  /** RBM over the inputs of the modalities side by side, in this order. */
  readonly rbm: RbmParameters;
  readonly sigma: number;
  readonly order: readonly { readonly modality: string; readonly visible: number }[];
}

/**
 * Unrolls a bimodal DBN into a deep autoencoder (paper section 3.2): p(h|v) gives the encoders, p(v|h) the
 * decoders. An autoencoder with one input takes that modality's rows of the joint weights.
 *
 * Gaussian first layers: p(h|v) = sigmoid((b + vW)/s²), so the encoder is W/s² and b/s²; the decoder's mean
 * c + hW' is unscaled.
 */
export function unrollDbn(shape: AutoencoderShape, dbn: DbnParameters): AutoencoderParameters {
  const jointUnits = shape.joint;
  const rows = rowsByModality(dbn.order.map(({ modality, hidden }) => ({ modality, count: hidden })));
  const first = (modality: string): RbmParameters & { readonly sigma: number } => {
    const found = dbn.first[modality];
    if (!found) throw new Error(`unroll: the DBN has no first layer for ${modality}`);
    return found;
  };

  const parameters: Record<string, Float32Array> = {};
  for (const { modality } of shape.inputs) {
    const { weights, hiddenBias, sigma } = first(modality);
    parameters[`encoder.${modality}.weights`] = overVariance(weights, sigma);
    parameters[`encoder.${modality}.bias`] = overVariance(hiddenBias, sigma);
  }
  parameters['joint.weights'] = concatenate(
    shape.inputs.map(({ modality }) => rowsOf(dbn.joint.weights, jointUnits, rows(modality))),
  );
  parameters['joint.bias'] = dbn.joint.hiddenBias.slice();

  // Rows of the joint weights become columns of `unjoint`: [joint, ΣH(outputs)].
  const outputs = shape.outputs.flatMap(({ modality }) => {
    const { start, count } = rows(modality);
    return Array.from({ length: count }, (_, row) => start + row);
  });
  const unjoint = new Float32Array(jointUnits * outputs.length);
  outputs.forEach((row, column) => {
    for (let j = 0; j < jointUnits; j++) {
      unjoint[j * outputs.length + column] = dbn.joint.weights[row * jointUnits + j] ?? 0;
    }
  });
  parameters['unjoint.weights'] = unjoint;
  parameters['unjoint.bias'] = Float32Array.from(outputs, (row) => dbn.joint.visibleBias[row] ?? 0);
  for (const { modality, visible, hidden } of shape.outputs) {
    const { weights, visibleBias } = first(modality);
    parameters[`decoder.${modality}.weights`] = transpose(weights, visible, hidden);
    parameters[`decoder.${modality}.bias`] = visibleBias.slice();
  }
  return parameters;
}

/**
 * Unrolls a shallow bimodal RBM into a shallow autoencoder: p(h|v) with the withheld modality zero gives the shared
 * layer, E[v|h] the decoders.
 */
export function unrollShallow(
  shape: AutoencoderShape,
  { rbm, sigma, order }: ShallowParameters,
): AutoencoderParameters {
  const { joint, inputs, outputs } = shape;
  const rows = rowsByModality(order.map(({ modality, visible }) => ({ modality, count: visible })));
  const seen = concatenate(inputs.map(({ modality }) => rowsOf(rbm.weights, joint, rows(modality))));
  const decoders = outputs.flatMap(({ modality }): [string, Float32Array][] => {
    const span = rows(modality);
    return [
      [`decoder.${modality}.weights`, transpose(rowsOf(rbm.weights, joint, span), span.count, joint)],
      [`decoder.${modality}.bias`, rowsOf(rbm.visibleBias, 1, span).slice()],
    ];
  });
  return {
    'joint.weights': overVariance(seen, sigma),
    'joint.bias': overVariance(rbm.hiddenBias, sigma),
    ...Object.fromEntries(decoders),
  };
}

/** Random start without pretraining: weights N(0, 1/fan-in), biases zero. */
export function randomAutoencoder(shape: AutoencoderShape, seed: number): AutoencoderParameters {
  return Object.fromEntries(
    Object.entries(parameterShapes(shape)).map(([name, dimensions]) => {
      const [from, to] = dimensions;
      if (from === undefined || to === undefined) return [name, new Float32Array(from ?? 0)];
      return [
        name,
        gaussians({ seed, purpose: `autoencoder/${name}`, step: 0 }, from * to, 1 / Math.sqrt(from)),
      ];
    }),
  );
}

/** Rows of a weight matrix that belong to one modality. */
interface Span {
  readonly start: number;
  readonly count: number;
}

function rowsByModality(
  order: readonly { readonly modality: string; readonly count: number }[],
): (modality: string) => Span {
  const spans = new Map<string, Span>();
  let start = 0;
  for (const { modality, count } of order) {
    spans.set(modality, { start, count });
    start += count;
  }
  return (modality) => {
    const span = spans.get(modality);
    if (!span) throw new Error(`unroll: there are no weights for ${modality}`);
    return span;
  };
}

const rowsOf = (matrix: Float32Array, columns: number, { start, count }: Span): Float32Array =>
  matrix.subarray(start * columns, (start + count) * columns);

function overVariance(values: Float32Array, sigma: number): Float32Array {
  const precision = 1 / sigma ** 2;
  return values.map((value) => value * precision);
}

function transpose(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const transposed = new Float32Array(matrix.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) transposed[c * rows + r] = matrix[r * columns + c] ?? 0;
  }
  return transposed;
}

function concatenate(arrays: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(arrays.reduce((sum, array) => sum + array.length, 0));
  let offset = 0;
  for (const array of arrays) {
    joined.set(array, offset);
    offset += array.length;
  }
  return joined;
}
