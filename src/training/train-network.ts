import * as tf from '@tensorflow/tfjs-core';
import type { NetworkConfig } from '../config/networks-schema.js';
import { type Matrix, type RowSource, rowsAt } from '../matrix.js';
import { FusionNetwork } from '../models/networks/fusion-network.js';
import type { NetworkInput } from '../models/networks/input.js';
import { type Values, valuesOf } from '../models/networks/values.js';
import { BestEpoch, bestEpochOf, isPatienceOver } from './best-epoch.js';
import type { TrainingCurve, TrainingHost } from './loop.js';
import { rowsOf, sourcesOf } from './network-rows.js';
import { type GradientModel, trainByGradient } from './train-by-gradient.js';

/** Labelled examples of all modalities, and which of them are for what. */
export interface LabelledExamples {
  /** By modality, with corresponding rows. */
  readonly inputs: Readonly<Record<string, Matrix | RowSource>>;
  /** 0 … classes − 1, one a row. */
  readonly labels: ArrayLike<number>;
  /** Rows that gradients come from. */
  readonly fit: Int32Array;
  /** Rows that the accuracy of each epoch is measured on; none without early stopping. */
  readonly validation: Int32Array;
}

export interface TrainedNetwork {
  /** Numbers of all parameters and of the state, for `restoreValues`. */
  readonly values: Values;
  /** `loss` of each epoch, and `validationAccuracy` where there are validation rows. */
  readonly curve: TrainingCurve;
  /** Epoch that the values are of, from 1: the best one with early stopping, else the last. */
  readonly epoch: number;
}

/**
 * Trains a supervised network by gradient descent on the cross-entropy. With early stopping, training ends once the accuracy
 * on the validation rows has not grown for `patience` epochs, and the values are those of the best epoch, the first of equals.
 *
 * @throws MmxError `training/diverged`, `training/too-few-examples`, `network/encoder`
 */
export async function trainNetwork(
  examples: LabelledExamples,
  inputs: readonly NetworkInput[],
  classes: number,
  config: NetworkConfig,
  seed: number,
  host: TrainingHost,
): Promise<TrainedNetwork> {
  const { fit, validation, labels } = examples;
  const stopping = config.early_stopping;
  if (stopping !== undefined && validation.length === 0) {
    throw new Error('network: early stopping without validation rows');
  }
  const network = new FusionNetwork(inputs, classes, config, { seed, purpose: 'network' });
  const classWeights = config.class_weights === 'balanced' ? balanced(labels, fit, classes) : undefined;
  const best = stopping === undefined ? undefined : new BestEpoch(network);
  const sources = sourcesOf(examples.inputs, network.modalities);
  const model: GradientModel = {
    parameters: network.parameters,
    state: network.state,
    speeds: network.speeds,
    step: (tensors, apply, { key, observe }) =>
      network.step(
        rowsOf(tensors, network.modalities),
        tf.reshape(tensors[network.modalities.length] as tf.Tensor2D, [-1]) as tf.Tensor1D,
        apply,
        { key, classWeights, observe },
      ),
  };
  const held = sources.map((source) => rowsAt(source, validation));
  const heldLabels = Array.from(validation, (row) => labels[row]);
  try {
    const curve = await trainByGradient(
      model,
      {
        label: `${network.modalities.join('+')} network`,
        purpose: 'network',
        path: 'models.fusion-network',
        sources: [...sources.map((source) => rowsAt(source, fit)), labelRows(labels, fit)],
        config,
        seed,
        shown: ['loss'],
        ...(best === undefined ? {} : { variables: best.variables }),
        measureEpoch: (curveBefore) => {
          if (validation.length === 0) return {};
          const answers = classify(network, held);
          const correct = heldLabels.filter((label, i) => label === answers[i]).length;
          const accuracy = correct / validation.length;
          return best?.measured(accuracy, curveBefore) ?? { validationAccuracy: accuracy };
        },
        isFinished: (curveSoFar) => stopping !== undefined && isPatienceOver(curveSoFar, stopping.patience),
      },
      host,
    );
    return best === undefined
      ? { values: valuesOf(network), curve, epoch: curve.length }
      : { values: best.values(), curve, epoch: bestEpochOf(curve) };
  } finally {
    best?.dispose();
    classWeights?.dispose();
    network.dispose();
  }
}

/** Labels as a column. */
const labelRows = (labels: ArrayLike<number>, rows: Int32Array): Matrix => ({
  rows: rows.length,
  columns: 1,
  data: Float32Array.from(rows, (row) => labels[row] ?? Number.NaN),
});

/** By class, what makes all classes count the same in sum: examples / (classes · examples of the class); 1 where it has none. */
function balanced(labels: ArrayLike<number>, rows: Int32Array, classes: number): tf.Tensor1D {
  const counts = new Float32Array(classes);
  for (const row of rows) counts[labels[row] ?? 0] = (counts[labels[row] ?? 0] ?? 0) + 1;
  return tf.tensor1d(counts.map((count) => (count === 0 ? 1 : rows.length / (classes * count))));
}

/** Rows of which logits are computed at once. */
const rowsAtOnce = 500;

/** The class with the largest logit, of each row of sources that correspond to the network's modalities. */
function classify(network: FusionNetwork, sources: readonly RowSource[]): number[] {
  const rows = sources[0]?.rows ?? 0;
  const answers: number[] = [];
  for (let from = 0; from < rows; from += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - from);
    answers.push(
      ...tf.tidy(() => {
        const tensors = sources.map((source) => {
          const values = new Float32Array(count * source.columns);
          for (let row = 0; row < count; row++) source.copyRow(from + row, values, row * source.columns);
          return tf.tensor2d(values, [count, source.columns]);
        });
        return tf.argMax(network.logits(rowsOf(tensors, network.modalities)), 1).dataSync();
      }),
    );
  }
  return answers;
}
