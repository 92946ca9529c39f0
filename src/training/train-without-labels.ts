import type { GradientTrainingConfig } from '../config/networks-schema.js';
import type { Matrix, RowSource } from '../matrix.js';
import type { Rows } from '../models/networks/encoders.js';
import { type Values, valuesOf } from '../models/networks/values.js';
import type { TrainingCurve, TrainingHost } from './loop.js';
import { rowsOf, sourcesOf } from './network-rows.js';
import { type GradientModel, type GradientTraining, trainByGradient } from './train-by-gradient.js';

/** A network whose steps need no labels. */
interface UnlabelledNetwork extends Pick<GradientModel, 'parameters' | 'state'> {
  readonly modalities: readonly string[];
  step(rows: Rows, ...rest: ParametersAfterRows): number | undefined;
}

type ParametersAfterRows = Parameters<GradientModel['step']> extends [unknown, ...infer Rest] ? Rest : never;

/**
 * Trains a network without labels by gradient descent on its own loss; the caller disposes of it.
 *
 * @param examples of every modality, with corresponding rows
 * @throws MmxError `training/diverged`, `training/too-few-examples`
 */
export async function trainWithoutLabels(
  network: UnlabelledNetwork,
  examples: Readonly<Record<string, Matrix | RowSource>>,
  training: Pick<GradientTraining, 'label' | 'purpose' | 'path' | 'seed'> & {
    readonly config: GradientTrainingConfig;
  },
  host: TrainingHost,
): Promise<{ values: Values; curve: TrainingCurve }> {
  const { modalities, parameters, state } = network;
  const curve = await trainByGradient(
    {
      parameters,
      state,
      step: (tensors, apply, options) => network.step(rowsOf(tensors, modalities), apply, options),
    },
    { ...training, sources: sourcesOf(examples, modalities), shown: ['loss'] },
    host,
  );
  return { values: valuesOf(network), curve };
}
