import { z } from 'zod';
import { type EncoderConfig, type NetworkConfig, network } from '../../config/networks-schema.js';
import { MmxError } from '../../errors.js';
import { shapeFor } from '../../models/networks/encoder.js';
import { type EncoderChoice, encoderFor } from '../../models/networks/encoders.js';
import { FusionNetwork } from '../../models/networks/fusion-network.js';
import type { NetworkInput } from '../../models/networks/input.js';
import { type HasVariables, restoreValues, shapesOf, type Values } from '../../models/networks/values.js';
import type { StageOutput } from '../../pipeline/graph/define-stage.js';
import { numbersOf, resultOf } from '../../pipeline/graph/read-artifact.js';
import type { Artifact } from '../../pipeline/graph/stage.js';
import { BILLION } from '../../pipeline/graph/stage-cost.js';
import type { PiecePlan } from '../architecture.js';

/** Between networks and what the store keeps of them. @param model is disposed of: its shapes are what is wanted */
export function networkArtifact(
  model: HasVariables & { dispose(): void },
  values: Values,
  json: object,
): StageOutput {
  const shapes = shapesOf(model);
  model.dispose();
  const tensors = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const data = values[name];
      if (!data) throw new Error(`network artifact: ${name} is missing`);
      return [name, { shape, data }];
    }),
  );
  return { tensors, json };
}

/** Gives a model the stored values. @throws MmxError `store/unsound` when they are not those of its shape */
export function restore<Model extends HasVariables>(model: Model, artifact: Artifact): Model {
  const values = Object.entries(shapesOf(model)).map(([name, shape]): [string, Float32Array] => {
    const length = shape.reduce((product, size) => product * size, 1);
    return [name, numbersOf(artifact, name, Float32Array, length)];
  });
  restoreValues(model, Object.fromEntries(values));
  return model;
}

export const storedInputs = z
  .array(
    z.object({
      modality: z.string(),
      shape: z.array(z.int().positive().max(1e8)).min(1).max(3),
      padded: z.boolean().exactOptional(),
      vocabulary: z.int().positive().max(1e6).exactOptional(),
    }),
  )
  .min(1)
  .max(100);

const networkResult: z.ZodType<{
  readonly model: {
    readonly inputs: readonly NetworkInput[];
    readonly classes: number;
    readonly config: NetworkConfig;
  };
}> = z.object({
  model: z.object({ inputs: storedInputs, classes: z.int().positive().max(1e6), config: network }),
});

/** @throws MmxError `store/unsound` when its values are not those of its shape */
export function restoredNetwork(artifact: Artifact): FusionNetwork {
  const { model } = resultOf(artifact, networkResult);
  const { inputs, classes, config } = model;
  return restore(new FusionNetwork(inputs, classes, config, { seed: 0, purpose: 'network' }), artifact);
}

/** What a network sees of these modalities: their shape where the corpus says it, else a vector. */
export function networkInputs(
  { modalities }: Pick<PiecePlan, 'modalities'>,
  shown: readonly string[],
): readonly NetworkInput[] {
  return modalities
    .filter(({ name }) => shown.includes(name))
    .map(({ name, dimensions, shape = [dimensions], padded, vocabulary }) => ({
      modality: name,
      shape,
      ...(padded ? { padded } : {}),
      ...(vocabulary === undefined ? {} : { vocabulary }),
    }));
}

/**
 * A config with the encoders of the modalities that are shown: others make no difference to what is learnt.
 *
 * @throws MmxError `network/encoder` where an encoder does not fit its modality
 */
export function withShownEncoders<Config extends EncoderChoice>(
  config: Config,
  inputs: readonly NetworkInput[],
): Config {
  const encoders: Record<string, EncoderConfig> = {};
  for (const input of inputs) {
    const chosen = encoderFor(config, input.modality);
    const encoder = readingTokens(chosen, input);
    shapeFor(encoder, input);
    if (encoder !== chosen || config.encoders[input.modality]) encoders[input.modality] = encoder;
  }
  return { ...config, encoders };
}

/** An encoder as it reads a modality: of tokens the corpus says how many there are. @throws MmxError `network/encoder` */
function readingTokens(encoder: EncoderConfig, { modality, vocabulary }: NetworkInput): EncoderConfig {
  if (vocabulary === undefined) return encoder;
  const problem = !('embedding' in encoder || encoder.kind === 'attention' || encoder.kind === 'cnn-1d')
    ? `the encoder ${encoder.kind} cannot read the tokens of ${modality}`
    : (encoder.vocabulary ?? vocabulary) < vocabulary
      ? `the encoder of ${modality} has a vocabulary of ${encoder.vocabulary} tokens, but ${modality} has ${vocabulary}`
      : undefined;
  if (problem !== undefined) {
    throw new MmxError('network/encoder', problem, {
      exitCode: 2,
      hint: `use lstm, cnn-1d or attention for tokens, or set corpus.inputs.${modality}.as: words for a bag of words`,
    });
  }
  return { vocabulary, ...encoder } as EncoderConfig;
}

/** Multiply-adds for each number of an input and epoch, about: 128 units, a few layers, there and back. */
const PRODUCTS_A_NUMBER = 2000;

export function networkCost(plan: PiecePlan, inputs: readonly NetworkInput[], epochs: number): number {
  const names = inputs.map(({ modality }) => modality);
  const numbers = inputs.reduce(
    (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
    0,
  );
  return (PRODUCTS_A_NUMBER * numbers * plan.rowsHaving(names) * epochs) / BILLION;
}
